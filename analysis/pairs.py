"""All pairs of rows above a similarity."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats

BLOCK = 1024

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class SimilarPairs:
    """The most similar pairs, most similar first, and how many there are in all.

    first, second : shape (pairs,), first < second
    similarity : shape (pairs,), float32, at most 1
    """

    first: Positions
    second: Positions
    similarity: Floats
    total: int


def pairs_above(
    vectors: Floats,
    threshold: float,
    limit: int,
    groups: NDArray[np.integer] | None = None,
    progress: Callable[[str, float], None] = lambda _step, _share: None,
) -> SimilarPairs:
    """Pairs whose cosine similarity is at least `threshold`.

    Exact: every block of rows is multiplied with every later one, so time grows with the square of
    the rows; memory does not grow with them, nor with the pairs beyond `limit`.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length, float32.
    limit
        The most similar pairs that are kept; all are counted.
    groups : shape (rows,), optional
        Only pairs of two different groups.
    """
    best, total, floor = _cut([], limit), 0, threshold
    blocks = -(-len(vectors) // BLOCK)
    for done, (start, later) in enumerate(_blocks(len(vectors)), start=1):
        found = _between(vectors, start, later, threshold, groups)
        total += len(found[0])
        better = found[2] >= floor
        if better.any():
            best = _cut([best, (found[0][better], found[1][better], found[2][better])], limit)
        if len(best[0]) == limit:
            floor = float(np.nextafter(best[2][-1], np.float32(2)))  # of ties the first found stay
        progress("comparing rows", done / (blocks * (blocks + 1) / 2))
    return SimilarPairs(*best, total)


Found = tuple[Positions, Positions, Floats]


def _blocks(rows: int) -> Iterator[tuple[int, int]]:
    starts = range(0, rows, BLOCK)
    return ((start, later) for start in starts for later in starts if later >= start)


def _between(
    vectors: Floats, start: int, later: int, threshold: float, groups: NDArray[np.integer] | None
) -> Found:
    """The pairs of one block's rows with another's, each once.

    A block has millions of similarities and few pairs: it is gone through once, and whatever else
    a pair must be is asked of those few.
    """
    similarity = vectors[start : start + BLOCK] @ vectors[later : later + BLOCK].T
    places = np.flatnonzero(similarity >= threshold)
    one, other = np.divmod(places, similarity.shape[1])
    first, second = one + start, other + later
    counts = first < second
    if groups is not None:
        counts &= groups[first] != groups[second]
    alike = np.minimum(similarity.ravel()[places[counts]], np.float32(1))
    return first[counts], second[counts], alike


def _cut(parts: list[Found], limit: int) -> Found:
    """The best `limit` of the parts together, best first; ties by position.

    Where all rows are alike a block has millions of pairs, so they are chosen before the sort.
    """
    if not parts or limit == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    first, second, similarity = (np.concatenate(found) for found in zip(*parts, strict=True))
    chosen = _most_similar(first, second, similarity, limit)
    first, second, similarity = first[chosen], second[chosen], similarity[chosen]
    order = np.lexsort((second, first, -similarity))
    return first[order], second[order], similarity[order]


def _most_similar(
    first: Positions, second: Positions, similarity: Floats, limit: int
) -> NDArray[np.intp]:
    """Places of the `limit` most similar pairs, in no order; of ties the earliest positions."""
    if len(similarity) <= limit:
        return np.arange(len(similarity))
    last = np.partition(similarity, -limit)[-limit]
    surely, ties = np.flatnonzero(similarity > last), np.flatnonzero(similarity == last)
    wanted = limit - len(surely)
    place = first[ties] * (int(second.max()) + 1) + second[ties]
    earliest = np.argpartition(place, wanted - 1)[:wanted]
    return np.concatenate([surely, ties[earliest]])
