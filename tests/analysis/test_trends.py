"""Whether a theme grows or fades."""

import numpy as np
import pytest

from analysis.trends import trends


def told(before, after, people=40):
    """Of people who write in both stretches, these many in the theme."""
    wrote = np.ones(people, dtype=bool)
    inside = [(np.arange(people) < count)[:, None] for count in (before, after)]
    return trends(wrote, wrote, *inside, seed=0)[0]


def test_a_theme_that_most_people_come_to_grows():
    trend = told(4, 30)
    assert trend.state == "growing"
    assert (trend.before, trend.after) == pytest.approx((0.1, 0.75))
    assert trend.low < 0.65 < trend.high


def test_a_theme_that_people_leave_fades():
    assert told(30, 4).state == "fading"


def test_a_few_people_more_are_chance():
    trend = told(10, 11)
    assert trend.state == "steady"
    assert trend.low <= 0 <= trend.high


def test_too_few_people_tell_nothing():
    assert told(1, 4, people=4) is None
