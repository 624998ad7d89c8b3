"""How far to trust a search, a projection and each theme."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.communities import UNSORTED, joined
from analysis.neighbours import Neighbours
from analysis.vectors import Floats, Labels, Positions, centroids

ROUNDS = 10  # resamplings behind a stability
DRAWN = 0.8  # of the rows in each
ASKED = 5_000  # rows behind a neighbour agreement
BLOCK = 20_000  # rows looked at together: no second copy of all vectors


def recall_at_k(found: Positions, true: Positions) -> float:
    """Share of the true k nearest rows that were found, 0 to 1; 1 is an exact search.

    Parameters
    ----------
    found, true : shape (queries, k)
        Order within a row does not matter; negative positions in `found` stand for nothing.
    """
    if true.size == 0:
        return 1.0
    return float((true[:, :, None] == found[:, None, :]).any(axis=2).mean())


def neighbour_agreement(near: Neighbours, points: Floats, seed: int = 0, count: int = 15) -> float:
    """Share of a row's nearest in meaning that are also nearest on the map, 0 to 1.

    Measured for a seeded sample of rows, among all of them.

    Parameters
    ----------
    near : the true neighbours of the rows of `points`.
    points : shape (rows, 2)
    count
        Neighbours compared.
    """
    from scipy.spatial import KDTree

    count = min(count, near.count)
    if count == 0:
        return 1.0
    drawn = np.sort(np.random.default_rng(seed).permutation(len(points))[:ASKED])
    _, shown = KDTree(points).query(points[drawn], count + 1)
    others = np.where(shown == drawn[:, None], UNSORTED, shown)
    return recall_at_k(others.astype(np.int32), near.positions[drawn, :count])


def trustworthiness(
    vectors: Floats, points: Floats, seed: int, count: int = 15, sample: int = 2000
) -> float:
    """How rarely strangers became neighbours on the map, 0 to 1; 1 is never.

    Measured on a seeded sample, because it compares every row with every other.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
    points : shape (rows, 2)
    sample
        Rows drawn at most.

    Returns
    -------
    nan with fewer than four rows.

    References
    ----------
    Venna, Kaski: Neighborhood preservation in nonlinear projection methods, ICANN 2001.
    """
    from sklearn import manifold

    random = np.random.default_rng(seed)
    drawn = np.sort(random.permutation(len(vectors))[:sample])
    count = min(count, (len(drawn) - 1) // 2)
    if count < 1:
        return float("nan")
    value = manifold.trustworthiness(
        vectors[drawn], points[drawn], n_neighbors=count, metric="cosine"
    )
    return float(value)


def stability(
    graph: csr_matrix,
    atoms: Labels,
    labels: Labels,
    resolution: float | None,
    seed: int,
    rounds: int = ROUNDS,
) -> NDArray[np.float64]:
    """How well each theme comes back when a fifth of the rows is left out, 0 to 1.

    The mean over the rounds of the Jaccard similarity between the theme's drawn members and the
    most similar group found among the drawn rows. Above 0.75 a theme is stable, below 0.5 it
    dissolves (Hennig's rule of thumb). Groups are found again from the fit's atoms, which costs a
    tenth of starting from single rows and is the stricter of the two.

    Parameters
    ----------
    graph : shape (rows, rows)
        Symmetric neighbour weights of the fit.
    atoms : shape (rows,)
    labels : shape (rows,)
        Themes, or any groups of rows.
    resolution
        The one of the fit. None, when all rows are one theme, leaves nothing to test: 1.

    Returns
    -------
    shape (themes,)

    References
    ----------
    Hennig: Cluster-wise assessment of cluster stability, CSDA 52 (2007).
    """
    random = np.random.default_rng(seed)
    count = int(labels.max(initial=UNSORTED)) + 1
    total = np.zeros(count)
    if resolution is None:
        return total + 1
    for draw in range(rounds):
        drawn = np.zeros(len(labels), dtype=bool)
        drawn[random.permutation(len(labels))[: max(2, int(DRAWN * len(labels)))]] = True
        again = joined(graph, atoms, drawn).cut(resolution, seed + draw, rounds=3)[atoms]
        total += _best_jaccard(labels[drawn], again[drawn], count)
    return total / rounds


def _best_jaccard(labels: Labels, again: Labels, count: int) -> NDArray[np.float64]:
    sorted_rows = labels >= 0
    shared = np.zeros((count, int(again.max()) + 1))
    np.add.at(shared, (labels[sorted_rows], again[sorted_rows]), 1)
    union = (
        shared.sum(axis=1, keepdims=True)
        + np.bincount(again[sorted_rows], minlength=shared.shape[1])
        - shared
    )
    return np.asarray((shared / np.maximum(union, 1)).max(axis=1))


@dataclass(frozen=True)
class Separation:
    """How far each theme is from its nearest rival.

    value : shape (themes,)
        -1 to 1: how much more similar members are to their own centroid than to the rival's, as a
        part of what there is to gain. 0 is a border through the middle.
    rival : shape (themes,)
        Label of the theme with the most similar centroid; -1 when there is no other.
    """

    value: NDArray[np.float64]
    rival: Labels


def separation(vectors: Floats, labels: Labels) -> Separation:
    """Distance of each theme from the nearest other, and which one that is.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Unit length.
    labels : shape (rows,)

    References
    ----------
    Hruschka, Campello, de Castro: Evolving clusters in gene-expression data, Information Sciences
    176 (2006), the simplified silhouette, here with cosine distances.
    """
    count = int(labels.max(initial=UNSORTED)) + 1
    if count < 2:
        return Separation(np.ones(count), np.full(count, UNSORTED, dtype=np.int32))
    middle = centroids(vectors, labels, count)
    between = middle @ middle.T
    np.fill_diagonal(between, -np.inf)
    rival = between.argmax(axis=1).astype(np.int32)
    members = np.flatnonzero(labels >= 0)
    gain = np.empty(len(members))
    for start in range(0, len(members), BLOCK):
        some = members[start : start + BLOCK]
        own = 1 - np.einsum("ij,ij->i", vectors[some], middle[labels[some]])
        other = 1 - np.einsum("ij,ij->i", vectors[some], middle[rival[labels[some]]])
        gain[start : start + BLOCK] = (other - own) / np.maximum(np.maximum(own, other), 1e-9)
    sizes = np.bincount(labels[members], minlength=count)
    value = np.bincount(labels[members], weights=gain, minlength=count) / np.maximum(sizes, 1)
    return Separation(value, rival)


def share_unsorted(labels: Labels) -> float:
    """Share of the rows in no theme, 0 to 1; 0 for no rows at all."""
    return float((labels < 0).mean()) if len(labels) else 0.0
