"""All pairs of rows above a similarity."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats

BLOCK = 1024

Positions = NDArray[np.int64]


def pairs_above(
    vectors: Floats,
    threshold: float,
    groups: NDArray[np.integer] | None = None,
    progress: Callable[[str, float], None] = lambda _step, _share: None,
) -> tuple[Positions, Positions, Floats]:
    """Pairs whose cosine similarity is at least `threshold`, most similar first.

    Exact: every block of rows is multiplied with the rows after it, so time grows with the square
    of the rows but memory does not.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length, float32.
    groups : shape (rows,), optional
        Only pairs of two different groups.

    Returns
    -------
    first, second : positions, shape (pairs,), first < second
    similarity : shape (pairs,), float32
    """
    found: list[tuple[Positions, Positions, Floats]] = []
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        similarity = block @ vectors[start:].T
        one, other = np.nonzero(similarity >= threshold)
        later = other > one
        one, other = one[later], other[later]
        if groups is not None:
            unlike = groups[start + one] != groups[start + other]
            one, other = one[unlike], other[unlike]
        found.append((one + start, other + start, similarity[one, other]))
        progress("comparing rows", min(1.0, (start + BLOCK) / len(vectors)))
    return _sorted(found)


def _sorted(
    found: list[tuple[Positions, Positions, Floats]],
) -> tuple[Positions, Positions, Floats]:
    if not found:
        nothing = np.empty(0, np.int64)
        return nothing, nothing, np.empty(0, np.float32)
    first, second, similarity = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((second, first, -similarity))
    return first[order], second[order], similarity[order]
