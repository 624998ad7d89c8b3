"""A cut-off that rows themselves decide."""

import numpy as np
import pytest

from analysis.cutoff import FEWEST_ROWS, far_from, nearest_other
from analysis.vectors import Floats, unit_rows


def rows(count: int, spread: float, seed: int = 0) -> Floats:
    chance = np.random.default_rng(seed)
    middle = chance.normal(size=(5, 32))
    return unit_rows(middle[np.arange(count) % 5] + spread * chance.normal(size=(count, 32)))


def test_the_nearest_other_row_is_that_of_the_whole_matrix() -> None:
    vectors = rows(300, 0.5)
    own = np.arange(0, 300, 7)
    apart = 1 - vectors[own] @ vectors.T
    apart[np.arange(len(own)), own] = np.inf
    np.testing.assert_allclose(
        nearest_other(vectors[own], own, vectors), apart.min(axis=1), atol=1e-6
    )


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = rows(300, 0.5)
    own = np.arange(300)
    whole = nearest_other(vectors, own, vectors)
    monkeypatch.setattr("analysis.cutoff.BLOCK", 64)
    np.testing.assert_allclose(nearest_other(vectors, own, vectors), whole, atol=1e-6)


def test_nineteen_of_twenty_rows_are_close_to_another() -> None:
    vectors = rows(2_000, 0.5)
    own = np.arange(2_000)
    far = far_from(vectors, own, vectors)
    assert far is not None
    assert np.mean(nearest_other(vectors, own, vectors) <= far) == pytest.approx(0.95, abs=0.01)


def test_a_direction_of_nobody_is_beyond_the_cut_off() -> None:
    vectors = rows(1_000, 0.3)
    far = far_from(vectors, np.arange(1_000), vectors)
    stranger = unit_rows(np.random.default_rng(9).normal(size=(50, 32)))
    assert far is not None
    assert np.mean(1 - (stranger @ vectors.T).max(axis=1) > far) > 0.95


def test_too_few_rows_tell_nothing() -> None:
    vectors = rows(FEWEST_ROWS - 1, 0.5)
    assert far_from(vectors, np.arange(len(vectors)), vectors) is None


def test_rows_that_are_all_the_same_tell_nothing() -> None:
    vectors = np.repeat(rows(1, 0.1), 200, axis=0)
    assert far_from(vectors, np.arange(200), vectors) is None


def test_a_question_without_a_vector_is_passed_over() -> None:
    vectors = rows(200, 0.5)
    asked = vectors.copy()
    asked[:10] = np.nan
    assert far_from(asked, np.arange(200), vectors) is not None
