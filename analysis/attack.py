"""What somebody who has a release can work out about the cells it hides.

The auditor knows the published numbers, how they were rounded, and that people are not negative
and write at least one row each. For each hidden cell it finds the least and the greatest number of
people and of rows that fit everything published at once, by linear programming over every
combination of values a person can have. A hidden cell is safe when that interval is wide enough.

References
----------
Zayatz, Using Linear Programming Methodology for Disclosure Avoidance Purposes, US Bureau of the
Census RR-92/02 (1992). Hundepool et al., Handbook on Statistical Disclosure Control, 4.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.linked_tables import ABSENT, Cells, LinkedTables
from analysis.release_rule import UNTOLD

# Combinations of values up to which the attack knows that the same people are in all tables; above
# it, tables are only tied together by their common margins, which an attacker can do with less.
MOST_COMBINATIONS = 6_000
TOLERANCE = 1e-6
PEOPLE, ROWS = 0, 1

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """The cells somebody knows, with the least and greatest people and rows of each."""

    cells: Cells
    least_people: Numbers
    most_people: Numbers
    least_rows: Numbers
    most_rows: Numbers

    def joined(self, cells: Cells, least: Numbers) -> "Known":
        """With other cells in which at least so many people are known to be, each with a row."""
        untold = np.full(len(cells), UNTOLD)
        return Known(
            np.r_[self.cells, cells],
            np.r_[self.least_people, least],
            np.r_[self.most_people, untold],
            np.r_[self.least_rows, least],
            np.r_[self.most_rows, untold],
        )


@dataclass(frozen=True)
class Audit:
    """What came of the attack.

    `weak`: hidden cells that were narrowed down too far. `least`, `most`, shape (2, cells): of
    people and of rows, for the cells that were attacked to the end; for the others a part of the
    interval that is wide enough already. NaN for cells that are known. `pinned_by`: for each weak
    cell the known cells that narrow it down.
    """

    weak: Cells
    least: NDArray[np.floating]
    most: NDArray[np.floating]
    pinned_by: Mapping[int, Cells]
    joint: bool

    @property
    def narrowest(self) -> float:
        """The width of the narrowest interval found; infinite when nothing is hidden."""
        widths = (self.most - self.least)[~np.isnan(self.least)]
        return float(widths.min()) if len(widths) else float("inf")


def audited(layout: LinkedTables, known: Known, enough: float) -> Audit:
    """Attack every cell that is not known; weak ones can be told to less than `enough`."""
    shown = np.zeros(layout.cells, dtype=bool)
    shown[known.cells] = True
    attacked = np.flatnonzero(~shown)
    if not len(attacked):
        nothing = np.full((2, layout.cells), np.nan)
        return Audit(attacked, nothing, nothing, {}, joint=True)
    small, place, several = _merged(layout, shown)
    program = _Program(small, known, place)
    least, most = np.full((2, layout.cells), np.nan), np.full((2, layout.cells), np.nan)
    targets, back = np.unique(place[attacked], return_inverse=True)
    alike = np.zeros(len(targets), dtype=bool)
    alike[back] = several[attacked]
    low, high, pins = program.intervals(targets, alike, enough)
    least[:, attacked], most[:, attacked] = low[:, back], high[:, back]
    narrow = ((most - least)[:, attacked] < enough - TOLERANCE).any(axis=0)
    weak = attacked[narrow]
    pinned_by = {int(cell): known.cells[pins[int(place[cell])]] for cell in weak}
    return Audit(weak, least, most, pinned_by, program.joint)


def _merged(
    layout: LinkedTables, shown: NDArray[np.bool_]
) -> tuple[LinkedTables, Cells, NDArray[np.bool_]]:
    """The same tables with the values of which nothing is shown taken together.

    Nothing tells such values apart: each may have all that they have together, or nothing. Returns
    the smaller tables, each cell's place in them, and which cells share theirs with others.
    """
    keys = layout.keys.copy()
    sizes = []
    several = np.zeros(layout.cells, dtype=bool)
    for dimension, size in enumerate(layout.sizes):
        of_dimension = keys[:, dimension]
        told = np.unique(of_dimension[shown & (of_dimension != ABSENT)])
        silent = size - len(told)
        new = np.full(size, len(told), dtype=np.intp)
        new[told] = np.arange(len(told))
        here = of_dimension != ABSENT
        values = new[of_dimension[here]]
        several[here] |= (values == len(told)) & (silent > 1)
        keys[here, dimension] = values
        sizes.append(len(told) + (silent > 0))
    small = LinkedTables(tuple(int(size) for size in sizes))
    return small, small.at(keys), several


class _Program:
    """The linear program: people and rows of every combination, tied to what is known."""

    def __init__(self, layout: LinkedTables, known: Known, place: Cells) -> None:
        """Prepare the constraints; `place` says where each original cell is in `layout`."""
        from scipy import sparse

        combinations = int(np.prod(layout.sizes))
        self.joint = combinations <= MOST_COMBINATIONS
        each = sparse.eye_array(layout.cells, format="csr")
        self._sums: Any = _sums(layout, combinations) if self.joint else each
        self._known = known
        seen = self._sums[place[known.cells]]
        count = self._sums.shape[1]
        nobody = sparse.csr_array(seen.shape)
        one = sparse.eye_array(count)
        self._upper = sparse.csr_array(
            sparse.block_array(
                [[seen, nobody], [-seen, nobody], [nobody, seen], [nobody, -seen], [one, -one]]
            )
        )
        ends = (known.most_people, -known.least_people, known.most_rows, -known.least_rows)
        self._limits = np.concatenate([*ends, np.zeros(count)])
        self._equal = None if self.joint else _equalities(layout)
        largest = max([int(known.most_rows.max(initial=0)), 1])
        self._ceiling = 4.0 * largest + 1_000

    def intervals(
        self, targets: Cells, alike: NDArray[np.bool_], enough: float
    ) -> tuple[NDArray[np.floating], NDArray[np.floating], dict[int, Cells]]:
        """Least and greatest of each target, shape (2, targets), and what pins the narrow ones.

        Every solution is a table that fits what is published, so it widens the intervals of all
        targets; only those that stay narrow are attacked themselves.
        """
        low = np.full((2, len(targets)), np.inf)
        high = np.full((2, len(targets)), -np.inf)
        pins: dict[int, Cells] = {}
        for position, target in enumerate(targets.tolist()):
            for measure in (PEOPLE, ROWS):
                touched: list[Cells] = []
                for sign in (-1.0, 1.0):
                    if high[measure, position] - low[measure, position] < enough - TOLERANCE:
                        touched.append(self._widen(low, high, targets, (measure, target, sign)))
                        low[:, alike] = 0.0
                if high[measure, position] - low[measure, position] < enough - TOLERANCE:
                    pins[target] = np.union1d(
                        pins.get(target, np.array([], int)), np.concatenate(touched)
                    )
        return low, high, pins

    def _widen(
        self,
        low: NDArray[np.floating],
        high: NDArray[np.floating],
        targets: Cells,
        goal: tuple[int, int, float],
    ) -> Cells:
        """Solve for one goal, widen every interval by the solution; what the solution rests on."""
        people, rows, binding = self._solved(*goal)
        for measure, solution in ((PEOPLE, people), (ROWS, rows)):
            values = self._sums[targets] @ solution
            np.minimum(low[measure], values, out=low[measure])
            np.maximum(high[measure], values, out=high[measure])
        return binding

    def _solved(
        self, measure: int, target: int, sign: float
    ) -> tuple[NDArray[np.floating], NDArray[np.floating], Cells]:
        """People and rows of each combination at the goal, and the binding known cells."""
        from scipy.optimize import linprog

        count = self._sums.shape[1]
        goal = np.zeros(2 * count)
        goal[measure * count : (measure + 1) * count] = sign * self._sums[[target]].toarray()[0]
        zeros = None if self._equal is None else np.zeros(self._equal.shape[0])
        found = linprog(
            goal,
            A_ub=self._upper,
            b_ub=self._limits,
            A_eq=self._equal,
            b_eq=zeros,
            bounds=(0.0, self._ceiling),
            method="highs",
        )
        if found.x is None:
            raise ValueError(f"The published numbers contradict one another: {found.message}")
        cells = len(self._known.cells)
        weight = np.abs(found.ineqlin.marginals[: 4 * cells]).reshape(4, cells).sum(axis=0)
        return found.x[:count], found.x[count:], np.flatnonzero(weight > TOLERANCE)


def _sums(layout: LinkedTables, combinations: int) -> Any:
    """Which combinations of values each cell counts, shape (cells, combinations)."""
    from scipy import sparse

    codes = np.array(np.unravel_index(np.arange(combinations), layout.sizes)).T.astype(np.intp)
    cells = layout.cells_of(codes)
    columns = np.repeat(np.arange(combinations), cells.shape[1])
    ones = np.ones(cells.size)
    return sparse.csr_array((ones, (cells.ravel(), columns)), shape=(layout.cells, combinations))


def _equalities(layout: LinkedTables) -> Any:
    """Each line's margin is the sum of its parts, for people and for rows."""
    from scipy import sparse

    lines = layout.lines
    of_line = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    signs = np.concatenate([np.r_[1.0, -np.ones(len(line) - 1)] for line in lines])
    one = sparse.csr_array(
        (signs, (of_line, np.concatenate(lines))), shape=(len(lines), layout.cells)
    )
    return sparse.block_diag([one, one], format="csr")
