"""A coaching programme in the playbook tables: people, coaches, weeks of responses and sessions."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from queries.catalog import collection_named, declared_in, publish
from queries.collection import Collection
from queries.gate import WORKER, Gate, writing

CATALOG = Path(__file__).resolve().parent.parent / "catalog"
WEEK = date(2025, 3, 3)
CATEGORIES = ("goals", "mindset", "vision")


@dataclass(frozen=True)
class Answer:
    """One person's week: responses in a category and a mood; a completed session or none."""

    owner: str
    category: str = "goals"
    mood: float | None = 0.5
    rows: int = 2
    session: str | None = "exercise"
    said: str = "I kept at it"


def programme(engine: Engine, coaches: int = 4) -> Gate:
    """The collection `responses` without a response, and coaches to assign people to."""
    with writing(engine) as connection:
        for category in CATEGORIES:
            connection.execute(EXERCISE, {"category": category})
        for number in range(coaches):
            connection.execute(COACH, {"subject": f"coach-{number}"})
    publish(engine, [one for one in declared_in([CATALOG]) if one.group == "playbook"])
    return Gate(engine, WORKER)


def responses(gate: Gate) -> Collection:
    """The collection that is released from."""
    return collection_named(gate, "responses")


def write(engine: Engine, answers: list[Answer], week: date = WEEK) -> None:
    """Store a week of answers; who is new gets a profile and a coach, dealt out in turn."""
    with writing(engine) as connection:
        for number, answer in enumerate(answers):
            told: dict[str, Any] = {**vars(answer), "number": number, "day": week}
            connection.execute(PROFILE, told)
            connection.execute(ASSIGNMENT, told)
            connection.execute(RESPONSE, told)
            if answer.session is not None:
                connection.execute(SESSION, told)


def withdraw(engine: Engine, owner: str, purpose: str = "product") -> None:
    """Take back a person's consent."""
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO northlight_auth.withdrawal (system, owner, purpose) "
                "VALUES ('playbook', :owner, :purpose)"
            ),
            {"owner": owner, "purpose": purpose},
        )


def next_week(week: date, weeks: int = 1) -> date:
    """The Monday so many weeks later."""
    return week + timedelta(weeks=weeks)


EXERCISE = text(
    "INSERT INTO playbook.exercises (title, description, category, question) "
    "VALUES ('An exercise', 'To do', :category, 'How was it?')"
)
COACH = text(
    "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
    "VALUES ('tests', :subject, :subject, 'coach')"
)
PROFILE = text(
    "INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email) "
    "VALUES (CAST(:owner AS text), 'A', 'B', CAST(:owner AS text) || '@example.org') "
    "ON CONFLICT DO NOTHING"
)
ASSIGNMENT = text(
    "INSERT INTO northlight_auth.assignment (coach_id, system, owner, valid) "
    "SELECT c.id, 'playbook', CAST(:owner AS text), tstzrange('2024-01-01', NULL) FROM ("
    "  SELECT p.id, row_number() OVER (ORDER BY p.subject) - 1 AS place, count(*) OVER () AS many "
    "  FROM northlight_auth.person p WHERE p.issuer = 'tests') c "
    "WHERE c.place = :number % c.many AND NOT EXISTS ("
    "  SELECT FROM northlight_auth.assignment a WHERE a.owner = CAST(:owner AS text))"
)
RESPONSE = text(
    "INSERT INTO playbook.exercise_responses "
    "(exercise_id, user_id, response_text, sentiment_score, created_at) "
    "SELECT (SELECT e.id FROM playbook.exercises e WHERE e.category = :category LIMIT 1), :owner, "
    "  :said, :mood, CAST(:day AS date)::timestamp AT TIME ZONE 'UTC' + n * interval '1 hour' "
    "FROM generate_series(0, :rows - 1) n"
)
SESSION = text(
    "INSERT INTO playbook.user_sessions (user_id, session_type, start_time, completion_status) "
    "VALUES (:owner, :session, CAST(:day AS date)::timestamp AT TIME ZONE 'UTC', 'completed')"
)
