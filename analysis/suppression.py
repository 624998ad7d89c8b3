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

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.attack import Known, audited
from analysis.linked_tables import ABSENT, Cells, LinkedTables
from analysis.release_rule import (
    HIDDEN,
    UNTOLD,
    Counts,
    Flags,
    Numbers,
    Rule,
    Standing,
    sensitive,
)


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
    _hide_companions(tables, hidden)
    while not all(_withstands(tables, hidden, exposed, memory) for memory in (False, True)):
        _hide_companions(tables, hidden)
    return tables.decision(hidden, exposed)


def _withstands(tables: "_Tables", hidden: Flags, exposed: set[int], memory: bool) -> bool:
    """Attack what would be shown; hide, in place, what the weak cells are pinned by.

    A cell for which nothing is left to be hidden is exposed: earlier releases alone tell of it.
    """
    if memory and not tables.past.settled.any():
        return True
    report = audited(tables.layout, tables.known(hidden, memory), tables.rule.people)
    weak = [cell for cell in report.weak if cell not in exposed]
    companions = {tables.companion(cell, report.pinned_by[cell], hidden, memory) for cell in weak}
    hidden[[companion for companion in companions if companion is not None]] = True
    if companions == {None}:
        exposed.update(weak)
    return not weak


@dataclass(frozen=True)
class _Tables:
    """What the choice of companions looks at."""

    layout: LinkedTables
    counts: Counts
    rule: Rule
    past: Standing
    bare: Flags

    def unknown(self, hidden: Flags, memory: bool) -> Flags:
        """What is hidden; with `memory` only from somebody who has all earlier releases."""
        return hidden & ~self.past.remembered if memory else hidden

    def decision(self, hidden: Flags, exposed: Iterable[int] = ()) -> Decision:
        """What this choice of hidden cells releases."""
        shown = self.numbers(hidden)
        fresh = ~self.past.settled | (self.past.people != shown[0])
        return Decision(*shown, fresh, np.array(sorted(exposed), dtype=np.intp))

    def numbers(self, hidden: Flags) -> tuple[Numbers, Numbers]:
        """The published people and rows of each cell, HIDDEN where hidden."""
        settled, rule = self.past.settled, self.rule
        people = np.where(settled, self.past.people, rule.rounded(self.counts.people))
        rows = np.where(settled, self.past.rows, rule.rounded(self.counts.rows))
        return np.where(hidden, HIDDEN, people), np.where(hidden, HIDDEN, rows)

    def known(self, hidden: Flags, memory: bool) -> Known:
        """What the release tells; with `memory` what somebody knows who has all earlier ones too
        and takes what hardly changed for unchanged. The truth itself is never excluded."""
        if not memory:
            return self.decision(hidden).known(self.rule)
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

    def cheapest(self, among: Cells, hidden: Flags, memory: bool) -> int | None:
        """The cell that costs least to hide: one that nobody remembers before one that somebody
        may, a part before a margin, few people before many."""
        remembered = self.past.remembered
        may = among[~hidden[among] & ~(remembered[among] & memory)]
        if not len(may):
            return None
        ways = (self.layout.keys[may] != ABSENT).sum(axis=1)
        order = np.lexsort((may, self.counts.people[may], -ways, remembered[may]))
        return int(may[order[0]])

    def companion(self, cell: int, pinned_by: Cells, hidden: Flags, memory: bool) -> int | None:
        """What to hide beside a cell that can be worked out: best of all what it was pinned by."""
        found = self.cheapest(pinned_by, hidden, memory)
        if found is not None:
            return found
        beside = [line for line in self.layout.lines if cell in line]
        return self.cheapest(np.concatenate(beside), hidden, memory)

    def gives_away(self, line: Cells, hidden: Flags, memory: bool) -> bool:
        """Whether a line shows so much that what it hides can be worked out.

        Two hidden parts are needed, with enough people between them, and beside a part that says
        too much another that is not empty: who is known to be nowhere hides nobody.
        """
        unknown = self.unknown(hidden, memory)
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
    before = -1
    while before != (before := int(hidden.sum())):
        for line, memory in product(tables.layout.lines, (False, True)):
            while tables.gives_away(line, hidden, memory):
                filled = line[tables.counts.people[line] > 0]
                companion = tables.cheapest(filled, hidden, memory)
                if companion is None:
                    break
                hidden[companion] = True
