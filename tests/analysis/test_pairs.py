"""Pairs above a similarity: exactly those that comparing all with all finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import pairs
from analysis.pairs import pairs_above
from tests.world import lowered, unit


def drawn(rows: int, seed: int) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(rows, 3)))


@given(st.integers(0, 60), st.integers(0, 9), st.floats(-1, 1), st.sampled_from([3, 8, 100]))
@settings(deadline=None)
def test_they_are_the_pairs_of_the_whole_matrix(
    rows: int, seed: int, threshold: float, block: int
) -> None:
    vectors = drawn(rows, seed)
    whole = vectors @ vectors.T
    with lowered(pairs, "BLOCK", block):
        found = pairs_above(vectors, threshold, 10_000)
    expected = np.argwhere(np.triu(whole >= threshold, 1))
    near = np.abs(whole[np.triu_indices(rows, 1)] - threshold) < 1e-6
    if not near.any():  # a similarity on the threshold itself may fall on either side
        got = sorted(zip(found.first.tolist(), found.second.tolist(), strict=True))
        assert got == sorted(map(tuple, expected.tolist()))


@given(st.integers(0, 9), st.integers(1, 30))
@settings(deadline=None)
def test_the_limit_keeps_the_most_similar_and_counts_all(seed: int, limit: int) -> None:
    vectors = drawn(40, seed)
    every = pairs_above(vectors, 0.0, 10_000)
    with lowered(pairs, "BLOCK", 7):
        some = pairs_above(vectors, 0.0, limit)
    assert some.total == every.total == len(every.first)
    assert np.allclose(some.similarity, every.similarity[:limit], atol=1e-6)


def test_the_most_similar_pair_comes_first() -> None:
    found = pairs_above(drawn(50, 1), 0.5, 100)
    assert (np.diff(found.similarity) <= 0).all()


def test_only_pairs_of_unlike_groups_are_found() -> None:
    groups = np.arange(30) % 3
    found = pairs_above(drawn(30, 2), -1.0, 1_000, groups)
    assert (groups[found.first] != groups[found.second]).all()
    assert found.total == 300


def test_a_copy_is_of_similarity_one_and_no_more() -> None:
    found = pairs_above(np.repeat(drawn(1, 3), 4, axis=0), 0.99, 100)
    assert found.total == 6
    assert found.similarity.max() <= 1


def test_of_rows_all_alike_as_many_pairs_are_kept_as_asked_for() -> None:
    with lowered(pairs, "BLOCK", 5):
        found = pairs_above(np.repeat(drawn(1, 3), 23, axis=0), 0.5, 10)
    assert (found.total, len(found.first)) == (253, 10)
    assert found.first.tolist() == sorted(found.first.tolist())


@pytest.mark.parametrize("rows", [0, 1])
def test_fewer_than_two_rows_have_no_pairs(rows: int) -> None:
    assert pairs_above(drawn(rows, 0), -1.0, 10).total == 0


def test_progress_ends_at_the_whole() -> None:
    shares: list[float] = []
    with lowered(pairs, "BLOCK", 5):
        pairs_above(drawn(23, 0), 0.9, 10, progress=lambda _step, share: shares.append(share))
    assert shares[-1] == pytest.approx(1)
    assert shares == sorted(shares)
