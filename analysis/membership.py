"""How surely a row belongs to a theme, and which rows belong to none."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from analysis.vectors import Floats, Labels, centroids

CLEAR = 0.5  # strength from which a row is sorted whatever the dial says
GRAPH = 0.5  # weight of the neighbours' vote beside the similarity to the centroid
PASSES = 2
FEWEST = 3  # rows that make a theme


@dataclass(frozen=True)
class Belonging:
    """What speaks for each row being in its theme.

    share : shape (rows,), float32
        Of the row's neighbour weight, how much lies in its theme, 0 to 1.
    closeness : shape (rows,), float32
        Similarity to the theme's centroid, as a part of what its median member has, 0 to 1.
    """

    share: Floats
    closeness: Floats

    @property
    def strength(self) -> Floats:
        """Both at once, 0 to 1."""
        return self.share * self.closeness


def belonging(graph: csr_matrix, vectors: Floats, labels: Labels) -> Belonging:
    """Share and closeness of every row in its own theme; all rows must have one."""
    count = int(labels.max()) + 1
    rows = np.arange(len(labels))
    share = votes(graph, labels, count)[rows, labels]
    similarity = np.einsum("ij,ij->i", vectors, centroids(vectors, labels, count)[labels])
    usual = typical(similarity, labels, count)[labels]
    closeness = np.clip(similarity / np.maximum(usual, 1e-6), 0, 1)
    return Belonging(share.astype(np.float32), closeness.astype(np.float32))


@dataclass(frozen=True)
class Second:
    """The theme that each row would be in if its own were not there, and how strongly.

    labels : shape (rows,), int32
        Of an unsorted row the theme it is nearest to; negative where no neighbour is in another.
    strength : shape (rows,), float32
        As of the row's own theme, 0 to 1.
    """

    labels: Labels
    strength: Floats


def second(graph: csr_matrix, vectors: Floats, labels: Labels) -> Second:
    """The second theme of every row."""
    count = int(labels.max(initial=-1)) + 1
    if count == 0:
        return Second(labels.copy(), np.zeros(len(labels), dtype=np.float32))
    middle = centroids(vectors, labels, count)
    own = np.einsum("ij,ij->i", vectors, middle[labels])
    usual = np.maximum(typical(own, labels, count), 1e-6)
    share = votes(graph, labels, count)
    return second_of(share, labels, lambda other: _closeness(vectors, middle, usual, other))


def second_of(share: Floats, labels: Labels, closeness: Callable[[Labels], Floats]) -> Second:
    """The second theme by the neighbours' votes, shape (rows, themes), for other than `labels`.

    `closeness` tells how near rows are to the themes they are given.
    """
    kept = np.flatnonzero(labels >= 0)
    others = share.copy()
    others[kept, labels[kept]] = 0
    other = others.argmax(axis=1).astype(np.int32)
    strength = others[np.arange(len(other)), other] * closeness(other)
    return Second(np.where(strength > 0, other, -1).astype(np.int32), strength.astype(np.float32))


def _closeness(vectors: Floats, middle: Floats, usual: Floats, labels: Labels) -> Floats:
    similarity = np.einsum("ij,ij->i", vectors, middle[labels])
    return np.asarray(np.clip(similarity / usual[labels], 0, 1), dtype=np.float32)


def votes(graph: csr_matrix, labels: Labels, count: int) -> Floats:
    """Share of each row's neighbour weight that lies in each theme.

    Returns
    -------
    shape (rows, count), float32
        A row sums to 1 unless some of its neighbours are unsorted, or it has none.
    """
    return np.asarray(shares(graph, labels, count).toarray(), dtype=np.float32)


def shares(graph: csr_matrix, labels: Labels, count: int) -> csr_matrix:
    """As `votes`, but sparse: for many small groups. A row of the graph need not be a column."""
    members = np.flatnonzero(labels >= 0)
    ones = np.ones(len(members), dtype=np.float32)
    belongs = csr_matrix((ones, (members, labels[members])), shape=(graph.shape[1], count))
    total = np.asarray(graph.sum(axis=1)).ravel()
    return (diags(1 / np.maximum(total, 1e-12)) @ (graph @ belongs)).tocsr().astype(np.float32)


def typical(similarity: Floats, labels: Labels, count: int) -> Floats:
    """Median similarity of the members of each theme to its centroid, shape (count,)."""
    order = np.lexsort((similarity, labels))
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    start = np.cumsum(sizes) - sizes + int((labels < 0).sum())
    middle = np.minimum(start + sizes // 2, len(labels) - 1)
    return np.where(sizes > 0, similarity[order][middle], 1.0).astype(np.float32)


def settle(graph: csr_matrix, vectors: Floats, labels: Labels) -> Labels:
    """Each row moved to the theme that its neighbours and its own direction favour most.

    Also finds a theme for rows that had none. Two passes; later ones change next to nothing. A
    theme that fewer than FEWEST rows are left in is none, and theirs is found anew.
    """
    for _ in range(PASSES):
        labels = settled(graph, vectors, labels, np.arange(len(labels)))
    few = (labels >= 0) & (np.bincount(np.maximum(labels, 0))[labels] < FEWEST)
    if few.all() or not few.any():
        return labels
    return settle(graph, vectors, np.where(few, -1, labels).astype(np.int32))


def settled(graph: csr_matrix, vectors: Floats, labels: Labels, rows: NDArray[np.intp]) -> Labels:
    """The labels after one pass over some rows; the others stay where they are."""
    count = int(labels.max()) + 1
    appeal = vectors[rows] @ centroids(vectors, labels, count).T
    appeal += GRAPH * votes(graph[rows], labels, count)
    after = labels.copy()
    after[rows] = appeal.argmax(axis=1)
    return after


def core(labels: Labels, strength: Floats) -> NDArray[np.bool_]:
    """The FEWEST strongest rows of each theme, which stay in it however weak they are."""
    order = np.lexsort((-strength, labels))
    start = np.searchsorted(labels[order], labels[order])
    strongest = np.zeros(len(labels), dtype=bool)
    strongest[order] = np.arange(len(order)) - start < FEWEST
    return strongest


def unsorted(strength: Floats, at_most: float) -> NDArray[np.bool_]:
    """Which rows are not clearly in their theme: the weakest, at most that share of all."""
    allowed = int(np.floor(at_most * len(strength)))
    weakest = np.argsort(strength, kind="stable")[:allowed]
    left_out = np.zeros(len(strength), dtype=bool)
    left_out[weakest] = strength[weakest] < CLEAR
    return left_out
