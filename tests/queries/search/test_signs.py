"""Searches by the signs of vectors: they stand beside every vector, and lose nothing of note."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from sqlalchemy import select

from clients.embedder import StaticEmbedder
from jobs.search import cutoff
from jobs.search.search import find
from queries.collection import Collection
from queries.collections import view_sql
from queries.collections.views import remake
from queries.embeddings import vector_index
from queries.embeddings.signs import signs_sql
from queries.embeddings.spaces import active_space
from queries.embeddings.vectors import aim
from queries.filters import Filters
from queries.gate import Gate, writing
from queries.search import path
from queries.search.explained import explained
from queries.search.nearest import BY_SIGNS, BY_SIGNS_EACH, EXACT, SURE, Way, nearest_rows
from queries.search.neighbours import of_row
from tests.world import embed_all, embedded_world, lowered, make_world, rows, run_sql

ALL = Filters()
SLEEP = Filters(equals=(("topic", ("sleep",)),))
STORED = "row_id, signs FROM northlight.{signs} ORDER BY row_id"


@contextmanager
def by_signs() -> Iterator[None]:
    """Small worlds searched by signs, as those of some ten thousand rows are."""
    few = lowered(path, "INDEX_FROM_ROWS", 0), lowered(path, "EXACT_UP_TO", 0)
    with few[0], few[1], lowered(path, "EXACT_SHARE", 0), lowered(cutoff, "INDEX_FROM_ROWS", 1):
        yield


@pytest.fixture(scope="module")
def signed(gate: Gate) -> Collection:
    made = make_world(gate.engine, rows(pairs=28))
    with by_signs():
        embed_all(gate, made)
    return made


def stored(gate: Gate, collection: Collection) -> tuple[object, object]:
    """The signs there are, and those that there should be."""
    space = active_space(gate, collection)
    signs = signs_sql("embedding", space.dimensions)
    of_vectors = f"row_id, {signs} FROM northlight.{space.partition} "
    of_vectors += "WHERE embedding IS NOT NULL ORDER BY row_id"
    there = (
        run_sql(gate.engine, f"SELECT {one.format(signs=space.signs)}")
        for one in (STORED, of_vectors)
    )
    return next(there), next(there)


def test_every_vector_has_its_signs_whatever_becomes_of_its_row(gate: Gate) -> None:
    made = embedded_world(gate)
    for change in (
        f"UPDATE {made.table} SET body = body || ' Indeed.' WHERE topic = 'sleep'",
        f"UPDATE {made.table} SET body = '' WHERE topic = 'money'",
        f"DELETE FROM {made.table} WHERE topic = 'work'",
    ):
        run_sql(gate.engine, change)
        embed_all(gate, made)
        signs, expected = stored(gate, made)
        assert signs == expected
        assert signs


def test_a_space_learns_whether_signs_tell_its_vectors_apart(
    gate: Gate, signed: Collection
) -> None:
    assert active_space(gate, signed).signed
    assert not active_space(gate, embedded_world(gate)).signed  # too few rows to tell


@pytest.mark.parametrize("mode", ["hybrid", "meaning"])
@pytest.mark.parametrize("filters", [ALL, SLEEP])
def test_a_search_by_signs_finds_what_an_exact_one_finds(
    gate: Gate, signed: Collection, filters: Filters, mode: str
) -> None:
    def asked() -> list[tuple[str, float]]:
        found = find(gate, signed, "awake at night", StaticEmbedder(), filters, mode=mode, limit=12)
        return list(zip(found.hits["row_id"], found.hits["distance"].round(6), strict=True))

    exactly = asked()
    with by_signs():
        assert asked() == exactly


def test_the_nearest_by_their_signs_are_compared_in_full(gate: Gate, signed: Collection) -> None:
    question = StaticEmbedder().embed(["awake at night"])[0]
    with gate.reading() as connection:
        aim(connection, question)
        exact, roughly = (
            [row.distance for row in connection.execute(nearest_rows(signed, [], 10, way))]
            for way in (EXACT, Way(40, rows_first=False, signs=True))
        )
    assert roughly == sorted(roughly)
    assert np.isin(np.round(roughly, 6), np.round(exact, 6)).mean() >= 0.8


def test_a_sample_tells_which_vectors_are_near(gate: Gate) -> None:
    made = embedded_world(gate)
    question = StaticEmbedder().embed(["awake at night"])[0]
    sampled = lowered(view_sql, "SAMPLED", 100), lowered(view_sql, "NEAR_ROWS", 15)
    with sampled[0], sampled[1], writing(gate.engine) as connection:
        remake(connection, made.name)
    with gate.reading() as connection:
        aim(connection, question)
        told = connection.execute(select(made.signs)).all()
    assert {row.near for row in told} == {sorted(row.unlike for row in told)[15]}
    assert 15 < sum(row.unlike <= row.near for row in told) < len(told)


def test_no_more_is_wanted_of_a_sample_than_it_tells_to_be_near(signed: Collection) -> None:
    def asks_the_sample(limit: int) -> bool:
        way = Way(BY_SIGNS, rows_first=False, signs=True)
        return f"{signed.name}__signs.near" in str(nearest_rows(signed, [], limit, way))

    few = int(view_sql.NEAR_ROWS / SURE / BY_SIGNS_EACH)
    assert [asks_the_sample(limit) for limit in (10, few, few + 1)] == [True, True, False]


def test_the_more_are_wanted_the_more_are_compared_in_full(signed: Collection) -> None:
    def compared(limit: int) -> bool:
        way = Way(BY_SIGNS, rows_first=False, signs=True)
        most = max(BY_SIGNS, BY_SIGNS_EACH * limit)
        return f"LIMIT {most}" in str(nearest_rows(signed, [], limit, way))

    assert all(compared(limit) for limit in (10, 100, 1000))


def test_of_few_vectors_all_are_near(gate: Gate, signed: Collection) -> None:
    with gate.reading() as connection:
        aim(connection, StaticEmbedder().embed(["awake at night"])[0])
        assert set(connection.execute(select(signed.signs.c.near)).scalars()) == {np.inf}


@pytest.mark.parametrize("parent", ["embedding", "sign"])
def test_what_finds_a_row_begins_with_the_row(gate: Gate, signed: Collection, parent: str) -> None:
    space = active_space(gate, signed)
    key = f"SELECT pg_get_indexdef('northlight.{parent}_{space.id}_pkey'::regclass)"
    assert "(row_id, space_id)" in run_sql(gate.engine, key)[0][0]


def test_neighbours_by_signs_are_those_found_exactly(gate: Gate, signed: Collection) -> None:
    exactly = list(of_row(gate, signed, "row-00003", SLEEP, 9)["row_id"])
    with by_signs():
        assert list(of_row(gate, signed, "row-00003", SLEEP, 9)["row_id"]) == exactly


def test_a_filtered_search_by_signs_is_complete(gate: Gate, signed: Collection) -> None:
    with by_signs():
        found = find(gate, signed, "the server", StaticEmbedder(), SLEEP, mode="meaning", limit=36)
    assert len(found.hits) == 36


def test_it_is_told_that_signs_were_compared(gate: Gate, signed: Collection) -> None:
    question = StaticEmbedder().embed(["sleep"])[0]
    with by_signs():
        told = explained(gate, signed, "sleep", question, ALL, "meaning", 10)
    assert told.path == "signs"
    assert told.recall == 1
    assert signed.signs.name in told.statement


def test_vectors_with_signs_have_no_index_until_there_are_very_many(gate: Gate) -> None:
    made = make_world(gate.engine, rows(pairs=28))
    with by_signs(), lowered(vector_index, "INDEX_FROM_ROWS", 1):
        with lowered(cutoff, "SIGNED_FROM", 2):
            assert embed_all(gate, made).index is not None
        run_sql(gate.engine, f"UPDATE {made.table} SET body = body || ' Indeed.'")
        assert embed_all(gate, made).index is None
        name = f"northlight.{active_space(gate, made).partition}_hnsw"
        assert run_sql(gate.engine, "SELECT to_regclass(:name)", name=name) == [(None,)]
        with lowered(vector_index, "LINKED_FROM_ROWS", 1):
            assert embed_all(gate, made).index is not None
