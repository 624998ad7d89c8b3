"""Communities of the neighbour graph."""

import random

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, triu

from analysis.vectors import Labels

UNSORTED = -1  # the label of rows in no theme
ATOMS = 150.0  # resolution of the small groups from which every coarser cut is tried


class Network:
    """A graph of weighted neighbours, made once and cut at as many resolutions as wanted.

    References
    ----------
    Traag, Waltman, van Eck: From Louvain to Leiden, Scientific Reports 9, 5233 (2019).
    """

    def __init__(self, graph: csr_matrix) -> None:
        """From symmetric weights; a diagonal counts as weight inside a row."""
        import igraph

        half = triu(graph, k=1).tocoo()
        # igraph's own modularity leaves out the diagonal; strengths as node weights keep it.
        strength = np.asarray(graph.sum(axis=1), dtype=np.float64).ravel()
        self.total = max(float(strength.sum()), 1e-12)
        # igraph takes numbers one by one, pairs of them four times as fast as an array.
        self.strength, self.weights = strength.tolist(), half.data.tolist()
        self.graph = igraph.Graph(
            graph.shape[0], zip(half.row.tolist(), half.col.tolist(), strict=True)
        )

    def cut(self, resolution: float, seed: int, rounds: int = 2) -> Labels:
        """Groups of rows joined more strongly among themselves than chance would have it.

        Parameters
        ----------
        resolution
            Of modularity: the higher, the more and the smaller the groups.
        rounds
            Of improvement; the authors' own number, more changed nothing that can be measured.
            Negative goes on until nothing improves.

        Returns
        -------
        shape (rows,), int32
            0 for the largest group, then by size.
        """
        import igraph

        igraph.set_random_number_generator(random.Random(seed))
        found = self.graph.community_leiden(
            objective_function="CPM",
            weights=self.weights,
            node_weights=self.strength,
            resolution=resolution / self.total,
            n_iterations=rounds,
        )
        return by_size(np.asarray(found.membership, dtype=np.int32))


def atoms_of(network: Network, seed: int) -> Labels:
    """Small groups, about a dozen rows each, of which coarser cuts are made at next to no cost."""
    return network.cut(ATOMS, seed)


def joined(graph: csr_matrix, atoms: Labels, rows: NDArray[np.bool_] | None = None) -> Network:
    """The atoms as a network: weights between two are those between their rows.

    Parameters
    ----------
    graph : shape (rows, rows)
    atoms : shape (rows,)
    rows
        Which of them count; all without.
    """
    counted = np.arange(len(atoms)) if rows is None else np.flatnonzero(rows)
    ones = np.ones(len(counted), dtype=np.float32)
    shape = (int(atoms.max(initial=UNSORTED)) + 1, len(atoms))
    holds = csr_matrix((ones, (atoms[counted], counted)), shape=shape)
    return Network((holds @ graph @ holds.T).tocsr())


def by_size(labels: Labels) -> Labels:
    """The same groups renumbered: 0 the largest, ties by first appearance; negative stays."""
    kept = labels >= 0
    if not kept.any():
        return labels
    values, first, inverse, sizes = np.unique(
        labels[kept], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(values), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(values))
    renumbered = labels.copy()
    renumbered[kept] = rank[inverse]
    return renumbered


def large_enough(labels: Labels) -> Labels:
    """Labels of the groups with rows enough for a theme; the others' rows UNSORTED."""
    smallest = max(3, round(len(labels) ** 0.5 / 6))
    sizes = np.bincount(labels)
    return np.where(sizes[labels] >= smallest, labels, UNSORTED).astype(np.int32)
