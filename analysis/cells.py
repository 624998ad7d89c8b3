"""Nearest neighbours of very many rows: of the reference only the cells around each are searched.

Exact search compares every row with the whole reference, and so grows with the square of them. Here
the reference is divided into cells once, and a row is compared with the rows of the few cells whose
centres are nearest to it: matrix products of blocks, nothing to compile.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.neighbours import Neighbours, Progress, largest, silent, without_itself
from analysis.vectors import Floats, centroids

ROWS_A_CELL = 200
SEARCHED = 8  # cells of a row
TRAINED_ON = 60  # rows a cell behind the cells' centres
ROUNDS = 6
BLOCK = 10_000  # rows whose neighbours are looked for together
NOTHING = -2.0  # similarity of a place that no row was found for


@dataclass(frozen=True)
class Cells:
    """A division of the reference rows.

    centres : shape (cells, dimensions), unit length
    order : shape (rows,)
        Positions of the rows, cell after cell.
    start : shape (cells + 1,)
        Where each cell begins in `order`.
    rows : shape (rows, dimensions)
        The reference in that order.
    """

    centres: Floats
    order: NDArray[np.intp]
    start: NDArray[np.intp]
    rows: Floats

    @classmethod
    def of(cls, reference: Floats, seed: int = 0) -> "Cells":
        """Cells of about ROWS_A_CELL rows, by spherical k-means on a sample."""
        centres = _centres(reference, max(1, len(reference) // ROWS_A_CELL), seed)
        cell = _nearest_centre(reference, centres)
        start = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=len(centres)))])
        order = np.argsort(cell, kind="stable")
        return cls(centres, order, start, reference[order])

    def nearest(self, queries: Floats, count: int) -> Neighbours:
        """The `count` reference rows nearest to each query, nearest first, one in fifty missed.

        Parameters
        ----------
        queries : shape (queries, dimensions), unit length
        count
            Neighbours a query; fewer when the reference has not that many rows. A query whose cells
            hold fewer is compared with the whole reference.
        """
        count = min(count, len(self.order))
        similarity, place = self._found(queries, count)
        columns, values = largest(similarity, count)
        positions = self.order[np.take_along_axis(place, columns, axis=1)]
        short = np.flatnonzero(values[:, -1] == NOTHING) if count else np.empty(0, dtype=np.intp)
        if len(short):
            columns, values[short] = largest(queries[short] @ self.rows.T, count)
            positions[short] = self.order[columns]
        return Neighbours(positions.astype(np.int32), np.clip(1 - values, 0, 2))

    def _found(self, queries: Floats, count: int) -> tuple[Floats, NDArray[np.int32]]:
        """Similarity and place in `rows` of the best of each cell, shape (queries, cells x count).

        Cell by cell: all queries that search one are compared with its rows in one product.
        """
        searched = min(SEARCHED, len(self.centres))
        cells = _most_alike(queries, self.centres, searched)
        similarity = np.full((len(queries), searched, count), NOTHING, dtype=np.float32)
        place = np.zeros((len(queries), searched, count), dtype=np.int32)
        turn = np.argsort(cells, axis=None, kind="stable")
        begin = np.searchsorted(cells.ravel()[turn], np.arange(len(self.centres) + 1))
        for cell in np.flatnonzero(np.diff(begin) * np.diff(self.start)):
            query, slot = np.divmod(turn[begin[cell] : begin[cell + 1]], searched)
            first = self.start[cell]
            within = queries[query] @ self.rows[first : self.start[cell + 1]].T
            few = min(count, within.shape[1])
            best = np.argpartition(within, -few, axis=1)[:, -few:]
            similarity[query, slot, :few] = np.take_along_axis(within, best, axis=1)
            place[query, slot, :few] = first + best
        return similarity.reshape(len(queries), -1), place.reshape(len(queries), -1)


def nearest_in_cells(rows: Floats, count: int, progress: Progress = silent) -> Neighbours:
    """The `count` nearest other rows of every row, nearest first, one in fifty missed.

    As `nearest` of `analysis.neighbours`, at a cost that grows in step with the rows.
    """
    count = max(min(count, len(rows) - 1), 0)
    cells, parts = Cells.of(rows), []
    for begin in range(0, len(rows), BLOCK):
        found = cells.nearest(rows[begin : begin + BLOCK], count + 1)
        parts.append(without_itself(found, begin + np.arange(len(found.positions))))
        progress("neighbours", min(1.0, (begin + BLOCK) / len(rows)))
    return Neighbours(
        np.concatenate([part.positions for part in parts]),
        np.concatenate([part.distances for part in parts]),
    )


def _centres(reference: Floats, count: int, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    sample = reference[np.sort(random.permutation(len(reference))[: TRAINED_ON * count])]
    centres = sample[random.permutation(len(sample))[:count]]
    for _ in range(ROUNDS):
        found = centroids(sample, _nearest_centre(sample, centres), count)
        empty = ~found.any(axis=1)
        found[empty] = sample[random.integers(0, len(sample), int(empty.sum()))]
        centres = found
    return centres


def _nearest_centre(rows: Floats, centres: Floats) -> NDArray[np.int32]:
    """The most similar centre of each row, shape (rows,)."""
    found = np.empty(len(rows), dtype=np.int32)
    for begin in range(0, len(rows), 4096):
        found[begin : begin + 4096] = (rows[begin : begin + 4096] @ centres.T).argmax(axis=1)
    return found


def _most_alike(rows: Floats, centres: Floats, count: int) -> NDArray[np.intp]:
    """The `count` most similar centres of each row, in no order, shape (rows, count)."""
    return np.argpartition(rows @ centres.T, -count, axis=1)[:, -count:]
