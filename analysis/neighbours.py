"""Nearest neighbours by cosine distance: exact up to tens of thousands of rows, then by cells."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cells import divide, nearest_centre, searched
from analysis.vectors import Floats, Positions

FOLDS = 16
BLOCK = 256  # rows compared at once: the block of similarities stays in the cache
EXACT = 50_000  # rows up to which comparing all with all is quick enough
Progress = Callable[[str, float], None]
Block = tuple[NDArray[np.intp], NDArray[np.intp] | None]


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

    Exact up to EXACT rows. Above, approximate: about one in a hundred neighbours is missed, in
    exchange for a cost that grows nearly in step with the rows.

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
    own = np.arange(len(vectors), dtype=np.int32)
    return _search(vectors, vectors, count, own, progress)


def nearest_among(
    queries: Floats, reference: Floats, count: int, progress: Progress = silent
) -> Neighbours:
    """The `count` rows of the reference nearest to each query, nearest first.

    Exact unless both are many: more than EXACT squared pairs.

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
    nobody = np.full(len(queries), -1, dtype=np.int32)
    return _search(queries, reference, min(count, len(reference)), nobody, progress)


def _search(
    queries: Floats, reference: Floats, count: int, own: Positions, progress: Progress
) -> Neighbours:
    """Neighbours of the queries; `own` is each query's position in the reference, or -1."""
    found = Neighbours(
        np.empty((len(queries), count), dtype=np.int32),
        np.empty((len(queries), count), dtype=np.float32),
    )
    exact = len(queries) * len(reference) <= EXACT**2
    blocks = _everywhere(len(queries)) if exact else _nearby(queries, reference, count)
    done = 0
    for rows, candidates in blocks if count else ():
        within = reference if candidates is None else reference[candidates]
        similarities = queries[rows] @ within.T
        places = own[rows] if candidates is None else _place(own[rows], candidates)
        itself = np.flatnonzero(places >= 0)
        similarities[itself, places[itself]] = -np.inf
        columns, values = _largest(similarities, count)
        found.positions[rows] = columns if candidates is None else candidates[columns]
        found.distances[rows] = np.clip(1 - values, 0, 2)
        done += len(rows)
        progress("neighbours", done / len(queries))
    return found


def _everywhere(queries: int) -> Iterator[Block]:
    """Blocks of queries, each to be compared with the whole reference."""
    for start in range(0, queries, BLOCK):
        yield np.arange(start, min(start + BLOCK, queries)), None


def _nearby(queries: Floats, reference: Floats, count: int) -> Iterator[Block]:
    """The queries of each cell, to be compared with the rows of the cells around it."""
    cells = divide(reference)
    cell = nearest_centre(queries, cells.centres)
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(len(cells.centres) + 1))
    around = searched(cells)
    for number in np.flatnonzero(np.diff(start)):
        candidates = np.sort(cells.around(around[number]))
        if len(candidates) <= count:  # cells of many copies and of nothing
            candidates = np.arange(len(reference))
        members = order[start[number] : start[number + 1]]
        for begin in range(0, len(members), BLOCK):
            yield members[begin : begin + BLOCK], candidates


def _place(own: Positions, candidates: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where each row stands among the sorted candidates; -1 where it does not."""
    places = np.minimum(np.searchsorted(candidates, own), len(candidates) - 1)
    return np.where(candidates[places] == own, places, -1)


def _largest(similarities: Floats, count: int) -> tuple[NDArray[np.intp], Floats]:
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
