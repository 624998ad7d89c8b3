"""Cutting a theme in two."""

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, centroids

ROUNDS = 20


def halves(vectors: Floats, seed: int = 0) -> NDArray[np.bool_]:
    """Which rows belong to the smaller of the two parts that are most unlike.

    Two means by direction, started at both ends of the main axis: the same for the same rows.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length, at least two rows.

    Returns
    -------
    shape (rows,)
        At least one row is in each part.
    """
    apart = vectors - vectors.mean(axis=0)
    start = np.random.default_rng(seed).standard_normal(vectors.shape[1], dtype=np.float32)
    for _ in range(ROUNDS):
        start = apart.T @ (apart @ start)
        start /= max(float(np.linalg.norm(start)), 1e-12)
    along = apart @ start
    second = along > np.median(along)
    if not second.any():  # all alike on the axis
        second[np.argmax(along)] = True
    for _ in range(ROUNDS):
        middle = centroids(vectors, second.astype(np.int32), 2)
        again = vectors @ (middle[1] - middle[0]) > 0
        if not again.any() or again.all() or (again == second).all():
            break
        second = again
    return np.asarray(second if second.mean() <= 0.5 else ~second)
