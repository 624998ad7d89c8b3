"""Communities of the neighbour graph, and how finely to cut it."""

import random

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, triu

from analysis.membership import settled
from analysis.vectors import Floats, Labels, centroids

UNSORTED = -1  # the label of rows in no theme
RESOLUTIONS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)
ATOMS = 150.0  # resolution of the small groups from which every coarser cut is tried
NEARLY = 0.975  # of the best silhouette; among cuts this good the coarsest wins
JUDGED = 5000  # rows behind a silhouette
MOST = 1.5  # times the square root of the rows: more themes than that nobody reads
APART = 0.35  # mean silhouette from which very few or very many groups are worth telling
ROUNDING = 1e-5  # cosine distances below this are not told from 0
STRUCTURE = 0.06  # mean silhouette below which groups are chance


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
        self.strength = np.asarray(graph.sum(axis=1), dtype=np.float64).ravel()
        self.weights = half.data.astype(np.float64)
        # igraph takes pairs one by one four times as fast as an array.
        self.graph = igraph.Graph(
            graph.shape[0], zip(half.row.tolist(), half.col.tolist(), strict=True)
        )

    def cut(self, resolution: float, seed: int, rounds: int = 5) -> Labels:
        """Groups of rows joined more strongly among themselves than chance would have it.

        Parameters
        ----------
        resolution
            Of modularity: the higher, the more and the smaller the groups.
        rounds
            Of improvement; negative goes on until nothing improves.

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
            resolution=resolution / max(float(self.strength.sum()), 1e-12),
            n_iterations=rounds,
        )
        return by_size(np.asarray(found.membership, dtype=np.int32))


def atoms_of(network: Network, seed: int) -> Labels:
    """Small groups, about a dozen rows each, of which coarser cuts are made at next to no cost."""
    return network.cut(ATOMS, seed, rounds=2)


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


def best_resolution(graph: csr_matrix, atoms: Labels, vectors: Floats, seed: int) -> float | None:
    """The coarsest resolution whose groups are set apart about as well as any's.

    Parameters
    ----------
    graph : shape (rows, rows)
    atoms : shape (rows,)
    vectors : shape (rows, dimensions)
        Unit length.

    Returns
    -------
    None when no cut finds groups that are more than chance. Fewer groups than the fourth root of
    the rows, or more than MOST times the square root, count only when they are far apart.
    """
    judged = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:JUDGED])
    network, scores = joined(graph, atoms), {}
    for resolution in RESOLUTIONS:
        labels = large_enough(network.cut(resolution, seed, rounds=3)[atoms])
        count = int(labels.max(initial=UNSORTED)) + 1
        if count < 2:
            continue
        labels = settled(graph, vectors, labels, judged)
        score = float(silhouettes(vectors, labels, judged).mean())
        if len(labels) ** 0.25 <= count <= MOST * len(labels) ** 0.5 or score >= APART:
            scores[resolution] = score
    best = max(scores.values(), default=0.0)
    if best < STRUCTURE:
        return None
    return next(cut for cut, score in scores.items() if score >= NEARLY * best)


def silhouettes(
    vectors: Floats, labels: Labels, rows: NDArray[np.intp] | None = None
) -> NDArray[np.float64]:
    """How much nearer each row is to the rest of its group than to the nearest other group.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length.
    labels : shape (rows,)
        At least two groups; every row judged must be in one.
    rows
        Positions to judge; all of them without.

    Returns
    -------
    shape (judged rows,)
        -1 (nearer to the other) to 1 (far from every other). The row itself is left out of its
        group's centroid, so small groups earn nothing by holding themselves together.

    References
    ----------
    Hruschka, Campello, de Castro: Evolving clusters in gene-expression data, Information Sciences
    176 (2006): the simplified silhouette, here with cosine distances.
    """
    rows = np.arange(len(labels)) if rows is None else rows
    count = int(labels.max()) + 1
    middle = centroids(vectors, labels, count)
    own_label, every = labels[rows], np.arange(len(rows))
    similarity = vectors[rows] @ middle.T
    similarity[every, own_label] = -np.inf
    rival = np.maximum(1 - similarity.max(axis=1), 0)
    own = np.maximum(1 - _similarity_to_rest(vectors, labels, rows, count), 0)
    return np.asarray((rival - own) / np.maximum(np.maximum(rival, own), ROUNDING), np.float64)


def _similarity_to_rest(
    vectors: Floats, labels: Labels, rows: NDArray[np.intp], count: int
) -> Floats:
    """Cosine similarity of each row to the mean of the others in its group; 0 when alone."""
    sums = np.zeros((count, vectors.shape[1]), dtype=np.float32)
    members = np.flatnonzero(labels >= 0)
    order = members[np.argsort(labels[members], kind="stable")]
    start = np.searchsorted(labels[order], np.arange(count))
    occupied = np.bincount(labels[members], minlength=count) > 0
    sums[occupied] = np.add.reduceat(vectors[order], start[occupied], axis=0)
    rest = sums[labels[rows]] - vectors[rows]
    length = np.linalg.norm(rest, axis=1)
    similarity = np.einsum("ij,ij->i", vectors[rows], rest)
    return np.asarray(np.divide(similarity, length, out=np.zeros_like(length), where=length > 1e-6))


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
