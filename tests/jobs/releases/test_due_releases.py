"""A worker asks for the release of each closed week by itself, once."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import Engine

from analysis.release_rule import Rule
from analysis.suppression import Decision, decide
from jobs.errors import JobError
from jobs.releases.release import make_release
from jobs.worker.kinds import KINDS, Work
from jobs.worker.watch import Watch
from queries.catalog import collection_named
from queries.gate import Gate
from queries.queue import jobs
from queries.releases.due_releases import due
from queries.releases.release_people import NotReleasable
from queries.releases.releases import last_closed_week, releases
from tests.programme import Answer, programme, responses, write
from tests.world import quietly, run_sql

MAPPED = """
WITH space AS (INSERT INTO northlight.space (collection_id, model, dimensions, storage, half)
    SELECT id, 'x', 2, 'own', true FROM northlight.collection WHERE name IN ('responses', 'entries')
    ON CONFLICT (collection_id, model, storage) DO UPDATE SET half = true RETURNING *)
INSERT INTO northlight.run
    (collection_id, space_id, fingerprint, parameters, rows, unsorted, current)
    SELECT collection_id, id, 'x', '{}', 0, 0, true FROM space
"""
BEFORE = "timestamptz '2025-03-24 05:59+00'"  # a Monday, a minute before the week counts as over
AFTER = "timestamptz '2025-03-24 06:00+00'"


@pytest.fixture(scope="module")
def gate(engine: Engine) -> Gate:
    made = programme(engine)
    write(engine, [Answer(f"p{number}") for number in range(40)], date(2025, 3, 3))
    return made


def test_without_a_map_nobody_is_asked(gate: Gate) -> None:
    assert list(due(gate.engine, BEFORE)) == []


def test_every_week_from_the_first_release_on_is_due_when_it_is_over(gate: Gate) -> None:
    run_sql(gate.engine, MAPPED)
    assert list(due(gate.engine, BEFORE)) == [("responses", date(2025, 3, 10))]
    rule = Rule(people=20)
    make_release(gate, responses(gate), quietly, week=date(2025, 3, 3), rule=rule)
    assert list(due(gate.engine, AFTER)) == [("responses", date(2025, 3, 10))]


def test_a_week_that_failed_is_tried_again_the_next_day(gate: Gate) -> None:
    jobs.ask(gate.engine, "release", "responses", {"week": "2025-03-10"})
    assert list(due(gate.engine, AFTER)) == [("responses", date(2025, 3, 17))]
    run_sql(gate.engine, f"UPDATE northlight.job SET state = 'failed', finished_at = {AFTER}")
    soon, late = f"{AFTER} + interval '23 hours'", f"{AFTER} + interval '25 hours'"
    assert list(due(gate.engine, soon)) == [("responses", date(2025, 3, 17))]
    assert list(due(gate.engine, late)) == [("responses", date(2025, 3, 10))]


def test_what_the_worker_asks_for_is_made_once_by_the_rule_before(gate: Gate) -> None:
    run_sql(gate.engine, "DELETE FROM northlight.job")
    assert "release of responses, week of 2025-03-10" in Watch(every=0).look(gate)
    (job,) = jobs.jobs(gate)
    for _ in range(2):
        KINDS["release"](Work(gate, responses(gate), job.arguments, quietly))
    everything = releases(gate)
    made = everything[everything["collection"] == "responses"]
    assert list(made["week"]) == [date(2025, 3, 10), date(2025, 3, 3)]
    assert {rule["people"] for rule in made["rule"]} == {20}
    assert "week of 2025-03-17" in Watch(every=0).look(gate)
    assert last_closed_week(gate.engine) > date(2025, 3, 17)


def test_only_responses_are_released_from(gate: Gate) -> None:
    with pytest.raises(NotReleasable):
        make_release(gate, collection_named(gate, "entries"), quietly)


def test_a_week_beside_which_a_hidden_cell_could_be_guessed_is_held_back(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(releases(gate))

    def exposing(*told: object) -> Decision:
        return replace(decide(*told), exposed=np.array([3]))  # type: ignore[arg-type]

    monkeypatch.setattr("jobs.releases.release.decide", exposing)
    with pytest.raises(JobError, match="held back: beside earlier releases 1 hidden"):
        make_release(gate, responses(gate), quietly, week=date(2025, 3, 17))
    assert len(releases(gate)) == before
