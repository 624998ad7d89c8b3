"""Rows that stand for a theme."""

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, Labels, centroids

ALIKE = 0.98  # cosine similarity above which a second representative says nothing new


def representatives(vectors: Floats, labels: Labels, count: int = 5) -> dict[int, NDArray[np.intp]]:
    """Positions of the rows nearest to each theme's centroid, most central first.

    Near-copies of a chosen row are passed over while others are left.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length.
    labels : shape (rows,)
        Theme of each row; negative labels have no representatives.
    count
        At most this many per theme.

    Raises
    ------
    ValueError
        Unless there is one label per row.
    """
    if len(vectors) != len(labels):
        raise ValueError(f"{len(vectors)} vectors but {len(labels)} labels")
    middle = centroids(vectors, labels, int(labels.max(initial=-1)) + 1)
    chosen = {}
    for label in np.unique(labels[labels >= 0]):
        members = np.flatnonzero(labels == label)
        order = np.argsort(-(vectors[members] @ middle[label]), kind="stable")
        chosen[int(label)] = _distinct(vectors, members[order], count)
    return chosen


def _distinct(vectors: Floats, ordered: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """The first `count` rows that differ, filled up with copies when too few do."""
    looked_at = ordered[: 20 * count]
    kept: list[int] = []
    for position, row in enumerate(looked_at):
        if len(kept) == count:
            break
        if not kept or (vectors[looked_at[kept]] @ vectors[row]).max() < ALIKE:
            kept.append(position)
    copies = [position for position in range(len(looked_at)) if position not in kept]
    return looked_at[sorted(kept + copies[: count - len(kept)])]
