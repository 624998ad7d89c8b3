"""The coaching programme as rows: texts in, rows of the schema `playbook` out."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from demo.people import BEGAN, COACHES, FOLDER, Person, coach_id, exercises, people
from demo.rows import Columns, Rows, stable_id


def coaching(folder: Path = FOLDER) -> list[Rows]:
    """The whole programme as rows, a table after those it refers to."""
    everybody = people(folder)
    return [
        _profiles(everybody),
        _exercises(exercises(folder)),
        _responses(everybody),
        _entries(everybody),
        _sessions(everybody),
        _avatar(everybody),
    ]


def _profiles(everybody: list[Person]) -> Rows:
    columns: Columns = (
        "id",
        "user_id",
        "first_name",
        "last_name",
        "email",
        "preferences",
        "created_at",
    )
    rows: list[tuple[Any, ...]] = []
    for coach, (first, last) in COACHES.items():
        user_id = coach_id(coach)
        email = f"{user_id.replace('-', '.')}@example.org"
        identity = (stable_id("person", user_id), user_id, first, last, email)
        rows.append((*identity, {"role": "coach"}, BEGAN))
    rows += map(_client, everybody)
    return Rows("playbook.user_profiles", columns, ("id",), rows)


def _client(person: Person) -> tuple[Any, ...]:
    about = person.about
    preferences = {
        "role": "client",
        "coach": coach_id(about["coach"]),
        "timezone": about["timezone"],
        "focus": about["focus"],
    }
    names = (about["first_name"], about["last_name"], about["email"])
    joined = person.at(f"{about['joined_day']}T00:00")
    key = stable_id("person", person.user_id)
    return (key, person.user_id, *names, preferences, joined)


def _exercises(written: list[dict[str, Any]]) -> Rows:
    columns: Columns = ("id", "title", "description", "category", "question", "prompt_type")
    columns += ("display_order", "estimated_time_minutes", "metadata", "created_at")
    rows = [
        (
            stable_id("exercise", exercise["slug"]),
            *(exercise[name] for name in ("title", "description", "category", "question")),
            "text",
            place,
            exercise["minutes"],
            {"slug": exercise["slug"]},
            BEGAN,
        )
        for place, exercise in enumerate(written, start=1)
    ]
    return Rows("playbook.exercises", columns, ("id",), rows)


def _responses(everybody: list[Person]) -> Rows:
    columns: Columns = ("id", "exercise_id", "user_id", "response_text", "mood", "tags")
    columns += ("completion_time_seconds", "confidence_rating", "sentiment_score", "created_at")
    rows = [
        (
            person.response_id(number),
            stable_id("exercise", told["exercise"]),
            person.user_id,
            *(told[name] for name in ("text", "mood", "tags")),
            told["minutes"] * 60,
            told["confidence"],
            told["sentiment"],
            person.at(told["at"]),
        )
        for person in everybody
        for number, told in enumerate(person.items("response"), start=1)
    ]
    return Rows("playbook.exercise_responses", columns, ("id",), rows)


def _entries(everybody: list[Person]) -> Rows:
    columns: Columns = ("id", "user_id", "exercise_response_id", "title", "content", "category")
    columns += ("mood", "tags", "is_highlight", "created_at")
    rows = [
        (
            stable_id("entry", person.user_id, told["title"]),
            person.user_id,
            person.response_id(told["from"]) if "from" in told else None,
            *(told[name] for name in ("title", "text", "category", "mood", "tags", "highlight")),
            person.at(told["at"]),
        )
        for person in everybody
        for told in person.items("entry")
    ]
    return Rows("playbook.playbook_entries", columns, ("id",), rows)


def _sessions(everybody: list[Person]) -> Rows:
    columns: Columns = (
        "id",
        "user_id",
        "session_type",
        "start_time",
        "end_time",
        "duration_seconds",
    )
    columns += ("exercise_ids", "mood", "notes", "completion_status", "created_at")
    rows = [row for person in everybody for row in (*_answering(person), *_held(person))]
    return Rows("playbook.user_sessions", columns, ("id",), rows)


def _answering(person: Person) -> Iterator[tuple[Any, ...]]:
    """A session for each response, which ends it, unless the file tells of the session itself."""
    written = [
        told for session in person.items("session") for told in _answered_in(person, session)
    ]
    for number, told in enumerate(person.items("response"), start=1):
        if told in written:
            continue
        end, length = person.at(told["at"]), timedelta(minutes=told["minutes"])
        yield (
            stable_id("session", person.response_id(number)),
            person.user_id,
            "exercise",
            # In UTC: subtracting on a local clock ignores a change of the hour.
            end.astimezone(UTC) - length,
            end,
            told["minutes"] * 60,
            [stable_id("exercise", told["exercise"])],
            told["mood"],
            None,
            "completed",
            end,
        )


def _held(person: Person) -> Iterator[tuple[Any, ...]]:
    """The sessions the file tells of; one that is only started or paused has no end yet."""
    for told in person.items("session"):
        start = person.at(told["at"])
        ended = told["status"] in {"completed", "abandoned"}
        yield (
            _session_id(person, told),
            person.user_id,
            told["kind"],
            start,
            start.astimezone(UTC) + timedelta(minutes=told["minutes"]) if ended else None,
            told["minutes"] * 60 if told["status"] != "started" else None,
            [stable_id("exercise", answer["exercise"]) for answer in _answered_in(person, told)],
            told.get("mood"),
            told.get("notes"),
            told["status"],
            start,
        )


def _answered_in(person: Person, session: dict[str, Any]) -> list[dict[str, Any]]:
    """The responses written during an exercise session that the file tells of."""
    start = person.at(session["at"])
    end = start + timedelta(minutes=session["minutes"])
    return [
        response
        for response in person.items("response")
        if session["kind"] == "exercise" and start <= person.at(response["at"]) <= end
    ]


def _session_id(person: Person, told: dict[str, Any]) -> UUID:
    return stable_id("session", person.user_id, told["at"], told["kind"])


def _avatar(everybody: list[Person]) -> Rows:
    columns: Columns = ("id", "user_id", "session_id", "user_message", "avatar_response")
    columns += ("interaction_type", "sentiment_score", "created_at")
    rows = [
        (
            stable_id("avatar", person.user_id, told["at"]),
            person.user_id,
            _chat_around(person, told),
            *(told[name] for name in ("message", "reply", "kind", "sentiment")),
            person.at(told["at"]),
        )
        for person in everybody
        for told in person.items("avatar")
    ]
    return Rows("playbook.avatar_interactions", columns, ("id",), rows)


def _chat_around(person: Person, exchange: dict[str, Any]) -> UUID | None:
    """The person's avatar session in which the exchange fell, if the file tells of one."""
    moment = person.at(exchange["at"])
    for told in person.items("session"):
        start = person.at(told["at"])
        within = start <= moment <= start + timedelta(minutes=told["minutes"])
        if told["kind"] == "avatar_chat" and within:
            return _session_id(person, told)
    return None
