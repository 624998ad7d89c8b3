"""Pairs of similar rows gathered: near-duplicates and families."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.pairs import SimilarPairs

SAME = 0.95  # cosine similarity from which two rows say the same thing


@dataclass(frozen=True)
class Family:
    """Rows that are all similar to one of them.

    middle : position of the row that has most similar rows
    others : positions of the rest, the most similar to the middle first
    similarity : of each of the others to the middle
    """

    middle: int
    others: tuple[int, ...]
    similarity: tuple[float, ...]


def families(pairs: SimilarPairs, at_least: float) -> list[Family]:
    """Rows gathered round those with most similar rows; largest first.

    Every member is at least that similar to the middle itself, so a family never drifts from one
    thing to another along a chain of pairs. A row is in one family at most.

    Parameters
    ----------
    pairs
        As `pairs_above` finds them.
    at_least
        Cosine similarity; pairs below are passed over.
    """
    near = _neighbours(pairs, at_least)
    waiting = sorted(near, key=lambda row: (-len(near[row]), row))
    found: list[Family] = []
    taken: set[int] = set()
    # Rows are tried by how many similar rows they have, counted once: those that others took
    # first make a family a little smaller, never less similar.
    for row in waiting:
        free = [] if row in taken else [pair for pair in near[row] if pair[1] not in taken]
        if free:
            ordered = sorted(free)
            others = tuple(other for _, other in ordered)
            found.append(Family(row, others, tuple(-negative for negative, _ in ordered)))
            taken.update((row, *others))
    return sorted(found, key=lambda family: (-len(family.others), family.middle))


def nearest_passages(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> tuple[int, int, float] | None:
    """Positions of the two most similar sentences, and their similarity; None without any.

    Parameters
    ----------
    one, other : shape (sentences, dimensions)
        Unit length; rows of NaN are passed over.
    """
    if not len(one) or not len(other):
        return None
    similarity = np.nan_to_num(one @ other.T, nan=-np.inf)
    mine, its = np.unravel_index(int(similarity.argmax()), similarity.shape)
    best = float(similarity[mine, its])
    return (int(mine), int(its), min(best, 1.0)) if np.isfinite(best) else None


def _neighbours(pairs: SimilarPairs, at_least: float) -> dict[int, list[tuple[float, int]]]:
    """Row -> (minus the similarity, other row) of its pairs."""
    near: dict[int, list[tuple[float, int]]] = {}
    enough = pairs.similarity >= at_least
    listed = zip(
        pairs.first[enough].tolist(),
        pairs.second[enough].tolist(),
        pairs.similarity[enough].tolist(),
        strict=True,
    )
    for first, second, similarity in listed:
        near.setdefault(first, []).append((-similarity, second))
        near.setdefault(second, []).append((-similarity, first))
    return near
