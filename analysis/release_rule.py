"""What a cell of a release needs, what is in each cell, and what earlier releases said of it.

References
----------
Hundepool et al., Handbook on Statistical Disclosure Control, chapters 4 and 5: the threshold and
dominance rules. They are made for one table; `analysis.suppression` sees to the rest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.linked_tables import ABSENT, Cells, LinkedTables

HIDDEN = -1
UNTOLD = 100_000  # rows: more than anybody writes in a week
FEWEST_PEOPLE = 5
FEWEST_COACHES = 3
LARGEST_SHARE = 0.3

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Rule:
    """What a cell needs to be released. Stricter than the defaults is allowed, laxer is not.

    Raises ValueError below five people, below three coaches, above a share of 30%.
    """

    people: int = 10
    coaches: int = FEWEST_COACHES
    share: float = LARGEST_SHARE
    base: int = 5

    def __post_init__(self) -> None:
        """Refuse what would not protect."""
        if self.people < FEWEST_PEOPLE:
            raise ValueError(f"A cell needs at least {FEWEST_PEOPLE} people, not {self.people}.")
        if self.coaches < FEWEST_COACHES:
            raise ValueError(f"A cell needs at least {FEWEST_COACHES} coaches, not {self.coaches}.")
        if not 0 < self.share <= LARGEST_SHARE:
            raise ValueError(f"One person may be at most {LARGEST_SHARE:.0%} of a cell's rows.")
        if self.base < 5:
            raise ValueError("Numbers are rounded to multiples of 5 or more.")

    def rounded(self, numbers: Numbers) -> Numbers:
        """To the nearest multiple of the base, but never to one below the fewest people."""
        nearest = (numbers + self.base // 2) // self.base * self.base
        return np.maximum(nearest, -(-self.people // self.base) * self.base)

    def unrounded(self, shown: Numbers) -> tuple[Numbers, Numbers]:
        """The least and the greatest number that is shown like this."""
        low = np.maximum(shown - self.base // 2, self.people)
        smallest = -(-self.people // self.base) * self.base
        low = np.where(shown == smallest, self.people, low)
        return low, shown + (self.base - 1 - self.base // 2)


@dataclass(frozen=True)
class Counts:
    """What is in each cell: people, rows, the rows of its largest person, coaches."""

    people: Numbers
    rows: Numbers
    largest: Numbers
    coaches: Numbers


@dataclass(frozen=True)
class Standing:
    """What earlier releases say of each cell as it is now.

    `settled`: hardly changed since it was last decided on, so that decision stands: the numbers
    in `people` and `rows`, or HIDDEN; `by` is the position of the release that took it.
    `remembered`: hardly changed since it was last shown, then
    with `last_people` and `last_rows`; hiding it now would hide nothing.
    """

    settled: Flags
    by: Cells
    people: Numbers
    rows: Numbers
    remembered: Flags
    last_people: Numbers
    last_rows: Numbers

    @classmethod
    def nothing(cls, cells: int) -> "Standing":
        """Before the first release."""
        no, none = np.zeros(cells, dtype=bool), np.full(cells, HIDDEN)
        return cls(no, none, none, none, no, none, none)


def counted(
    layout: LinkedTables,
    cells_of: Cells,
    rows: NDArray[np.integer],
    coaches: NDArray[np.integer],
) -> Counts:
    """The counts of each cell.

    Parameters
    ----------
    cells_of : shape (people, tables)
        As `LinkedTables.cells_of` gives it.
    rows, coaches : shape (people,)
        Rows of each person; the number of the person's coach, ABSENT without one.
    """
    person, table = np.nonzero(cells_of != ABSENT)
    cell = cells_of[person, table]
    of_coach = np.unique(np.stack([cell, coaches[person]]), axis=1)
    of_coach = of_coach[0, of_coach[1] != ABSENT]
    largest = np.zeros(layout.cells, dtype=np.int64)
    np.maximum.at(largest, cell, rows[person])
    weights = np.bincount(cell, rows[person], minlength=layout.cells)
    return Counts(
        np.bincount(cell, minlength=layout.cells),
        weights.round().astype(np.int64),
        largest,
        np.bincount(of_coach, minlength=layout.cells),
    )


def sensitive(counts: Counts, rule: Rule) -> Flags:
    """Cells that may not be shown whatever is beside them. Empty cells are among them."""
    few = (counts.people < rule.people) | (counts.coaches < rule.coaches)
    return few | (counts.largest > rule.share * counts.rows)
