"""What is released about usage: the small world's numbers, and nothing that anybody wrote."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from analysis.release_rule import Rule
from jobs.errors import JobError
from jobs.releases.release import (
    NotOver,
    ReleaseReport,
    ToldOtherwise,
    make_release,
    release_subject,
    stretch_of,
)
from jobs.releases.usage import release_usage, subjects
from queries.catalog import collections
from queries.gate import Gate, writing
from queries.releases.releases import cells, releases
from tests.programme import WEEK, Answer, next_week, programme, withdraw, write

CANARY = "zebrafinch"
BLOCK = stretch_of(WEEK, 4)


@pytest.fixture(scope="module")
def gate(engine: Engine) -> Gate:
    """40 people with an exercise on Monday, 20 with a review; 15 of the 40 kept an entry."""
    made = programme(engine)
    write(engine, [Answer(f"p{n}", session="exercise", said=CANARY) for n in range(40)])
    write(engine, [Answer(f"r{n}", session="review", said=CANARY) for n in range(20)])
    write(engine, [Answer("quiet", said=CANARY)])
    withdraw(engine, "quiet")
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO playbook.playbook_entries (user_id, title, content, category, created_at) "
            f"SELECT 'p' || n, '{CANARY}', '{CANARY}', 'goals', '2025-03-05' "
            "FROM generate_series(0, 14) n"
        )
    return made


def made(gate: Gate, name: str, week: date = WEEK, rule: Rule | None = None) -> ReleaseReport:
    known = {subject.name: subject for subject in subjects(gate, collections(gate))}
    return release_subject(gate, known[name], lambda *_: None, week=week, rule=rule)


def test_the_numbers_of_a_week_are_those_of_the_small_world(gate: Gate) -> None:
    found = cells(gate, made(gate, "responses_usage").id)
    margins = found[found["dim2"].isna()].dropna(subset=["dim1"])
    shown = {
        (c.dim1, c.value1): int(c.people_rounded)
        for c in margins.itertuples()
        if not pd.isna(c.people_rounded)
    }
    (total,) = found[found["dim1"].isna()]["people_rounded"]
    assert total == 60
    assert (
        shown.items()
        <= {
            ("feature", "exercise"): 40,
            ("feature", "review"): 20,
            ("got to", "completed a session"): 45,
            ("got to", "kept an entry"): 15,
            ("came back", "never seen before"): 60,
            ("asked about", "did not ask the avatar"): 60,
        }.items()
    )
    assert shown["feature", "exercise"] == 40


def test_days_are_released_on_their_own(gate: Gate) -> None:
    found = cells(gate, made(gate, "responses_usage_by_day").id)
    wednesday = found[(found["dim1"] == "Wednesday") & found["dim2"].isna()]
    told = dict(zip(wednesday["value1"], wednesday["people_rounded"], strict=True))
    assert told == {"active": 15, "not active": 45}


def test_four_weeks_never_overlap(gate: Gate) -> None:
    first = made(gate, "responses_usage_4_weeks", next_week(WEEK, 20))
    again = made(gate, "responses_usage_4_weeks", next_week(first.week, 3))
    assert (again.did, again.week) == ("there", first.week)
    assert releases(gate).set_index("id").loc[first.id, "weeks"] == 4


def crowd(engine: Engine, people: range, week: date) -> None:
    """Each with one exercise session and nothing else."""
    write(engine, [Answer(f"p{n}", rows=0) for n in people], week)


def published(gate: Gate, name: str, week: date) -> tuple[int | None, int | None]:
    """What a release would tell of everybody: people and rows, but for the other stretch."""
    known = {subject.name: subject for subject in subjects(gate, collections(gate))}
    alone = replace(known[name], family=())
    release = release_subject(gate, alone, lambda *_: None, week=week)
    total = cells(gate, release.id).iloc[0]
    rows = (total["people_rounded"], total["rows_rounded"])
    return tuple(None if pd.isna(number) else int(number) for number in rows)  # type: ignore[return-value]


def test_four_weeks_are_not_told_beside_their_weeks_which_would_give_away_a_hidden_one(
    gate: Gate, engine: Engine
) -> None:
    begin = next_week(BLOCK, 40)
    weeks = [next_week(begin, number) for number in range(4)]
    for week, people in zip(weeks, (20, 20, 20, 1), strict=True):
        crowd(engine, range(people), week)
    told = [published(gate, "responses_usage", week)[1] for week in weeks]
    assert told == [20, 20, 20, None]
    with pytest.raises(ToldOtherwise, match="same people"):
        made(gate, "responses_usage_4_weeks", begin)
    # What would have been told, had it not been refused: nothing but a subtraction.
    together = published(gate, "responses_usage_4_weeks", begin)[1]
    least, most = Rule().unrounded(np.array([together, *told[:3]]))
    assert most[0] - least[1:].sum() < Rule().people


def test_a_week_is_not_told_beside_the_four_that_it_is_in(gate: Gate, engine: Engine) -> None:
    begin = next_week(BLOCK, 60)
    crowd(engine, range(30), begin)
    assert made(gate, "responses_usage_4_weeks", begin).shown
    for name in ("responses_usage", "responses_usage_by_day"):
        with pytest.raises(ToldOtherwise, match="by weeks or by four weeks"):
            made(gate, name, next_week(begin, 3))
    assert made(gate, "responses_usage", next_week(begin, 4)).did == "made"


def test_the_weeks_of_four_are_told_with_them(gate: Gate, engine: Engine) -> None:
    begin = next_week(BLOCK, 80)
    for number, people in enumerate((range(30), range(10, 50), range(20), range(25, 45))):
        crowd(engine, people, next_week(begin, number))
    found = cells(gate, made(gate, "responses_usage_4_weeks_by_week", begin).id)
    active = found[(found["value1"] == "active") & found["dim2"].isna()]
    assert list(active["people_rounded"]) == [30, 40, 20, 20]
    assert found["people_rounded"].iat[0] == 50


def test_four_weeks_that_what_people_wrote_would_give_away_are_held_back(
    gate: Gate, engine: Engine
) -> None:
    """All but two wrote in the first week: so at most a few of the four weeks were not there."""
    begin = next_week(BLOCK, 32)
    write(engine, [Answer(f"p{n}", mood=None) for n in range(40)], begin)
    crowd(engine, range(25, 42), next_week(begin, 1))
    known = {subject.name: subject for subject in subjects(gate, collections(gate))}
    by_week = known["responses_usage_4_weeks_by_week"]
    (ours,) = [one for one in collections(gate) if one.name == "responses"]
    assert make_release(gate, ours, lambda *_: None, week=begin).shown
    with pytest.raises(JobError, match="beside the releases of what people wrote"):
        release_subject(gate, by_week, lambda *_: None, week=begin)
    unknowing = replace(by_week, told_beside=lambda *_: {})
    assert release_subject(gate, unknowing, lambda *_: None, week=begin).did == "made"


def test_usage_goes_on_by_the_stretch_it_was_told_by(gate: Gate, engine: Engine) -> None:
    week = next_week(BLOCK, 24)
    crowd(engine, range(30), week)
    ours = [one for one in collections(gate) if one.name == "responses"]
    told = dict(release_usage(gate, ours, lambda *_: None, week=week, weeks=4))
    assert {"responses_usage_4_weeks", "responses_usage_4_weeks_by_week"} <= set(told)
    again = dict(release_usage(gate, ours, lambda *_: None, week=next_week(week, 4)))
    assert {name for name in again if name.startswith("responses")} == {
        "responses_usage_4_weeks",
        "responses_usage_4_weeks_by_week",
    }


def test_four_weeks_that_are_going_on_are_told_so(gate: Gate, engine: Engine) -> None:
    with writing(engine) as connection:
        monday = connection.exec_driver_sql("SELECT date_trunc('week', now())::date").scalar_one()
    with pytest.raises(NotOver, match="4 weeks of"):
        made(gate, "responses_usage_4_weeks", monday)


def test_few_people_of_northlight_are_never_counted(gate: Gate) -> None:
    found = cells(gate, made(gate, "northlight_usage").id)
    assert found["people_rounded"].isna().all()


def test_no_word_of_anybody_is_in_a_release(gate: Gate, engine: Engine) -> None:
    made(gate, "responses_usage")
    with writing(engine) as connection:
        told = connection.exec_driver_sql(
            "SELECT (SELECT string_agg(to_jsonb(c)::text, ' ') FROM northlight.release_cell c) || "
            "(SELECT string_agg(to_jsonb(r)::text, ' ') FROM northlight.release r)"
        ).scalar_one()
    assert CANARY not in told
    assert '"p1"' not in told
