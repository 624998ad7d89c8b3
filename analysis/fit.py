"""One fit: neighbours, then the projection and the themes from the same graph."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix

from analysis.clusters import clusters
from analysis.graph import fuzzy_graph
from analysis.neighbours import Neighbours, Progress, nearest, silent
from analysis.projection import layout, principal_plane
from analysis.vectors import Floats, Labels, unit_rows

NEIGHBOURS = 30


@dataclass(frozen=True)
class Fit:
    """What a fit found out about each row.

    x, y : shape (rows,), float32
        The projection. Only relative positions mean anything.
    fine, coarse : shape (rows,), int32
        Themes at two levels, 0 the largest; -1 unsorted, at both levels at once.
    membership : shape (rows,), float32
        Strength in the fine theme, 0 to 1.
    neighbours : the nearest rows of each, for placing and for quality.
    graph : shape (rows, rows)
        Symmetric weights, 0 to 1.
    """

    x: Floats
    y: Floats
    fine: Labels
    coarse: Labels
    membership: Floats
    neighbours: Neighbours
    graph: csr_matrix


def fit(
    vectors: ArrayLike, seed: int, unsorted_at_most: float = 0.10, progress: Progress = silent
) -> Fit:
    """Projection and themes of the rows, the same for the same vectors and seed.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Finite and not zero; compared by direction.
    seed
        Decides every random choice.
    unsorted_at_most
        Share of rows, 0 to 1, that may stay without a theme.
    progress
        Called as progress(stage, share done) with the stages neighbours, themes and projection.
        What it raises ends the fit: that is how a fit is cancelled.

    Raises
    ------
    ValueError
        If vectors are not finite, or zero, or not two-dimensional.
    """
    rows = unit_rows(vectors)
    neighbours = nearest(rows, NEIGHBOURS, progress)
    graph = fuzzy_graph(neighbours)
    progress("themes", 0.0)
    found = clusters(graph, rows, seed, unsorted_at_most)
    progress("themes", 1.0)
    points = layout(graph, principal_plane(rows, seed), seed, progress)
    x, y = np.ascontiguousarray(points.T)
    return Fit(x, y, found.fine, found.coarse, found.membership, neighbours, graph)
