"""Rows whose groups are known, for the tests of this folder."""

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, unit_rows

DIMENSIONS = 32


def groups(
    count: int, size: int, spread: float = 0.1, seed: int = 0
) -> tuple[Floats, NDArray[np.int32]]:
    """Unit vectors around `count` random directions, shuffled, and the group of each."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(count, DIMENSIONS))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    label = random.permutation(np.repeat(np.arange(count, dtype=np.int32), size))
    noise = random.normal(scale=spread, size=(count * size, DIMENSIONS))
    return unit_rows(centres[label] + noise), label


def noise(rows: int, seed: int = 0) -> Floats:
    """Unit vectors without any structure."""
    return unit_rows(np.random.default_rng(seed).normal(size=(rows, 256)))
