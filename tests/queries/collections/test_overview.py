from datetime import UTC, datetime

from sqlalchemy import text

from queries.collection import Collection
from queries.collections import overview
from queries.gate import Gate, writing


def test_a_complete_collection_in_figures(world: Gate, notes: Collection) -> None:
    found = overview.summary(world, notes)
    assert (found.rows, found.embedded, found.refused, found.missing) == (91, 90, 1, 0)
    assert (found.owners, found.unsorted, found.newer) == (3, 5, 0)
    assert found.first == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert found.made.model == "wordllama-256"


def test_a_declared_collection_has_rows_and_nothing_else(world: Gate, bare: Collection) -> None:
    found = overview.summary(world, bare)
    assert (found.rows, found.embedded, found.missing, found.run_id) == (12, 0, 12, None)
    assert (found.owners, found.first, found.unsorted, found.newer) == (0, None, 0, 0)


def test_a_row_that_arrives_is_newer_than_the_map(world: Gate, notes: Collection) -> None:
    arrive = text("INSERT INTO public.notes (id, body, person) VALUES (200, 'new', 'dan')")
    with writing(world.engine) as connection:
        connection.execute(arrive)
    found = overview.summary(world, notes)
    with writing(world.engine) as connection:
        connection.execute(text("DELETE FROM public.notes WHERE id = 200"))
    assert (found.rows, found.missing, found.newer, found.owners) == (92, 1, 1, 4)


def test_the_version_tells_collections_and_states_apart(
    world: Gate, notes: Collection, bare: Collection
) -> None:
    versions = {overview.what_was_made(world, one).version for one in (notes, bare)}
    assert len(versions) == 2
