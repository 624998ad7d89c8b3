"""What comparing a release with those before it may tell.

A release counts one closed week, so no row is in two releases and subtracting weeks removes
nobody. What is left is the guess that hardly anybody changed: then a number that moved tells of
the few who did. So a cell is decided on anew only when at least `people` persons make the
difference between those in it now and those in it whenever it was decided on before. Until then
the old decision stands, be it a number or a blank.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.linked_tables import ABSENT, Cells
from analysis.suppression import HIDDEN, Flags, Numbers, Rule, Standing


@dataclass(frozen=True)
class Past:
    """An earlier release, in the cells and the people of the one that is being made.

    `cells_of` has a row for each person of either release, ABSENT for people who were not there.
    `decided` are the cells that it decided on itself; `people` and `rows` what it published.
    """

    cells_of: Cells
    decided: Flags
    people: Numbers
    rows: Numbers


def changed(before: Cells, now: Cells, cells: int) -> NDArray[np.int64]:
    """How many persons are in each cell now but were not before, or the other way round."""
    moved = before != now
    came = np.bincount(now[moved & (now != ABSENT)], minlength=cells)
    went = np.bincount(before[moved & (before != ABSENT)], minlength=cells)
    return came + went


def standing(now: Cells, pasts: Sequence[Past], rule: Rule, cells: int) -> Standing:
    """What the past releases, oldest first, say of the cells as they are now."""
    settled = Standing.nothing(cells)
    people, rows = settled.people.copy(), settled.rows.copy()
    last_people, last_rows = settled.last_people.copy(), settled.last_rows.copy()
    stands = np.zeros(cells, dtype=bool)
    remembered = np.zeros(cells, dtype=bool)
    for past in pasts:
        close = past.decided & (changed(past.cells_of, now, cells) < rule.people)
        shown = close & (past.people != HIDDEN)
        stands |= close
        remembered |= shown
        people[close], rows[close] = past.people[close], past.rows[close]
        last_people[shown], last_rows[shown] = past.people[shown], past.rows[shown]
    return Standing(stands, people, rows, remembered, last_people, last_rows)
