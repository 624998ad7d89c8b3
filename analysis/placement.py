"""New rows on an existing map: a place and, when it is clear, a theme. Nothing else moves."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix

from analysis.cells import Cells
from analysis.communities import UNSORTED
from analysis.graph import local_weights
from analysis.membership import CLEAR, GRAPH, Second, second_of, typical, votes
from analysis.neighbours import Neighbours, Progress, nearest_among, silent, without_itself
from analysis.vectors import Floats, Labels, centroids, unit_rows

NEIGHBOURS = 30  # that vote on the theme
NEAREST = 8  # among which a row finds the one to stand beside
ASIDE = 0.1  # of the way from that one to the middle of all: no row covers another
AHEAD = 1.1  # the votes for a theme, over those for the runner-up
TRIED = 500  # rows of the map that tell how strong a row must be


@dataclass(frozen=True)
class Placed:
    """Where new rows go.

    x, y : shape (new rows,), float32
    fine, coarse : shape (new rows,), int32
        Labels of the map; -1 where no theme is clear.
    membership : shape (new rows,), float32
        Strength in the best theme, 0 to 1, also for rows left unsorted.
    second, second_membership : shape (new rows,)
        The next best theme, or the best of an unsorted row, and the strength in it.
    """

    x: Floats
    y: Floats
    fine: Labels
    coarse: Labels
    membership: Floats
    second: Labels
    second_membership: Floats


@dataclass(frozen=True)
class Map:
    """Rows that have their place: unit vectors, (rows, 2) points, and labels at two levels.

    `unsorted_at_most` is the share of rows that its fit could leave without a theme. `many` says
    that very many rows are to be placed: then their neighbours are searched for in cells. What
    placing needs besides is worked out once.
    """

    vectors: Floats
    points: Floats
    fine: Labels
    coarse: Labels
    many: bool = False
    unsorted_at_most: float = 0.10

    @property
    def count(self) -> int:
        """How many themes there are."""
        return int(self.fine.max(initial=UNSORTED)) + 1

    @cached_property
    def middle(self) -> Floats:
        """Centroid of each theme, shape (themes, dimensions)."""
        return centroids(self.vectors, self.fine, self.count)

    @cached_property
    def usual(self) -> Floats:
        """Similarity of each theme's median member to its centroid, shape (themes,)."""
        own = np.einsum("ij,ij->i", self.vectors, self.middle[self.fine])
        return np.maximum(typical(own, self.fine, self.count), 1e-6)

    @cached_property
    def parents(self) -> Labels:
        """Coarse label of each theme; the last entry answers for UNSORTED."""
        parents = np.full(self.count + 1, UNSORTED, dtype=np.int32)
        kept = self.fine >= 0
        parents[self.fine[kept]] = self.coarse[kept]
        return parents

    @cached_property
    def clear(self) -> float:
        """The membership from which a new row is as clear as the fit asked of its own.

        Of the map's own rows, placed as if they had just arrived, no more than the share that the
        fit could leave out stay below it.
        """
        if not self.count:
            return CLEAR
        drawn = np.sort(np.random.default_rng(0).permutation(len(self.vectors))[:TRIED])
        rows = self.vectors[drawn]
        near = without_itself(nearest_among(rows, self.vectors, NEIGHBOURS + 1), drawn)
        _, strength, _ = _themes(self, rows, near, 0, 0)
        return min(CLEAR, float(np.quantile(strength, self.unsorted_at_most)))

    @cached_property
    def _cells(self) -> Cells:
        return Cells.of(self.vectors)

    def nearest(self, rows: Floats, progress: Progress) -> Neighbours:
        """The rows of the map nearest to each of the new rows."""
        if self.many:
            return self._cells.nearest(rows, NEIGHBOURS)
        return nearest_among(rows, self.vectors, NEIGHBOURS, progress)


def place(
    placed: Map,
    vectors: ArrayLike,
    clear: float | None = None,
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
        Absolute gate: the membership a theme needs, 0 to 1; without one the map's own.
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
    near = placed.nearest(rows, progress)
    clear = placed.clear if clear is None else clear
    x, y = np.ascontiguousarray(place_points(near, placed.points).T)
    fine, strength, other = _themes(placed, rows, near, clear, ahead)
    return Placed(x, y, fine, placed.parents[fine], strength, other.labels, other.strength)


def place_points(near: Neighbours, points: Floats) -> Floats:
    """Beside the neighbour that the others are around; a row equal to one lands on it.

    That is their weighted medoid: a mean of neighbours in two parts of the map would lie between
    them, among strangers.

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
    stand = points[few.positions]
    apart = np.linalg.norm(stand[:, :, None] - stand[:, None], axis=3)
    beside = np.einsum("nk,njk->nj", weights, apart).argmin(axis=1)
    own, middle = stand[np.arange(len(stand)), beside], np.einsum("nk,nkd->nd", weights, stand)
    return np.asarray(own + ASIDE * (middle - own), dtype=np.float32)


def _themes(
    placed: Map, rows: Floats, near: Neighbours, clear: float, ahead: float
) -> tuple[Labels, Floats, Second]:
    if placed.count == 0:
        none, zero = np.full(len(rows), UNSORTED, np.int32), np.zeros(len(rows), np.float32)
        return none, zero, Second(none, zero)
    share = _votes(near, placed.fine, placed.count)
    similarity = rows @ placed.middle.T
    best = (similarity + GRAPH * share).argmax(axis=1).astype(np.int32)
    every = np.arange(len(rows))

    def closeness(labels: Labels) -> Floats:
        near = similarity[every, labels] / placed.usual[labels]
        return np.asarray(np.clip(near, 0, 1), dtype=np.float32)

    strength = share[every, best] * closeness(best)
    runner_up = np.where(np.arange(placed.count) == best[:, None], 0, share).max(axis=1)
    sure = (strength >= clear) & (share[every, best] >= ahead * runner_up)
    fine = np.where(sure, best, UNSORTED).astype(np.int32)
    return fine, strength.astype(np.float32), second_of(share, fine, closeness)


def _votes(near: Neighbours, labels: Labels, count: int) -> Floats:
    weights = local_weights(near.distances)
    origin = np.repeat(np.arange(len(weights)), near.count)
    shape = (len(weights), len(labels))
    graph = csr_matrix((weights.ravel(), (origin, near.positions.ravel())), shape=shape)
    return votes(graph, labels, count)
