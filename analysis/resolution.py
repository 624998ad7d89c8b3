"""How finely to cut the neighbour graph into themes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.communities import UNSORTED, joined, large_enough
from analysis.membership import GRAPH, shares
from analysis.vectors import Floats, Labels, sums, unit_or_zero

RESOLUTIONS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)
NEARLY = 0.985  # of the best silhouette; among cuts this good the coarsest wins
JUDGED = 5000  # rows behind a silhouette
MOST = 1.5  # times the square root of the rows: more themes than that nobody reads
APART = 0.35  # mean silhouette from which very few or very many groups are worth telling
ROUNDING = 1e-5  # cosine distances below this are not told from 0
STRUCTURE = 0.06  # mean silhouette below which groups are chance


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
    if not len(atoms):
        return None
    judged = _Judged(graph, atoms, vectors, seed)
    fewest, most = len(atoms) ** 0.25, MOST * len(atoms) ** 0.5
    scores = {}
    for resolution, group in _cuts(graph, atoms, seed):
        score = judged.score(group)
        if fewest <= group.max() + 1 <= most or score >= APART:
            scores[resolution] = score
    best = max(scores.values(), default=0.0)
    if best < STRUCTURE:
        return None
    return next(cut for cut, score in scores.items() if score >= NEARLY * best)


def _cuts(graph: csr_matrix, atoms: Labels, seed: int) -> Iterator[tuple[float, Labels]]:
    """The group of each atom at every resolution that finds two groups or more."""
    network = joined(graph, atoms)
    for resolution in RESOLUTIONS:
        labels = large_enough(network.cut(resolution, seed, rounds=3)[atoms])
        if labels.max(initial=UNSORTED) > 0:
            group = np.empty(int(atoms.max()) + 1, dtype=np.int32)
            group[atoms] = labels
            yield resolution, group


class _Judged:
    """Some rows, and what of them serves to judge every cut: all are made of the same atoms."""

    def __init__(self, graph: csr_matrix, atoms: Labels, vectors: Floats, seed: int) -> None:
        rows = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:JUDGED])
        self.vectors = vectors[rows]
        self.shares = shares(graph[rows], atoms, int(atoms.max()) + 1)
        self.sums = sums(vectors, atoms, self.shares.shape[1])
        self.others = self.sums - sums(self.vectors, atoms[rows], self.shares.shape[1])

    def score(self, group: Labels) -> float:
        """Mean silhouette of the rows, each in the group that it favours most.

        `group` of each atom; the other rows stay in it.
        """
        count = int(group.max()) + 1
        known = np.flatnonzero(group >= 0)
        ones = np.ones(len(known), dtype=np.float32)
        holds = csr_matrix((ones, (group[known], known)), shape=(count, len(group)))
        appeal = self.vectors @ unit_or_zero(holds @ self.sums).T
        appeal += GRAPH * (self.shares @ holds.T).toarray()
        labels = appeal.argmax(axis=1).astype(np.int32)
        total = holds @ self.others + sums(self.vectors, labels, count)
        return float(silhouettes(self.vectors, labels, total).mean())


def silhouettes(vectors: Floats, labels: Labels, total: Floats) -> NDArray[np.float64]:
    """How much nearer each row is to the rest of its group than to the nearest other group.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length; all rows, or those to judge.
    labels : shape (rows,)
        Every row is in a group.
    total : shape (groups, dimensions)
        Sum of the vectors of each of at least two groups, of the rows that are not judged too.

    Returns
    -------
    shape (rows,)
        -1 (nearer to the other) to 1 (far from every other). The row itself is left out of its
        group's centroid, so small groups earn nothing by holding themselves together.

    References
    ----------
    Hruschka, Campello, de Castro: Evolving clusters in gene-expression data, Information Sciences
    176 (2006): the simplified silhouette, here with cosine distances.
    """
    similarity = vectors @ unit_or_zero(total).T
    similarity[np.arange(len(labels)), labels] = -np.inf
    rival = np.maximum(1 - similarity.max(axis=1), 0)
    own = np.maximum(1 - _similarity_to_rest(vectors, total[labels] - vectors), 0)
    return np.asarray((rival - own) / np.maximum(np.maximum(rival, own), ROUNDING), np.float64)


def _similarity_to_rest(vectors: Floats, rest: Floats) -> Floats:
    """Cosine similarity of each row to the sum of the others in its group; 0 when alone."""
    length = np.linalg.norm(rest, axis=1)
    similarity = np.einsum("ij,ij->i", vectors, rest)
    return np.asarray(np.divide(similarity, length, out=np.zeros_like(length), where=length > 1e-6))
