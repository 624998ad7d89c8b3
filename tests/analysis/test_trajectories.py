"""Trajectories, associations and the figures of a stretch: a small world worked by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis import progress
from analysis.association import association
from analysis.trajectories import trajectory

MONDAY = 20605
NONE = np.nan
# Ana answers exercise 1 twice and 2 once, Ben exercise 1; Cleo came in the week before.
ANSWERS = pd.DataFrame(
    [
        (2, MONDAY - 7, 2, 30, 9, 0.9),
        (0, MONDAY, 1, 60, 4, -0.5),
        (0, MONDAY, 1, 120, 6, NONE),
        (0, MONDAY + 1, 2, NONE, 8, 0.1),
        (1, MONDAY + 8, 1, 300, 2, 0.4),
    ],
    columns=["person", "day", "exercise", "seconds", "confidence", "sentiment"],
).sort_values(["person", "day"])
SESSIONS = pd.DataFrame(
    [(0, "completed"), (0, "abandoned"), (1, "completed"), (1, "started")],
    columns=["person", "status"],
).assign(day=MONDAY)
STRETCH = progress.Stretch(MONDAY, MONDAY + 13)


def test_the_stretch_before_is_as_long_and_ends_the_day_before() -> None:
    assert STRETCH.before == progress.Stretch(MONDAY - 14, MONDAY - 1)
    assert len(STRETCH.of(ANSWERS)) == 4
    assert len(STRETCH.before.of(ANSWERS)) == 1


def test_the_headline_by_hand() -> None:
    found = progress.headline(STRETCH.of(ANSWERS), SESSIONS)
    # Ana's mean confidence is 6, Ben's 2; her sentiment (-0.5 + 0.1) / 2, his 0.4.
    expected = {"people": 2, "answers": 4, "active_days": 3, "completed": 0.5, "seconds": 120}
    assert found == pytest.approx(expected | {"confidence": 4, "sentiment": 0.1})


def test_completion_by_exercise_counts_answers_and_people_apart() -> None:
    within = STRETCH.of(ANSWERS)
    found = progress.completion(within, within["exercise"].map({1: "One", 2: "Two"}))
    assert found["name"].tolist() == ["One", "Two"]
    assert found[["answers", "people", "again"]].to_numpy().tolist() == [[3, 2, 1], [1, 1, 0]]
    assert found["share"].tolist() == [1.0, 0.5]
    assert found["median"].tolist()[0] == 120
    assert found["confidence"].tolist() == [(5 + 2) / 2, 8]


def test_the_funnel_adds_up_to_what_was_begun() -> None:
    found = progress.funnel(SESSIONS).set_index("status")
    assert found["sessions"].to_dict() == {
        "completed": 2,
        "paused": 0,
        "abandoned": 1,
        "started": 1,
    }
    assert found["share"].sum() == 1
    assert progress.funnel(SESSIONS.iloc[:0])["share"].tolist() == [0, 0, 0, 0]


def test_of_people_has_a_row_for_who_did_nothing() -> None:
    found = progress.of_people(ANSWERS, np.full(4, MONDAY + 2))
    assert found["answers"].tolist() == [3, 1, 1, 0]
    assert found["days"].tolist() == [2, 1, 1, 0]
    assert found["best"].tolist() == [2, 1, 1, 0]
    assert found["current"].tolist() == [2, 0, 0, 0]
    assert np.isnan(found["last_day"].iloc[3])


def test_a_change_is_the_second_half_minus_the_first() -> None:
    told = pd.DataFrame({"person": [0] * 4 + [1] * 3, "confidence": [2, 4, 6, 8, 1, 2, 3]})
    found = progress.changes(told, "confidence", 2)
    assert found[0] == 4
    assert np.isnan(found[1])  # one value in the first half is no half


def test_a_trajectory_counts_people_not_answers_and_keeps_gaps() -> None:
    person = np.array([0, 0, 0, 1, 0])
    day = MONDAY + np.array([0, 1, 2, 3, 14])
    found = trajectory(person, day, np.array([1.0, 1.0, 1.0, 5.0, 2.0]), seed=1)
    assert found.weeks.tolist() == [MONDAY, MONDAY + 7, MONDAY + 14]
    assert found.people.tolist() == [2, 0, 1]
    assert found.mean[0] == 3
    assert np.isnan(found.mean[1])
    assert np.isnan(found.low).all()  # too few people to say how sure


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    random, held = np.random.default_rng(4), 0
    for seed in range(200):
        own = random.normal(0.3, 1, 40)
        person = np.repeat(np.arange(40), 5)
        found = trajectory(person, np.full(200, MONDAY), own[person], seed)
        held += bool(found.low[0] <= 0.3 <= found.high[0])
    assert 0.88 <= held / 200 <= 0.99


def test_an_association_is_found_where_there_is_one_and_not_by_chance() -> None:
    random = np.random.default_rng(2)
    first = random.normal(size=200)
    strong = association(first, first + random.normal(size=200))
    assert strong is not None
    assert strong.reliable
    assert 0.5 < strong.rho < 0.85
    chance = [association(random.normal(size=50), random.normal(size=50)) for _ in range(200)]
    assert sum(one is not None and one.reliable for one in chance) / 200 < 0.12
    assert association(first[:9], first[:9]) is None
    assert association(first, np.zeros(200)) is None
