"""One fit: neighbours, then the themes and the projection from the same graph."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_matrix

from analysis.beside import drawing
from analysis.cells import nearest_in_cells
from analysis.clusters import Clusters, clusters
from analysis.communities import UNSORTED
from analysis.graph import fuzzy_graph
from analysis.membership import Second, second, unsorted
from analysis.neighbours import Neighbours, Progress, nearest, silent
from analysis.placement import Map, place
from analysis.projection import edges_of, principal_plane
from analysis.stages import Stages, Unkept, once
from analysis.vectors import Floats, Labels, Positions, unit_rows

NEIGHBOURS = 30  # of a row in the graph that is cut into themes
DRAWN_NEAR = 15  # of them that the projection keeps near
EXACT = 10_000  # rows up to which each is compared with each; of more, in cells: as good themes
LARGEST = 50_000  # rows fitted at once; the others are placed on what those make
PLACED_AT_ONCE = 20_000  # keeps memory flat, and a cancel waits no longer than one part takes
Made = TypeVar("Made")
OF_ROWS = ("x", "y", "fine", "coarse", "membership", "second", "second_membership")


@dataclass(frozen=True)
class Fit:
    """What a fit found out about each row.

    x, y : shape (rows,), float32
        The projection. Only relative positions mean anything.
    fine, coarse : shape (rows,), int32
        Themes at two levels, 0 the largest; -1 unsorted, at both levels at once.
    membership : shape (rows,), float32
        Strength in the fine theme, 0 to 1; of unsorted rows, the strength they would have had.
    second, second_membership : shape (rows,)
        The theme that a row would be in if its own were not there, or that an unsorted one is
        nearest to, and the strength in it; -1 and 0 where there is none.
    fitted : shape (fitted rows,), int32
        Positions of the rows the fit was made from; all of them unless there are very many.
    neighbours : of the fitted rows among themselves; positions count in `fitted`.
    graph : shape (fitted rows, fitted rows)
        Symmetric weights, 0 to 1.
    atoms : shape (fitted rows,), int32
        The small groups that every cut of the graph is made of.
    resolution
        At which the graph was cut into themes; None when all rows are one theme.
    """

    x: Floats
    y: Floats
    fine: Labels
    coarse: Labels
    membership: Floats
    second: Labels
    second_membership: Floats
    fitted: Positions
    neighbours: Neighbours
    graph: csr_matrix
    atoms: Labels
    resolution: float | None

    @property
    def points(self) -> Floats:
        """The projection as shape (rows, 2)."""
        return np.column_stack([self.x, self.y])


def fit(
    vectors: ArrayLike,
    seed: int,
    unsorted_at_most: float = 0.10,
    progress: Progress = silent,
    stages: Stages | None = None,
) -> Fit:
    """Projection and themes of the rows, the same for the same vectors and seed.

    As `fit_beside`, with nothing to do meanwhile.
    """
    return fit_beside(vectors, seed, unsorted_at_most, progress, stages, lambda _: None)[0]


def fit_beside(
    vectors: ArrayLike,
    seed: int,
    unsorted_at_most: float,
    progress: Progress,
    stages: Stages | None,
    meanwhile: Callable[[Fit], Made],
) -> tuple[Fit, Made]:
    """Projection and themes of the rows, and what was made of the themes meanwhile.

    Above LARGEST rows it is made from a seeded sample of that many, on which the others are
    placed: the cost then grows in step with the rows.

    Parameters
    ----------
    vectors : shape (rows, dimensions)
        Finite and not zero; compared by direction.
    seed
        Decides every random choice.
    unsorted_at_most
        Share of rows, 0 to 1, that may stay without a theme.
    progress
        Called as progress(stage, share done) with the stages neighbours, themes, projection and,
        when rows are placed, placing. What it raises ends the fit: that cancels it.
    stages
        Where a fit of a sample keeps what it has finished, to be resumed from; the caller vouches
        that what is kept there is of the same vectors, seed and share.
    meanwhile
        Handed the fit once its themes are known. Its projection may still be being drawn, in a
        process beside, so `x` and `y` are empty then.

    Raises
    ------
    ValueError
        If vectors are not finite, or zero, or not two-dimensional; or the share is not one.
    """
    if not 0 <= unsorted_at_most <= 1:
        raise ValueError(f"unsorted_at_most is a share from 0 to 1, not {unsorted_at_most}")
    rows = unit_rows(vectors)
    if len(rows) <= LARGEST:
        return _fit_all(rows, seed, unsorted_at_most, progress, meanwhile)
    drawn = np.random.default_rng(seed).permutation(len(rows))
    fitted, others = np.sort(drawn[:LARGEST]), np.sort(drawn[LARGEST:])

    def sample() -> Mapping[str, NDArray[Any]]:
        made, _ = _fit_all(rows[fitted], seed, unsorted_at_most, progress, lambda _: None)
        return as_arrays(made)

    keep = stages or Unkept()
    made = from_arrays(once(keep, "sample", sample))
    whole = _spread(made, rows, fitted, others, unsorted_at_most, keep, progress)
    return whole, meanwhile(whole)


def _fit_all(
    rows: Floats,
    seed: int,
    unsorted_at_most: float,
    progress: Progress,
    meanwhile: Callable[[Fit], Made],
) -> tuple[Fit, Made]:
    search = nearest if len(rows) <= EXACT else nearest_in_cells
    with drawing(len(rows)) as picture:
        neighbours = search(rows, NEIGHBOURS, progress)
        near, start = fuzzy_graph(neighbours.first(DRAWN_NEAR)), principal_plane(rows, seed)
        picture.begin(edges_of(near), start, seed)
        graph = fuzzy_graph(neighbours)
        progress("themes", 0.0)
        found = clusters(graph, rows, seed, unsorted_at_most)
        themed = _themed(graph, neighbours, found, second(graph, rows, found.fine))
        progress("themes", 1.0)
        made = meanwhile(themed)
        x, y = np.ascontiguousarray(picture.result(progress).T)
    return replace(themed, x=x, y=y), made


def _themed(graph: csr_matrix, neighbours: Neighbours, found: Clusters, other: Second) -> Fit:
    """A fit whose projection is not there yet."""
    nowhere = np.empty(0, dtype=np.float32)
    return Fit(
        nowhere,
        nowhere,
        found.fine,
        found.coarse,
        found.membership,
        other.labels,
        other.strength,
        np.arange(len(found.fine), dtype=np.int32),
        neighbours,
        graph,
        found.atoms,
        found.resolution,
    )


def _spread(
    made: Fit,
    rows: Floats,
    fitted: NDArray[np.intp],
    others: NDArray[np.intp],
    unsorted_at_most: float,
    stages: Stages,
    progress: Progress,
) -> Fit:
    """The fit of a sample, with the other rows placed on it, part by part."""
    sample = Map(rows[fitted], made.points, made.fine, made.coarse, many=True)
    parts = []
    for start in range(0, len(others), PLACED_AT_ONCE):
        some = others[start : start + PLACED_AT_ONCE]
        parts.append(once(stages, f"placed {start}", partial(_part, sample, rows[some])))
        progress("placing", min(1.0, (start + len(some)) / len(others)))
    placed = {name: np.concatenate([part[name] for part in parts]) for name in OF_ROWS}
    _leave_out(placed, unsorted(placed["membership"], unsorted_at_most))
    where = np.argsort(np.concatenate([fitted, others]))
    whole: dict[str, Any] = {
        name: np.concatenate([getattr(made, name), placed[name]])[where] for name in OF_ROWS
    }
    return replace(made, fitted=fitted.astype(np.int32), **whole)


def _leave_out(placed: dict[str, NDArray[Any]], rows: NDArray[np.bool_]) -> None:
    """Some of the placed rows unsorted: the theme each had is then the one it is nearest to."""
    placed["second"][rows] = placed["fine"][rows]
    placed["second_membership"][rows] = placed["membership"][rows]
    for level in ("fine", "coarse"):
        placed[level][rows] = UNSORTED


def _part(sample: Map, rows: Floats) -> Mapping[str, NDArray[Any]]:
    """Some rows placed on a sample, gates open: the dial decides later who is unsorted."""
    placed = place(sample, rows, clear=0, ahead=0)
    return {name: getattr(placed, name) for name in OF_ROWS}


def as_arrays(made: Fit) -> Mapping[str, NDArray[Any]]:
    """Everything of a fit that its graph cannot be worked out from again."""
    names = (*OF_ROWS, "fitted", "atoms")
    near = {"positions": made.neighbours.positions, "distances": made.neighbours.distances}
    cut = np.array(np.nan if made.resolution is None else made.resolution)
    return {name: getattr(made, name) for name in names} | near | {"resolution": cut}


def from_arrays(kept: Mapping[str, NDArray[Any]]) -> Fit:
    """The inverse of as_arrays."""
    values = dict(kept)
    neighbours = Neighbours(values.pop("positions"), values.pop("distances"))
    cut = float(values.pop("resolution"))
    resolution = None if np.isnan(cut) else cut
    graph = fuzzy_graph(neighbours)
    return Fit(**values, neighbours=neighbours, graph=graph, resolution=resolution)
