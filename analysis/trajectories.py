"""How a measure goes over the weeks: the mean over people, and how sure it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.cohorts import WEEK, week_of
from analysis.streaks import Ints

RESAMPLED = 300
SURE = 0.95
FEWEST = 5  # people in a week, before an interval is drawn

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trajectory:
    """One measure by week; weeks without anybody are in it, with NaN.

    weeks : shape (weeks,), Mondays
    people : shape (weeks,), who gave a value
    mean, low, high : shape (weeks,)
        The mean of the people's own means, each person counted once however much each wrote, and
        the interval by resampling people; NaN with fewer than FEWEST people.
    """

    weeks: Ints
    people: Ints
    mean: Floats
    low: Floats
    high: Floats


def trajectory(person: Ints, day: Ints, value: Floats, seed: int) -> Trajectory:
    """The trajectory of a measure; values that are NaN are nobody's.

    References
    ----------
    Field, Welsh: Bootstrapping clustered data, JRSS B 69 (2007): whole people are drawn, with all
    their weeks, so the weeks of one draw belong together.
    """
    there = np.isfinite(value)
    who, week, told = person[there], week_of(day[there]), value[there].astype(np.float64)
    if len(who) == 0:
        empty = np.zeros(0)
        return Trajectory(empty.astype(np.int64), empty.astype(np.int64), empty, empty, empty)
    weeks = np.arange(week.min(), week.max() + 1, WEEK)
    people, rank = np.unique(who, return_inverse=True)
    cell = rank * len(weeks) + (week - weeks[0]) // WEEK
    cells, place = np.unique(cell, return_inverse=True)
    means = np.bincount(place, told) / np.bincount(place)
    owner, slot = cells // len(weeks), cells % len(weeks)
    count = np.bincount(slot, minlength=len(weeks))
    with np.errstate(invalid="ignore"):
        mean = np.bincount(slot, means, len(weeks)) / np.where(count, count, np.nan)
    low, high = _interval(owner, slot, means, len(people), len(weeks), seed)
    few = count < FEWEST
    return Trajectory(weeks, count, mean, np.where(few, np.nan, low), np.where(few, np.nan, high))


def _interval(
    owner: Ints, slot: Ints, means: Floats, people: int, weeks: int, seed: int
) -> tuple[Floats, Floats]:
    """Each draw weighs a person by how often it drew them; all draws are one matrix product."""
    random = np.random.default_rng(seed)
    draws = [
        np.bincount(random.integers(0, people, people), minlength=people) for _ in range(RESAMPLED)
    ]
    times = np.array(draws, dtype=np.float32)
    there, told = (np.zeros((people, weeks), dtype=np.float32) for _ in range(2))
    there[owner, slot], told[owner, slot] = 1, means
    weight = times @ there
    drawn = np.full((RESAMPLED, weeks), np.nan)
    np.divide(times @ told, weight, out=drawn, where=weight > 0)
    tails = [(1 - SURE) / 2, (1 + SURE) / 2]
    known = np.isfinite(drawn).any(axis=0)
    low, high = np.full(weeks, np.nan), np.full(weeks, np.nan)
    low[known], high[known] = np.nanquantile(drawn[:, known], tails, axis=0)
    return low, high
