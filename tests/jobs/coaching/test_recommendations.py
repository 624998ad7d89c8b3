"""What is recommended, and the reason that is given for it."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from clients.embedder import embedder_named
from demo.packages import installed
from jobs.coaching.recommendations import entries_for, exercises_for, lessons_for
from jobs.embed import embed
from jobs.starting.demo import load_demo
from queries.catalog import collection_named as named
from queries.catalog import declared_in, publish
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import WORKER, Gate, writing
from queries.rows import facets, rows
from tests.coaching import VARIANTS, in_place

CATALOG = Path(__file__).resolve().parents[3] / "catalog"
EMBEDDER = embedder_named(None)
MANY = 1000


@pytest.fixture(scope="module")
def demo(engine: Engine) -> Gate:
    """The demo content with its responses and entries embedded."""
    load_demo(engine, lambda *_: None, installed()[::3])
    publish(engine, declared_in([CATALOG]))
    gate = Gate(engine, WORKER)
    for name in ("responses", "entries"):
        embed(gate, named(gate, name), EMBEDDER, lambda *_: None)
    return gate


@pytest.fixture(scope="module")
def person(demo: Gate) -> str:
    owners = facets.owners(demo, named(demo, "responses"), Filters())
    return str(owners["value"].iloc[0])


def both(demo: Gate) -> tuple[Collection, Collection]:
    return named(demo, "responses"), named(demo, "entries")


def test_an_exercise_that_was_answered_is_not_recommended(demo: Gate, person: str) -> None:
    responses = named(demo, "responses")
    done = facets.counts(demo, responses, "exercise", Filters(owner=person), MANY)["value"]
    found = exercises_for(demo, named(demo, "responses"), person, EMBEDDER, MANY)
    assert found
    assert not {one.title for one in found} & set(done)
    assert len(found) + len(done) == 24


def test_the_reason_quotes_what_the_person_wrote(demo: Gate, person: str) -> None:
    mine = rows.newest(demo, named(demo, "responses"), Filters(owner=person), MANY)
    for one in exercises_for(demo, named(demo, "responses"), person, EMBEDDER):
        quote = one.because.split("“")[1].rstrip("”")
        assert any(quote in text for text in mine["text"])


def test_entries_are_highlights_of_others(demo: Gate, person: str) -> None:
    found = entries_for(demo, *both(demo), person, EMBEDDER, 5)
    entries = rows.by_ids(demo, named(demo, "entries"), [one.row_id for one in found])
    assert len(found) == 5
    assert (entries["owner"] != person).all()
    assert entries["is_highlight"].all()


def test_lessons_come_from_other_repositories(demo: Gate) -> None:
    patterns, lessons = named(demo, "patterns"), named(demo, "lessons")
    here = facets.counts(demo, patterns, "repository", Filters())["value"].iloc[0]
    found = lessons_for(demo, patterns, lessons, here, EMBEDDER)
    assert found
    assert not [one for one in found if one.because.startswith(f"Learned in {here}.")]


def test_for_somebody_who_wrote_nothing_there_is_nothing(demo: Gate) -> None:
    assert exercises_for(demo, named(demo, "responses"), "nobody", EMBEDDER) == []
    assert entries_for(demo, *both(demo), "nobody", EMBEDDER) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_in_tables_found_in_place_exercises_are_those_beside_them(
    demo: Gate, variant: str, tmp_path: Path
) -> None:
    responses = in_place(demo.engine, variant, tmp_path)
    (left,) = exercises_for(demo, responses, "ana", EMBEDDER, MANY)
    assert left.title == "One plan"
    assert left.collection not in ("exercises", "responses")
    assert "Fits what they wrote on" in left.because
    with writing(demo.engine) as connection:
        connection.exec_driver_sql(
            f"UPDATE north_{variant}.exercises SET is_active = false WHERE title = 'One plan'"
        )
    assert exercises_for(demo, responses, "ana", EMBEDDER, MANY) == []


def test_without_a_collection_of_exercises_the_declaration_tells_them(
    demo: Gate, person: str
) -> None:
    responses = named(demo, "responses")
    renamed = tuple(replace(one, table=f"{one.table}_elsewhere") for one in responses.companions)
    found = exercises_for(demo, replace(responses, companions=renamed), person, EMBEDDER, MANY)
    usual = exercises_for(demo, responses, person, EMBEDDER, MANY)
    assert {one.title for one in found} == {one.title for one in usual}
