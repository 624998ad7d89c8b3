"""Cohorts and weekly figures by hand, by their laws, and against pandas on real commits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.cohorts import cohorts, week_of, weekly_active
from analysis.streaks import streaks

MONDAY = 20605  # 2026-06-01


def test_a_small_world_by_hand() -> None:
    # Ana begins in week 0 and comes back in weeks 1 and 3, Ben in week 0 only, Cleo begins in 1.
    person = np.array([0, 0, 0, 0, 1, 2, 2])
    day = MONDAY + np.array([0, 2, 9, 21, 6, 7, 14])
    found = cohorts(person, day, MONDAY + 27)
    assert found.starts.tolist() == [MONDAY, MONDAY + 7]
    assert found.people.tolist() == [2, 1]
    assert found.active.tolist() == [[2, 1, 0, 1], [1, 1, 0, -1]]
    assert found.retained[0].tolist() == [1, 0.5, 0, 0.5]
    assert np.isnan(found.retained[1, 3])


def test_a_week_that_is_not_over_is_not_counted_but_for_who_begins() -> None:
    found = cohorts(np.array([0, 0]), MONDAY + np.array([0, 8]), MONDAY + 9)
    assert found.active.tolist() == [[1, -1]]
    assert cohorts(np.array([0]), np.array([MONDAY + 1]), MONDAY + 2).active.tolist() == [[1]]


def test_a_sunday_belongs_to_the_week_before_a_monday() -> None:
    found = week_of(MONDAY + np.array([-1, 0, 6, 7])) - MONDAY
    assert found.tolist() == [-7, 0, 0, 7]


@pytest.mark.parametrize("seed", range(10))
def test_everybody_is_in_one_cohort_and_is_there_in_its_first_week(seed: int) -> None:
    random = np.random.default_rng(seed)
    person, day = random.integers(0, 40, 400), MONDAY + random.integers(0, 120, 400)
    found = cohorts(person, day, MONDAY + 125)
    assert found.people.sum() == len(set(person))
    assert (found.active[:, 0] == found.people).all()
    assert (found.active <= found.people[:, None]).all()


@pytest.mark.parametrize("seed", range(5))
def test_later_weeks_change_no_earlier_figure(seed: int) -> None:
    random = np.random.default_rng(seed)
    person, day = random.integers(0, 40, 400), MONDAY + random.integers(0, 70, 400)
    early, late = (cohorts(person, day, MONDAY + until) for until in (34, 69))
    rows, weeks = early.active.shape
    same = late.active[:rows, :weeks]
    known = early.active >= 0
    assert (same[known] == early.active[known]).all()


def test_nobody_makes_no_cohort() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(cohorts(none, none, MONDAY).starts) == 0
    assert len(weekly_active(none, none)[0]) == 0


@pytest.fixture(scope="module")
def commits(shared_data: Path) -> pd.DataFrame:
    told = pd.read_csv(shared_data / "commits" / "commits.csv", usecols=["user", "timestamp"])
    told["date"] = pd.to_datetime(told["timestamp"].str[:10])  # as the person's clock showed it
    return told.dropna()


@pytest.mark.shared_data
class TestCommitsAsPeopleOverTime:
    """The same figures worked out by pandas, in another way."""

    def numbers(self, commits: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        person = commits["user"].astype("category").cat.codes.to_numpy()
        return person, (commits["date"] - pd.Timestamp(0)).dt.days.to_numpy()

    def test_weekly_active_people(self, commits: pd.DataFrame) -> None:
        weeks, people = weekly_active(*self.numbers(commits))
        resampled = commits.set_index("date").resample("W-MON", closed="left", label="left")
        expected = resampled["user"].nunique()
        assert pd.to_datetime(weeks, unit="D").tolist() == expected.index.tolist()
        assert people.tolist() == expected.tolist()

    def test_best_streaks(self, commits: pd.DataFrame) -> None:
        person, day = self.numbers(commits)
        today = np.full(person.max() + 1, day.max())
        best, current = streaks(person, day, today)
        names = commits["user"].astype("category").cat.categories
        for code, name in enumerate(names):
            days = commits.loc[commits["user"] == name, "date"].drop_duplicates().sort_values()
            runs = (days.diff() != pd.Timedelta(days=1)).cumsum()
            lengths = days.groupby(runs).agg(["size", "max"])
            assert best[code] == lengths["size"].max()
            going = lengths[lengths["max"] >= commits["date"].max() - pd.Timedelta(days=1)]
            assert current[code] == (going["size"].max() if len(going) else 0)

    def test_retention(self, commits: pd.DataFrame) -> None:
        person, day = self.numbers(commits)
        last = commits["date"].max()
        found = cohorts(person, day, int(day.max()))
        week = commits["date"].dt.to_period("W-SUN")
        first = week.groupby(commits["user"]).transform("min")
        since = (week.astype("int64") - first.astype("int64")).rename("since")
        table = commits.assign(first=first, since=since).pivot_table(
            index="first", columns="since", values="user", aggfunc="nunique", fill_value=0
        )
        table = table.reindex(columns=range(found.active.shape[1]), fill_value=0)
        for begun, people in table.iterrows():
            row = found.starts.tolist().index((begun.start_time - pd.Timestamp(0)).days)
            over = [n == 0 or (begun + n).end_time.normalize() <= last for n in table.columns]
            assert found.active[row].tolist() == people.where(over, -1).tolist()
        assert found.people.tolist() == table[0].tolist()
        assert found.people.sum() == commits["user"].nunique()
