"""New rows on an existing map: a place and, when it is clear, a theme. Nothing else moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix

from analysis.communities import UNSORTED
from analysis.graph import local_weights
from analysis.membership import CLEAR, GRAPH, typical, votes
from analysis.neighbours import Neighbours, Progress, nearest_among, silent
from analysis.vectors import Floats, Labels, centroids, unit_rows

NEIGHBOURS = 30  # that vote on the theme
NEAREST = 4  # whose weighted mean is the place; more blur it
AHEAD = 1.5  # the votes for a theme, over those for the runner-up


@dataclass(frozen=True)
class Placed:
    """Where new rows go.

    x, y : shape (new rows,), float32
    fine, coarse : shape (new rows,), int32
        Labels of the map; -1 where no theme is clear.
    membership : shape (new rows,), float32
        Strength in the best theme, 0 to 1, also for rows left unsorted.
    """

    x: Floats
    y: Floats
    fine: Labels
    coarse: Labels
    membership: Floats


@dataclass(frozen=True)
class Map:
    """Rows that have their place: unit vectors, (rows, 2) points, and labels at two levels."""

    vectors: Floats
    points: Floats
    fine: Labels
    coarse: Labels


def place(
    placed: Map,
    vectors: ArrayLike,
    clear: float = CLEAR,
    ahead: float = AHEAD,
    progress: Progress = silent,
) -> Placed:
    """Coordinates and themes of new rows, from their neighbours on the map.

    Parameters
    ----------
    placed
        The map as it is; not changed.
    vectors : shape (new rows, dimensions)
    clear
        Absolute gate: the membership a theme needs, 0 to 1.
    ahead
        Relative gate: how many times the runner-up's votes it needs, 1 or more.

    Raises
    ------
    ValueError
        If the vectors are not of the map's dimensions, not finite or zero.
    """
    rows = unit_rows(vectors)
    if rows.shape[1] != placed.vectors.shape[1]:
        raise ValueError(f"the map has {placed.vectors.shape[1]} dimensions, not {rows.shape[1]}")
    near = nearest_among(rows, placed.vectors, NEIGHBOURS, progress)
    x, y = np.ascontiguousarray(place_points(near, placed.points).T)
    fine, strength = _themes(placed, rows, near, clear, ahead)
    return Placed(x, y, fine, _parents(placed)[fine], strength)


def place_points(near: Neighbours, points: Floats) -> Floats:
    """Weighted mean of the nearest neighbours' points; a row equal to one lands on it.

    Parameters
    ----------
    near : neighbours of the new rows among the rows of `points`
    points : shape (rows, 2)

    Returns
    -------
    shape (new rows, 2), float32
    """
    few = near.first(min(NEAREST, near.count))
    weights = local_weights(few.distances)
    same = few.distances < 1e-6
    weights = np.where(same.any(axis=1, keepdims=True), same, weights)
    weights = weights / weights.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("nk,nkd->nd", weights, points[few.positions]), dtype=np.float32)


def _themes(
    placed: Map, rows: Floats, near: Neighbours, clear: float, ahead: float
) -> tuple[Labels, Floats]:
    count = int(placed.fine.max(initial=UNSORTED)) + 1
    if count == 0:
        return np.full(len(rows), UNSORTED, np.int32), np.zeros(len(rows), np.float32)
    middle = centroids(placed.vectors, placed.fine, count)
    own = np.einsum("ij,ij->i", placed.vectors, middle[placed.fine])
    usual = np.maximum(typical(own, placed.fine, count), 1e-6)
    share = _votes(near, placed.fine, count)
    similarity = rows @ middle.T
    best = (similarity + GRAPH * share).argmax(axis=1).astype(np.int32)
    every = np.arange(len(rows))
    strength = share[every, best] * np.clip(similarity[every, best] / usual[best], 0, 1)
    runner_up = np.where(np.arange(count) == best[:, None], 0, share).max(axis=1)
    sure = (strength >= clear) & (share[every, best] >= ahead * runner_up)
    return np.where(sure, best, UNSORTED).astype(np.int32), strength.astype(np.float32)


def _votes(near: Neighbours, labels: Labels, count: int) -> Floats:
    weights = local_weights(near.distances)
    origin = np.repeat(np.arange(len(weights)), near.count)
    shape = (len(weights), len(labels))
    graph = csr_matrix((weights.ravel(), (origin, near.positions.ravel())), shape=shape)
    return votes(graph, labels, count)


def _parents(placed: Map) -> NDArray[np.int32]:
    """Coarse label of each fine one; the last entry answers for UNSORTED."""
    parents = np.full(int(placed.fine.max(initial=UNSORTED)) + 2, UNSORTED, dtype=np.int32)
    kept = placed.fine >= 0
    parents[placed.fine[kept]] = placed.coarse[kept]
    return parents
