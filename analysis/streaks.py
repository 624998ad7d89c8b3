"""Streaks: calendar days in a row on which somebody did something.

Days are whole numbers, counted where the person lives: which day a moment falls on, in which zone
and on which side of a change of the clock, is decided before
(queries/collections/companion_sql.py).
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]
STILL_GOING = 1  # a streak that reached yesterday can still go on today


def streaks(person: Ints, day: Ints, today: Ints) -> tuple[Ints, Ints]:
    """(best, current) streak of each person, in days.

    Parameters
    ----------
    person, day : shape (things done,)
        Who did something on which day; several a day count once, in any order.
    today : shape (people,)
        The day it is for each person. What lies after it counts to the best streak only.
    """
    people = len(today)
    best, current = np.zeros(people, dtype=np.int64), np.zeros(people, dtype=np.int64)
    if len(person) == 0:
        return best, current
    who, when = active_days(person, day)
    begins = np.ones(len(who), dtype=bool)
    begins[1:] = (who[1:] != who[:-1]) | (when[1:] != when[:-1] + 1)
    run = np.cumsum(begins) - 1
    length = np.bincount(run)
    owner = who[begins]
    np.maximum.at(best, owner, length)
    past = when <= today[who]
    # Up to today: how far each run has come by then, and its last day.
    done = np.bincount(run[past], minlength=len(length))
    last = np.full(len(length), np.iinfo(np.int64).min)
    np.maximum.at(last, run[past], when[past])
    going = (done > 0) & (last >= today[owner] - STILL_GOING)
    np.maximum.at(current, owner[going], done[going])
    return best, current


def active_days(person: Ints, day: Ints) -> tuple[Ints, Ints]:
    """Each person's days, once each, in order: (person, day), both of shape (active days,)."""
    if len(person) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    first = int(day.min())
    span = int(day.max()) - first + 1
    # Sorted, not hashed as np.unique would: histories come nearly in this order, and a stable sort
    # of what is nearly in order is many times faster.
    both = np.sort(person.astype(np.int64) * span + (day - first), kind="stable")
    both = both[np.r_[True, both[1:] != both[:-1]]]
    return both // span, both % span + first
