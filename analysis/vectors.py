"""Embeddings as every module of this folder expects them: unit length, float32, rows first."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int32]
Positions = NDArray[np.int32]

SHORTEST = 1e-12  # a vector shorter than this has no direction


def unit_rows(vectors: ArrayLike) -> Floats:
    """The vectors at length 1, as C-contiguous float32; untouched when they already are.

    Parameters
    ----------
    vectors : shape (rows, dimensions)

    Raises
    ------
    ValueError
        Unless the array is two-dimensional, finite, and every row has a direction.
    """
    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise ValueError(f"vectors must have shape (rows, dimensions), not {rows.shape}")
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    if not np.isfinite(lengths).all():
        raise ValueError(
            f"{(~np.isfinite(lengths)).sum()} vectors are not finite; embed them again"
        )
    if (lengths < SHORTEST).any():
        raise ValueError(
            f"{(lengths < SHORTEST).sum()} vectors are zero; leave them out of the fit"
        )
    if np.abs(lengths - 1).max(initial=0.0) < 1e-5:
        return rows
    return np.ascontiguousarray(rows / lengths[:, None])


def centroids(vectors: Floats, labels: Labels, count: int) -> Floats:
    """Mean direction of each cluster, unit length, in the order of the labels 0 .. count - 1.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length.
    labels : shape (rows,)
        Cluster of each row; negative labels belong to none.
    count
        Number of clusters.

    Returns
    -------
    shape (count, dimensions)
        A cluster without members, or whose members cancel out, is all zeros.
    """
    return unit_or_zero(sums(vectors, labels, count))


def sums(vectors: Floats, labels: Labels, count: int) -> Floats:
    """Sum of the vectors of each cluster, in the order of the labels, shape (count, dimensions)."""
    from scipy.sparse import csr_matrix

    members = np.flatnonzero(labels >= 0)
    ones = np.ones(len(members), dtype=np.float32)
    belongs = csr_matrix((ones, (labels[members], members)), shape=(count, len(vectors)))
    return np.asarray(belongs @ vectors, dtype=np.float32)


def unit_or_zero(vectors: Floats) -> Floats:
    """The vectors at length 1; those without a direction all zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    long = lengths > SHORTEST
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=long))
