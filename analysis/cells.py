"""Approximate nearest neighbours for many rows: only the nearest cells are searched.

Exact search compares every row with every other, so its cost grows with the square of the rows.
Here the rows are divided into cells, and each cell's rows are compared with the rows of the cells
nearest to it: matrix products of blocks, nothing to compile.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, centroids

ROWS_A_CELL = 400
SEARCHED = 24  # cells around each cell, itself included
TRAINED_ON = 60  # rows per cell behind the cells' centres
ROUNDS = 6


@dataclass(frozen=True)
class Cells:
    """A division of the reference rows.

    centres : shape (cells, dimensions), unit length
    order : shape (rows,)
        Positions of the rows, cell after cell.
    start : shape (cells + 1,)
        Where each cell begins in `order`.
    """

    centres: Floats
    order: NDArray[np.intp]
    start: NDArray[np.intp]

    def rows(self, cell: int) -> NDArray[np.intp]:
        """Positions of the rows of one cell."""
        return self.order[self.start[cell] : self.start[cell + 1]]

    def around(self, cells: NDArray[np.intp]) -> NDArray[np.intp]:
        """Positions of the rows of several cells."""
        return np.concatenate([self.rows(int(cell)) for cell in cells])


def divide(reference: Floats, seed: int = 0) -> Cells:
    """Cells of about ROWS_A_CELL rows, by spherical k-means on a sample."""
    random = np.random.default_rng(seed)
    count = max(1, len(reference) // ROWS_A_CELL)
    sample = reference[np.sort(random.permutation(len(reference))[: TRAINED_ON * count])]
    centres = sample[random.permutation(len(sample))[:count]]
    for _ in range(ROUNDS):
        found = centroids(sample, nearest_centre(sample, centres), count)
        empty = ~found.any(axis=1)
        found[empty] = sample[random.integers(0, len(sample), int(empty.sum()))]
        centres = found
    cell = nearest_centre(reference, centres)
    start = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=count))])
    return Cells(centres, np.argsort(cell, kind="stable"), start)


def nearest_centre(rows: Floats, centres: Floats) -> NDArray[np.int32]:
    """The most similar centre of each row, shape (rows,)."""
    found = np.empty(len(rows), dtype=np.int32)
    for begin in range(0, len(rows), 4096):
        found[begin : begin + 4096] = (rows[begin : begin + 4096] @ centres.T).argmax(axis=1)
    return found


def searched(cells: Cells) -> NDArray[np.intp]:
    """For each cell the cells to search, nearest first, shape (cells, at most SEARCHED)."""
    similarity = cells.centres @ cells.centres.T
    return np.argsort(-similarity, axis=1, kind="stable")[:, :SEARCHED]
