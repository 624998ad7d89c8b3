"""Families of similar rows."""

import numpy as np

from analysis.alike import families, nearest_passages
from analysis.pairs import SimilarPairs, pairs_above
from analysis.vectors import unit_rows


def pairs(*told: tuple[int, int, float]) -> SimilarPairs:
    first, second, similarity = zip(*told, strict=True)
    return SimilarPairs(
        np.array(first), np.array(second), np.array(similarity, dtype=np.float32), len(told)
    )


def test_the_row_with_most_similar_rows_is_the_middle() -> None:
    (family,) = families(pairs((0, 1, 0.9), (1, 2, 0.8), (1, 3, 0.95)), 0.8)
    assert (family.middle, family.others) == (1, (3, 0, 2))


def test_a_chain_does_not_become_one_family() -> None:
    chain = pairs(*((row, row + 1, 0.9) for row in range(9)))
    assert max(len(family.others) for family in families(chain, 0.8)) == 2


def test_every_member_is_similar_to_the_middle_and_in_one_family() -> None:
    vectors = unit_rows(np.random.default_rng(0).normal(size=(400, 6)))
    found = families(pairs_above(vectors, 0.8, 10_000), 0.8)
    members = [row for family in found for row in (family.middle, *family.others)]
    assert len(members) == len(set(members))
    for family in found:
        alike = vectors[list(family.others)] @ vectors[family.middle]
        np.testing.assert_allclose(alike, family.similarity, atol=1e-6)
        assert alike.min() >= 0.8 - 1e-6


def test_pairs_below_are_passed_over() -> None:
    assert families(pairs((0, 1, 0.9)), 0.95) == []


def test_the_nearest_passages_are_found_among_unknown_ones() -> None:
    one = np.array([[1, 0], [np.nan, np.nan]], dtype=np.float32)
    other = np.array([[0, 1], [1, 0]], dtype=np.float32)
    assert nearest_passages(one, other) == (0, 1, 1.0)
    assert nearest_passages(one[1:], other) is None
    assert nearest_passages(one[:0], other) is None
