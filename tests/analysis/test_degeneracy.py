"""Degenerate spaces are told from real ones."""

import numpy as np
import pytest

from analysis.degeneracy import spread

RANDOM = np.random.default_rng(3)


def placeholder(rows: int, dimensions: int) -> np.ndarray:
    """The sine of a hash, as one of the systems stored it when it had no model."""
    hashes = RANDOM.integers(0, 2**31, size=rows)
    return np.sin(hashes[:, None] * 0.01 + np.arange(dimensions) * 0.1)


def test_random_directions_fill_the_space() -> None:
    found = spread(RANDOM.normal(size=(1000, 64)))
    assert found.effective_rank > 55
    assert found.rank == 64
    assert found.alike == 0.0
    assert found.distinct == 1.0


def test_a_constant_has_no_rank() -> None:
    found = spread(np.ones((100, 32)))
    assert (found.rank, found.effective_rank, found.alike) == (0, 0.0, 1.0)


def test_lengths_do_not_matter() -> None:
    vectors = RANDOM.normal(size=(200, 16))
    longer = vectors * RANDOM.uniform(0.1, 9.0, size=(200, 1))
    assert spread(longer).effective_rank == pytest.approx(spread(vectors).effective_rank)


def test_a_sine_of_a_hash_has_a_handful_of_directions() -> None:
    found = spread(placeholder(1000, 1536))
    assert found.rank <= 3
    assert found.effective_rank < 3
    assert found.alike > 0.2


def test_more_dimensions_than_rows_gives_the_same_eigenvalues() -> None:
    vectors = RANDOM.normal(size=(40, 6)) @ RANDOM.normal(size=(6, 300))
    assert spread(vectors).rank == 6


def test_too_few_rows_are_no_finding() -> None:
    assert spread(np.ones((1, 4))).rows == 1
    assert spread(np.zeros((5, 4))).rows == 0


def test_effective_rank_of_known_eigenvalues() -> None:
    axes = np.vstack([np.eye(4), -np.eye(4)])
    assert spread(axes).effective_rank == pytest.approx(4.0)
