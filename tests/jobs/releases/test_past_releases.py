"""The past of a programme is released: every week that has texts, once, and its use."""

from datetime import date

import pytest
from sqlalchemy import Engine

from jobs.releases.past_releases import release_past
from jobs.worker.kinds import KINDS, Work
from queries.gate import Gate
from queries.releases.releases import releases
from tests.programme import WEEK, Answer, next_week, programme, responses, write
from tests.world import quietly

WRITTEN = (0, 1, 5)


@pytest.fixture(scope="module")
def gate(engine: Engine) -> Gate:
    """40 people in two weeks of one stretch and in one of the next."""
    made = programme(engine)
    for week in WRITTEN:
        write(engine, [Answer(f"p{number}") for number in range(40)], next_week(WEEK, week))
    return made


def weeks_of(gate: Gate, name: str) -> list[date]:
    found = releases(gate)
    return sorted(found[found["collection"] == name]["week"])


def test_every_week_with_texts_is_released_and_usage_by_four_weeks(gate: Gate) -> None:
    told = KINDS["past_releases"](Work(gate, responses(gate), {"weeks": 4}, quietly))
    assert weeks_of(gate, "responses") == [next_week(WEEK, week) for week in WRITTEN]
    assert weeks_of(gate, "responses_usage_4_weeks") == [date(2025, 2, 24), date(2025, 3, 24)]
    assert weeks_of(gate, "responses_usage") == []
    assert "releases of past weeks made, 0 were there before" in told


def test_what_is_there_stays_and_what_contradicts_it_is_told(gate: Gate) -> None:
    before = len(releases(gate))
    report = release_past(gate, responses(gate), quietly, weeks=1)
    assert (report.made, report.there) == (0, len(WRITTEN))
    assert all("same people" in told for told in report.held_back)
    assert len(report.held_back) == 2 * len(WRITTEN)
    assert len(releases(gate)) == before


def test_a_release_says_how_many_of_its_numbers_are_shown(gate: Gate) -> None:
    found = releases(gate)
    assert (found[found["collection"] == "responses"]["shown"] > 0).all()
