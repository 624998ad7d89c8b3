"""Cohorts: people who began in the same week, and how many of them come back week after week."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.streaks import Ints, active_days

WEEK = 7
MONDAY = 4  # 1970-01-05, days since 1970-01-01


@dataclass(frozen=True)
class Cohorts:
    """People by the week in which they began.

    starts : shape (cohorts,), Mondays, in order
    people : shape (cohorts,)
    active : shape (cohorts, weeks)
        People of the cohort who did something in each week since their first, which is week 0; -1
        for a week that is not over yet.
    """

    starts: Ints
    people: Ints
    active: Ints

    @property
    def retained(self) -> NDArray[np.float64]:
        """Shares of the cohort, 0 to 1; NaN for a week that is not over yet."""
        shares = self.active / self.people[:, None]
        return np.where(self.active < 0, np.nan, shares)


def cohorts(person: Ints, day: Ints, until: int) -> Cohorts:
    """The cohorts of everybody who began by the day `until`, the last one that counts.

    Parameters
    ----------
    person, day : shape (things done,)
        Who did something on which day. A person's first of all decides the cohort.
    """
    kept = day <= until
    who, when = person[kept].astype(np.int64), week_of(day[kept])
    if len(who) == 0:
        return Cohorts(*(np.zeros(shape, dtype=np.int64) for shape in (0, 0, (0, 0))))
    first = np.full(int(who.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, who, when)
    begun = first[first < np.iinfo(np.int64).max]
    starts, people = np.unique(begun, return_counts=True)
    last_week = int(week_of(np.array([until]))[0])
    weeks = (last_week - int(starts[0])) // WEEK + 1
    active_people, active_weeks = active_days(who, when)
    cohort = np.searchsorted(starts, first[active_people])
    since = (active_weeks - first[active_people]) // WEEK
    active = np.zeros((len(starts), weeks), dtype=np.int64)
    np.add.at(active, (cohort, since), 1)
    over = starts[:, None] + WEEK * np.arange(1, weeks + 1)[None, :] - 1 <= until
    over[:, 0] = True  # who began is there, even in a week that goes on
    return Cohorts(starts, people, np.where(over, active, -1))


def week_of(day: Ints) -> Ints:
    """The Monday of each day's week."""
    days = np.asarray(day, dtype=np.int64)
    return np.asarray(days - (days - MONDAY) % WEEK)


def weekly_active(person: Ints, day: Ints) -> tuple[Ints, Ints]:
    """(Mondays in order, people who did something in that week); weeks without anybody are 0."""
    if len(person) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    _, active = active_days(person, week_of(day))
    weeks = np.arange(active.min(), active.max() + 1, WEEK)
    return weeks, np.bincount((active - weeks[0]) // WEEK, minlength=len(weeks))
