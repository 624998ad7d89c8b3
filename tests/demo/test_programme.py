"""The coaching texts: enough of them, each written once, all of them in place."""

import re
from collections import Counter
from datetime import UTC, timedelta
from itertools import chain

import pytest

from demo.people import COACHES, DAYS, FIRST_DAY, Person, coach_id, exercises, people
from demo.programme import coaching
from demo.rows import Rows

TEXTS = {
    "response": ("text",),
    "entry": ("text",),
    "avatar": ("message", "reply"),
    "session": ("notes",),
}


@pytest.fixture(scope="module")
def everybody() -> list[Person]:
    return people()


@pytest.fixture(scope="module")
def rows() -> dict[str, Rows]:
    return {rows.table: rows for rows in coaching()}


def test_sixty_people_have_three_coaches(everybody: list[Person]) -> None:
    coaches = Counter(person.about["coach"] for person in everybody)
    assert len(everybody) == 60
    assert coaches == dict.fromkeys(COACHES, 20)


def test_there_are_twenty_four_exercises_and_all_are_answered(everybody: list[Person]) -> None:
    slugs = {exercise["slug"] for exercise in exercises()}
    answered = {r["exercise"] for person in everybody for r in person.items("response")}
    assert len(slugs) == 24
    assert answered == slugs


def test_there_are_at_least_four_hundred_responses(everybody: list[Person]) -> None:
    assert sum(len(person.items("response")) for person in everybody) >= 400


def test_no_sentence_occurs_twice(everybody: list[Person]) -> None:
    assert [s for s, times in Counter(all_sentences(everybody)).items() if times > 1] == []


def test_everything_happens_within_twenty_six_weeks(everybody: list[Person]) -> None:
    days = [
        int(item["at"].partition("T")[0])
        for person in everybody
        for kind in TEXTS
        for item in person.items(kind)
    ]
    assert min(days) >= 0
    assert max(days) == DAYS - 1 or max(days) >= 25 * 7
    assert max(days) < DAYS


def test_responses_are_in_the_order_of_time(everybody: list[Person]) -> None:
    for person in everybody:
        times = [person.at(response["at"]) for response in person.items("response")]
        assert times == sorted(times), person.user_id


def test_the_programme_begins_on_a_monday_where_the_person_lives() -> None:
    amara = Person("amara", {"person": {"timezone": "Asia/Tokyo"}})
    began = amara.at("0T08:00")
    assert FIRST_DAY.weekday() == 0
    assert began.isoformat() == "2026-02-16T08:00:00+09:00"


def test_a_clock_change_moves_the_hour_not_the_day() -> None:
    person = Person("p", {"person": {"timezone": "Europe/Lisbon"}})
    before, after = person.at("160T09:00"), person.at("161T09:00")
    assert (before.hour, after.hour) == (9, 9)
    assert after.astimezone(UTC) - before.astimezone(UTC) == timedelta(hours=25 - 1)


def test_ids_are_unique_and_the_same_each_time(rows: dict[str, Rows]) -> None:
    again = {rows.table: rows for rows in coaching()}
    for table, found in rows.items():
        ids = [row[0] for row in found.rows]
        assert len(set(ids)) == len(ids), table
        assert ids == [row[0] for row in again[table].rows]


def test_every_response_is_in_exactly_one_exercise_session(rows: dict[str, Rows]) -> None:
    sessions = [row for row in rows["playbook.user_sessions"].rows if row[2] == "exercise"]
    for response in rows["playbook.exercise_responses"].rows:
        exercise, person, at = response[1], response[2], response[9]
        around = [
            row
            for row in sessions
            if row[1] == person and exercise in row[6] and row[3] <= at <= (row[4] or at)
        ]
        assert len(around) == 1, (person, at)


def test_a_coach_has_a_profile_too(rows: dict[str, Rows]) -> None:
    profiles = {row[1]: row[5] for row in rows["playbook.user_profiles"].rows}
    assert profiles[coach_id("ines")] == {"role": "coach"}
    assert {profiles[p["coach"]]["role"] for p in profiles.values() if "coach" in p} == {"coach"}


def all_sentences(everybody: list[Person]) -> list[str]:
    """Every sentence of more than four words in the whole demo, without case and blanks."""
    texts = (
        item[name]
        for person in everybody
        for kind, names in TEXTS.items()
        for item in person.items(kind)
        for name in names
        if item.get(name)
    )
    sentences = chain.from_iterable(re.split(r"[.!?]+\s|[.!?]+$|\n\n", text) for text in texts)
    plain = (" ".join(sentence.lower().split()) for sentence in sentences)
    return [sentence for sentence in plain if sentence.count(" ") >= 4]
