"""Themes at two levels: communities of the neighbour graph, and families of communities."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from analysis.communities import (
    UNSORTED,
    Network,
    atoms_of,
    by_size,
    large_enough,
)
from analysis.membership import belonging, core, settle, unsorted
from analysis.resolution import best_resolution
from analysis.vectors import Floats, Labels, centroids

FAMILIES = 1.3  # times the square root of the themes: about as many as themes in one


@dataclass(frozen=True)
class Clusters:
    """Two levels of themes and how surely each row belongs.

    fine, coarse : shape (rows,), int32
        0 for the largest theme, then by size; UNSORTED for rows in none. Every fine theme lies in
        one coarse theme, and a row is unsorted at both levels or at none.
    membership : shape (rows,), float32
        0 to 1; 1 is a row whose neighbours all share its theme and that is as typical as most.
        Unsorted rows keep the strength they would have had.
    atoms : shape (rows,), int32
        The small groups that every cut is made of.
    resolution
        At which the graph was cut; None when it holds no groups and all rows are one theme.
    """

    fine: Labels
    coarse: Labels
    membership: Floats
    atoms: Labels
    resolution: float | None


def clusters(
    graph: csr_matrix, vectors: Floats, seed: int, unsorted_at_most: float = 0.10
) -> Clusters:
    """Fine and coarse themes of the rows, with an honest share left unsorted.

    Parameters
    ----------
    graph : shape (rows, rows)
        Symmetric neighbour weights.
    vectors : shape (rows, dimensions)
        Unit length.
    unsorted_at_most
        Share of rows, 0 to 1, that may stay unsorted. Fewer do when more are clear.
    """
    network = Network(graph)
    atoms = atoms_of(network, seed)
    resolution = best_resolution(graph, atoms, vectors, seed)
    if resolution is None:
        return _single(atoms)
    fine = settle(graph, vectors, large_enough(network.cut(resolution, seed)))
    strength = belonging(graph, vectors, fine).strength
    left_out = unsorted(strength, unsorted_at_most) & ~core(fine, strength)
    fine = by_size(np.where(left_out, UNSORTED, fine).astype(np.int32))
    return Clusters(fine, families(vectors, fine), strength, atoms, resolution)


def families(vectors: Floats, fine: Labels) -> Labels:
    """Coarse themes: fine themes whose centroids point the same way from the middle of all.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
    fine : shape (rows,)

    Returns
    -------
    shape (rows,), int32
        0 for the largest family, then by size; UNSORTED where `fine` is.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    count = int(fine.max()) + 1
    if count < 3:
        return fine.copy()
    directions = centroids(vectors, fine, count) - vectors.mean(axis=0)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    wanted = max(2, round(FAMILIES * count**0.5))
    family = fcluster(linkage(directions, "average"), wanted, "maxclust") - 1
    return by_size(np.where(fine >= 0, family[fine], UNSORTED).astype(np.int32))


def _single(atoms: Labels) -> Clusters:
    """Everything in one theme: what there is to say when nothing sets rows apart."""
    zeros = np.zeros(len(atoms), dtype=np.int32)
    return Clusters(zeros, zeros.copy(), np.ones(len(atoms), dtype=np.float32), atoms, None)
