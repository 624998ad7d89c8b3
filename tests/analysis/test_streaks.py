"""Streaks against a definition too simple to be wrong, over zones, leap days and gaps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from analysis.streaks import streaks

EPOCH = date(1970, 1, 1)
ZONES = ("UTC", "Pacific/Auckland", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati")


def by_walking(days: set[date], today: date) -> tuple[int, int]:
    """Best and current streak, one day after the other."""

    def run_to(day: date) -> int:
        length = 0
        while day in days:
            length, day = length + 1, day - timedelta(days=1)
        return length

    best = max((run_to(day) for day in days), default=0)
    return best, run_to(today) or run_to(today - timedelta(days=1))


def number(day: date) -> int:
    return (day - EPOCH).days


def of(days: list[date], today: date) -> tuple[int, int]:
    one = np.array([number(day) for day in days], dtype=np.int64)
    best, current = streaks(np.zeros(len(one), dtype=np.int64), one, np.array([number(today)]))
    return int(best[0]), int(current[0])


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("zone", ZONES)
def test_streaks_are_those_of_walking_day_by_day_where_the_person_lives(
    zone: str, seed: int
) -> None:
    random = np.random.default_rng(seed)
    # Around both changes of the clock and the leap day of 2024, several a day, in no order.
    begin = datetime(2024, int(random.choice([2, 3, 10])), 20, tzinfo=UTC)
    moments = [begin + timedelta(minutes=int(m)) for m in random.integers(0, 60 * 24 * 25, 30)]
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]
    today = begin.date() + timedelta(days=int(random.integers(0, 30)))
    assert of(days, today)[0] == by_walking(set(days), today)[0]
    before = [day for day in days if day <= today]
    assert of(before, today) == by_walking(set(before), today)


def test_the_leap_day_is_a_day_like_any_other() -> None:
    assert of([date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)], date(2024, 3, 1)) == (3, 3)
    assert of([date(2023, 2, 28), date(2023, 3, 1)], date(2023, 3, 1)) == (2, 2)


def test_a_night_with_25_hours_breaks_nothing_and_makes_no_second_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    told = ((24, 23, 0), (25, 2, 0), (25, 2, 1), (26, 0, 0))  # day, hour, the second time round
    moments = [datetime(2026, 10, d, h, 30, fold=f, tzinfo=berlin) for d, h, f in told]
    assert of([moment.date() for moment in moments], date(2026, 10, 26)) == (3, 3)


def test_a_streak_of_yesterday_goes_on_and_an_older_one_has_ended() -> None:
    days = [date(2026, 6, 1), date(2026, 6, 2)]
    assert of(days, date(2026, 6, 3)) == (2, 2)
    assert of(days, date(2026, 6, 4)) == (2, 0)


def test_what_lies_after_today_does_not_count_to_the_current_one() -> None:
    days = [date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3)]
    assert of(days, date(2026, 6, 2)) == (3, 2)


def test_order_and_repetition_make_no_difference() -> None:
    random = np.random.default_rng(5)
    person, day = random.integers(0, 50, 3000), random.integers(0, 200, 3000)
    today = np.full(50, 150)
    shuffled = random.permutation(np.repeat(np.arange(3000), 2))
    told = zip(
        streaks(person, day, today), streaks(person[shuffled], day[shuffled], today), strict=True
    )
    assert all((one == other).all() for one, other in told)


def test_nobody_has_no_streak() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert [side.tolist() for side in streaks(none, none, np.array([1, 2]))] == [[0, 0], [0, 0]]


def test_many_people_are_each_alone() -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"person": random.integers(0, 30, 900), "day": random.integers(0, 90, 900)}
    )
    today = random.integers(60, 95, 30)
    best, current = streaks(frame["person"].to_numpy(), frame["day"].to_numpy(), today)
    for person, days in frame.groupby("person")["day"]:
        told = {EPOCH + timedelta(days=int(day)) for day in days}
        till = {day for day in told if number(day) <= today[person]}
        assert best[person] == by_walking(told, EPOCH)[0]
        assert current[person] == by_walking(till, EPOCH + timedelta(days=int(today[person])))[1]
