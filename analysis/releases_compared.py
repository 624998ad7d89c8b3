"""What comparing a release with those before it may tell.

A release counts one closed week, so no row is in two releases and subtracting weeks removes
nobody. What is left is the guess that hardly anybody changed: then a number that moved tells of
the few who did. So a cell is decided on anew only when at least `people` persons make the
difference between those in it now and those in it whenever it was decided on before. Until then
the old decision stands, be it a number or a blank.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.linked_tables import ABSENT, Cells, LinkedTables
from analysis.release_rule import HIDDEN, Flags, Numbers, Rule, Standing


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
    none = Standing.nothing(cells)
    made = Standing(*(field.copy() for field in vars(none).values()))
    for position, past in enumerate(pasts):
        close = past.decided & (changed(past.cells_of, now, cells) < rule.people)
        shown = close & (past.people != HIDDEN)
        made.settled[close] = True
        made.by[close] = position
        made.people[close], made.rows[close] = past.people[close], past.rows[close]
        made.remembered[shown] = True
        made.last_people[shown], made.last_rows[shown] = past.people[shown], past.rows[shown]
    return made


@dataclass(frozen=True)
class Earlier:
    """An earlier release as it was stored: values and people by name, cells in their own order."""

    values: Mapping[str, Sequence[str]]
    profiles: Mapping[str, Sequence[str]]
    people: Sequence[int | None]
    rows: Sequence[int | None]
    decided: Sequence[bool]


def coded(profiles: Sequence[Sequence[str]], values: Sequence[Sequence[str]]) -> NDArray[np.intp]:
    """Each person's values as positions, shape (people, dimensions); ABSENT for one not listed."""
    codes = np.full((len(profiles), len(values)), ABSENT, dtype=np.intp)
    for dimension, listed in enumerate(values):
        place = {value: position for position, value in enumerate(listed)}
        codes[:, dimension] = [place.get(profile[dimension], ABSENT) for profile in profiles]
    return codes


def past_of(
    earlier: Earlier, values: Mapping[str, Sequence[str]], everybody: Sequence[str]
) -> Past:
    """The earlier release in the cells over `values` and, row by row, the people of `everybody`.

    Dimensions and values are matched by name; what only one of the two knows matches nothing.
    """
    layout = LinkedTables(tuple(len(listed) for listed in values.values()))
    codes = np.full((len(everybody), len(values)), ABSENT, dtype=np.intp)
    place = {person: position for position, person in enumerate(everybody)}
    there = [person for person in earlier.profiles if person in place]
    if there:
        names = list(earlier.values)
        known = [values.get(name, ()) for name in names]
        found = coded([earlier.profiles[person] for person in there], known)
        for dimension, name in enumerate(values):
            if name in names:
                codes[[place[p] for p in there], dimension] = found[:, names.index(name)]
    return Past(layout.cells_of(codes), *_moved(earlier, values, layout))


def _moved(
    earlier: Earlier, values: Mapping[str, Sequence[str]], layout: LinkedTables
) -> tuple[Flags, Numbers, Numbers]:
    """Which cells the earlier release decided on, and its numbers, in the cells of `layout`."""
    names = list(values)
    theirs = LinkedTables(tuple(len(listed) for listed in earlier.values.values()))
    keys = np.full((theirs.cells, len(names)), ABSENT, dtype=np.intp)
    known = np.array(earlier.decided, dtype=bool)
    for dimension, (name, listed) in enumerate(earlier.values.items()):
        used = theirs.keys[:, dimension] != ABSENT
        place = {value: position for position, value in enumerate(values.get(name, ()))}
        new = np.array([place.get(value, ABSENT) for value in listed], dtype=np.intp)
        moved = new[theirs.keys[used, dimension]]
        known[used] &= moved != ABSENT
        if name in names:
            keys[used, names.index(name)] = moved
    target = layout.at(keys[known])
    decided = np.zeros(layout.cells, dtype=bool)
    decided[target] = True
    numbers = []
    for given in (earlier.people, earlier.rows):
        plain = np.array([HIDDEN if number is None else number for number in given])
        moved_numbers = np.full(layout.cells, HIDDEN)
        moved_numbers[target] = plain[known]
        numbers.append(moved_numbers)
    return decided, numbers[0], numbers[1]
