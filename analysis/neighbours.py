"""Nearest neighbours by cosine distance, exact."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, Positions

FOLDS = 16
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
    """The `count` nearest other rows of every row, nearest first: exact, every row with every row.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length, float32.
    count
        Neighbours a row; fewer when there are not that many other rows.
    progress
        Told the share done after each block; may raise to cancel.
    """
    count = max(min(count, len(vectors) - 1), 0)
    return _search(vectors, vectors, count, True, progress)


def nearest_among(
    queries: Floats, reference: Floats, count: int, progress: Progress = silent
) -> Neighbours:
    """The `count` rows of the reference nearest to each query, nearest first: exact.

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
    return _search(queries, reference, min(count, len(reference)), False, progress)


def without_itself(found: Neighbours, rows: NDArray[np.intp]) -> Neighbours:
    """The neighbours of those rows of the reference, one fewer: without the row itself, or without
    the last where copies took its place."""
    kept = found.positions != rows[:, None]
    kept[kept.all(axis=1), -1] = False
    shape = (len(rows), found.count - 1)
    return Neighbours(found.positions[kept].reshape(shape), found.distances[kept].reshape(shape))


def _search(
    queries: Floats, reference: Floats, count: int, same: bool, progress: Progress
) -> Neighbours:
    """Neighbours of the queries; where both are the `same` rows, none is its own."""
    found = Neighbours(
        np.empty((len(queries), count), dtype=np.int32),
        np.empty((len(queries), count), dtype=np.float32),
    )
    for start in range(0, len(queries), BLOCK) if count else ():
        block = slice(start, start + BLOCK)
        similarities = queries[block] @ reference.T
        if same:
            itself = np.arange(len(similarities))
            similarities[itself, start + itself] = -np.inf
        found.positions[block], values = largest(similarities, count)
        found.distances[block] = np.clip(1 - values, 0, 2)
        progress("neighbours", (start + len(similarities)) / len(queries))
    return found


def largest(similarities: Floats, count: int) -> tuple[NDArray[np.intp], Floats]:
    """Columns and values of the `count` largest entries of each row, largest first."""
    columns = _promising(similarities, count)
    values = np.take_along_axis(similarities, columns, axis=1)
    some = np.argpartition(values, -count, axis=1)[:, -count:]
    columns = np.take_along_axis(columns, some, axis=1)
    values = np.take_along_axis(values, some, axis=1)
    order = np.lexsort((columns, -values), axis=1)
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1)


def _promising(similarities: Floats, count: int) -> NDArray[np.intp]:
    """Columns among which each row's `count` largest entries are, far fewer than all.

    Folded FOLDS times, every largest entry is the maximum of its stack or lies in a stack with a
    larger one, so the stacks with the largest maxima hold them all. Maxima are quick to take.
    """
    rows, columns = similarities.shape
    width = columns // FOLDS
    if width < 2 * count:
        return np.broadcast_to(np.arange(columns), similarities.shape)
    tops = similarities[:, : width * FOLDS].reshape(rows, FOLDS, width).max(axis=1)
    stacks = np.argpartition(tops, -count, axis=1)[:, -count:, None]
    folded = (stacks + width * np.arange(FOLDS)).reshape(rows, -1)
    rest = np.broadcast_to(np.arange(width * FOLDS, columns), (rows, columns - width * FOLDS))
    return np.concatenate([folded, rest], axis=1)
