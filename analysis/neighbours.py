"""Nearest neighbours by cosine distance, exact up to tens of thousands of rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, Positions

BLOCK = 256  # rows compared at once: the block of similarities stays in the cache
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Neighbours:
    """The k nearest rows of each row, nearest first.

    positions : shape (rows, k), int32
    distances : shape (rows, k), float32
        Cosine distance, 0 (same direction) to 2 (opposite).
    """

    positions: Positions
    distances: Floats

    @property
    def count(self) -> int:
        """How many neighbours each row has."""
        return int(self.positions.shape[1])

    def first(self, count: int) -> "Neighbours":
        """Only the nearest `count` of them."""
        return Neighbours(self.positions[:, :count], self.distances[:, :count])


def silent(_stage: str, _share: float) -> None:
    """A progress callback that tells nobody."""


def nearest(vectors: Floats, count: int, progress: Progress = silent) -> Neighbours:
    """The `count` nearest other rows of every row, nearest first.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length, float32.
    count
        Neighbours a row; fewer when there are not that many other rows.
    progress
        Told the share done after each block; may raise to cancel.
    """
    return _search(vectors, vectors, min(count, len(vectors) - 1), progress, skip_self=True)


def nearest_among(
    queries: Floats, reference: Floats, count: int, progress: Progress = silent
) -> Neighbours:
    """The `count` rows of the reference nearest to each query, nearest first.

    Parameters
    ----------
    queries : shape (queries, dimensions)
    reference : shape (rows, dimensions)
        Both unit length, float32. `positions` count in the reference.
    count
        Neighbours a query; fewer when the reference has not that many rows.
    progress
        Told the share done after each block; may raise to cancel.
    """
    return _search(queries, reference, min(count, len(reference)), progress, skip_self=False)


def _search(
    queries: Floats, reference: Floats, count: int, progress: Progress, *, skip_self: bool
) -> Neighbours:
    count = max(count, 0)
    positions = np.empty((len(queries), count), dtype=np.int32)
    distances = np.empty((len(queries), count), dtype=np.float32)
    for start in range(0, len(queries), BLOCK) if count else ():
        stop = min(start + BLOCK, len(queries))
        similarities = queries[start:stop] @ reference.T
        if skip_self:
            similarities[np.arange(stop - start), np.arange(start, stop)] = -np.inf
        positions[start:stop], found = _largest(similarities, count)
        distances[start:stop] = np.clip(1 - found, 0, 2)
        progress("neighbours", stop / len(queries))
    return Neighbours(positions, distances)


def _largest(similarities: Floats, count: int) -> tuple[NDArray[np.intp], Floats]:
    """Columns and values of the `count` largest entries of each row, largest first."""
    columns = np.argpartition(similarities, -count, axis=1)[:, -count:]
    values = np.take_along_axis(similarities, columns, axis=1)
    order = np.lexsort((columns, -values), axis=1)
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1)
