"""What is released about usage: the small world's numbers, and nothing that anybody wrote."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine

from analysis.release_rule import Rule
from jobs.release import NotOver, ReleaseReport, release_subject
from jobs.usage import subjects
from queries.catalog import collections
from queries.gate import Gate, writing
from queries.releases import cells, releases
from tests.programme import WEEK, Answer, next_week, programme, withdraw, write

CANARY = "zebrafinch"


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
    first = made(gate, "responses_usage_4_weeks")
    again = made(gate, "responses_usage_4_weeks", next_week(first.week, 3))
    assert (again.did, again.week) == ("there", first.week)
    assert releases(gate).set_index("id").loc[first.id, "weeks"] == 4


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
