"""Which cells of linked tables may be released, and as which rounded number.

First the cells that say too much by themselves are hidden, then others beside them until nothing
hidden can be worked out from what is shown, then what is shown is rounded. What earlier releases
showed and what has hardly changed since counts as shown (`analysis.releases_compared`). The result
is tried by the auditor of `analysis.attack`, which knows nothing but what is released.

References
----------
Hundepool et al., Handbook on Statistical Disclosure Control, chapters 4 and 5 (thresholds,
dominance, secondary suppression, linked tables, auditing by linear programming).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.attack import Known, audited
from analysis.linked_tables import ABSENT, Cells, LinkedTables

HIDDEN = -1
UNTOLD = 1_000_000  # more rows than anybody writes in a week
FEWEST_PEOPLE = 5
FEWEST_COACHES = 3
LARGEST_SHARE = 0.3

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Rule:
    """What a cell needs to be released. Stricter than the defaults is allowed, laxer is not.

    Raises ValueError below five people, below three coaches, above a share of 30 %.
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
    in `people` and `rows`, or HIDDEN. `remembered`: hardly changed since it was last shown, then
    with `last_people` and `last_rows`; hiding it now would hide nothing.
    """

    settled: Flags
    people: Numbers
    rows: Numbers
    remembered: Flags
    last_people: Numbers
    last_rows: Numbers

    @classmethod
    def nothing(cls, cells: int) -> "Standing":
        """Before the first release."""
        no, none = np.zeros(cells, dtype=bool), np.full(cells, HIDDEN)
        return cls(no, none, none, no, none, none)


@dataclass(frozen=True)
class Decision:
    """What is released of each cell: rounded numbers, or HIDDEN. `fresh`: decided on now.

    `exposed` are hidden cells that could be worked out from earlier releases by somebody who knew
    that hardly anything changed; nothing that is shown now adds to that.
    """

    people: Numbers
    rows: Numbers
    fresh: Flags
    exposed: Cells

    @property
    def shown(self) -> Flags:
        """Which cells carry a number."""
        shown: Flags = self.people != HIDDEN
        return shown

    def known(self, rule: Rule) -> Known:
        """What the release itself tells: of a number that stands since an earlier week, that fewer
        than `rule.people` persons made a difference since."""
        cells = np.flatnonzero(self.shown)
        slack = np.where(self.fresh[cells], 0, rule.people - 1)
        least, most = rule.unrounded(self.people[cells])
        few, many = rule.unrounded(self.rows[cells])
        most_rows = np.where(self.fresh[cells], many, UNTOLD)
        least = np.maximum(least - slack, rule.people)
        return Known(cells, least, most + slack, np.where(slack > 0, rule.people, few), most_rows)


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


def decide(
    layout: LinkedTables, counts: Counts, rule: Rule, standing: Standing | None = None
) -> Decision:
    """What to release, so that no hidden cell can be narrowed down to less than `rule.people`.

    Deterministic: the same counts and the same past give the same release.
    """
    past = standing or Standing.nothing(layout.cells)
    bare = sensitive(counts, rule)
    hidden = bare | (past.settled & (past.people == HIDDEN))
    tables = _Tables(layout, counts, rule, past, bare)
    exposed: set[int] = set()
    while True:
        _hide_companions(tables, hidden)
        report = audited(layout, tables.known(hidden), rule.people)
        weak = [cell for cell in report.weak if cell not in exposed]
        if not weak:
            break
        for cell in weak:
            companion = tables.cheapest(report.pinned_by[cell], hidden)
            if companion is None:
                exposed.add(cell)
            else:
                hidden[companion] = True
    shown = tables.numbers(hidden)
    fresh = ~past.settled | (past.people != shown[0])
    return Decision(*shown, fresh, np.array(sorted(exposed), dtype=np.intp))


@dataclass(frozen=True)
class _Tables:
    """What the choice of companions looks at."""

    layout: LinkedTables
    counts: Counts
    rule: Rule
    past: Standing
    bare: Flags

    def unknown(self, hidden: Flags) -> Flags:
        return hidden & ~self.past.remembered

    def numbers(self, hidden: Flags) -> tuple[Numbers, Numbers]:
        """The published people and rows of each cell, HIDDEN where hidden."""
        settled, rule = self.past.settled, self.rule
        people = np.where(settled, self.past.people, rule.rounded(self.counts.people))
        rows = np.where(settled, self.past.rows, rule.rounded(self.counts.rows))
        return np.where(hidden, HIDDEN, people), np.where(hidden, HIDDEN, rows)

    def known(self, hidden: Flags) -> Known:
        """What somebody knows who has this release and all before it, and who takes what hardly
        changed for unchanged. The truth itself is never excluded."""
        people, rows = self.numbers(hidden)
        forgotten = hidden & self.past.remembered
        people = np.where(forgotten, self.past.last_people, people)
        rows = np.where(forgotten, self.past.last_rows, rows)
        cells = np.flatnonzero(people != HIDDEN)
        limits = []
        for shown, true in ((people, self.counts.people), (rows, self.counts.rows)):
            low, high = self.rule.unrounded(shown[cells])
            limits += [np.minimum(low, true[cells]), np.maximum(high, true[cells])]
        return Known(cells, *limits)

    def cheapest(self, among: Cells, hidden: Flags) -> int | None:
        """The cell that costs least to hide: a part before a margin, few people before many."""
        may = among[~hidden[among] & ~self.past.remembered[among]]
        if not len(may):
            return None
        ways = (self.layout.keys[may] != ABSENT).sum(axis=1)
        return int(may[np.lexsort((may, self.counts.people[may], -ways))[0]])

    def gives_away(self, line: Cells, hidden: Flags) -> bool:
        """Whether a line shows so much that what it hides can be worked out.

        Two hidden parts are needed, with enough people between them, and beside a part that says
        too much another that is not empty: who is known to be nowhere hides nobody.
        """
        unknown = self.unknown(hidden)
        parts = line[1:][unknown[line[1:]]]
        if unknown[line[0]]:
            return not len(parts)
        if not len(parts):
            return False
        held = self.counts.people[parts]
        alone = bool((self.bare[parts] & (held > 0)).any()) and int((held > 0).sum()) < 2
        return len(parts) < 2 or int(held.sum()) < self.rule.people or alone


def _hide_companions(tables: _Tables, hidden: Flags) -> None:
    """Hide, in place, what completes the lines that give something away, until none does."""
    changed = True
    while changed:
        changed = False
        for line in tables.layout.lines:
            while tables.gives_away(line, hidden):
                filled = line[tables.counts.people[line] > 0]
                companion = tables.cheapest(filled, hidden)
                if companion is None:
                    break
                hidden[companion] = changed = True
