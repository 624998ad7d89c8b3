"""All pairs of rows above a similarity."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats

BLOCK = 2048

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
    best = _cut([], limit)
    total = 0
    blocks = -(-len(vectors) // BLOCK)
    for done, (start, later) in enumerate(_blocks(len(vectors)), start=1):
        found = _between(vectors, start, later, threshold, groups)
        total += len(found[0])
        if len(found[0]):
            best = _cut([best, found], limit)
        progress("comparing rows", done / (blocks * (blocks + 1) / 2))
    return SimilarPairs(*best, total)


Found = tuple[Positions, Positions, Floats]


def _blocks(rows: int) -> Iterator[tuple[int, int]]:
    starts = range(0, rows, BLOCK)
    return ((start, later) for start in starts for later in starts if later >= start)


def _between(
    vectors: Floats, start: int, later: int, threshold: float, groups: NDArray[np.integer] | None
) -> Found:
    similarity = vectors[start : start + BLOCK] @ vectors[later : later + BLOCK].T
    one, other = np.nonzero(similarity >= threshold)
    alike = np.minimum(similarity[one, other], np.float32(1))
    one, other = one + start, other + later
    wanted = one < other
    if groups is not None:
        wanted &= groups[one] != groups[other]
    return one[wanted], other[wanted], alike[wanted]


def _cut(parts: list[Found], limit: int) -> Found:
    """The best `limit` of the parts together, best first; ties by position."""
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32)
    first, second, similarity = (np.concatenate(found) for found in zip(*parts, strict=True))
    order = np.lexsort((second, first, -similarity))[:limit]
    return first[order], second[order], similarity[order]
