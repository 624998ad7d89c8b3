"""Which rows belong together, and why two are similar."""

import pytest

from clients.embedder import StaticEmbedder
from jobs.search.similar import groups, why
from queries.collection import Collection
from queries.errors import NoSuchRow, NotCompared
from queries.filters import Filters
from queries.gate import Gate
from tests.world import Row, embed_all, embedded_world, run_sql

THERE = [
    Row("a1", "I lay awake until three in the morning again.", "x", "ana"),
    Row("a2", "I lay awake until three in the morning again!", "y", "ben"),
    Row("a3", "Awake until three in the morning, again.", "x", "ana"),
    Row("b1", "The savings account pays no interest.", "x", "ana"),
    Row("b2", "The savings account pays no interest!", "x", "ana"),
    Row("c", "The server crashed because the disk was full.", "y", "cleo"),
]


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return embedded_world(gate, THERE)


def test_rows_that_say_the_same_are_near_duplicates(gate: Gate, collection: Collection) -> None:
    found = groups(gate, collection, Filters(), 0.7, None)
    same = [set(group.ids) for group in found.groups if group.kind == "near-duplicates"]
    assert {"a1", "a2"} in same
    assert {"b1", "b2"} in same
    assert found.complete


def test_a_family_is_wider_and_not_told_twice(gate: Gate, collection: Collection) -> None:
    found = groups(gate, collection, Filters(), 0.7, None)
    wide = [set(group.ids) for group in found.groups if group.kind == "family"]
    assert wide == [{"a1", "a2", "a3"}]


def test_groups_can_be_asked_for_across_owners(gate: Gate, collection: Collection) -> None:
    found = groups(gate, collection, Filters(), 0.7, "owner")
    assert {group.ids[0][0] for group in found.groups} == {"a"}


def test_both_rows_of_a_pair_meet_the_filters(gate: Gate, collection: Collection) -> None:
    one_topic = Filters(equals=(("topic", ("x",)),))
    pairs = groups(gate, collection, one_topic, 0.7, None).pairs
    assert len(pairs)
    assert not {*pairs["row_id"], *pairs["other_id"]} & {"a2", "c"}


def test_a_row_that_goes_takes_its_pairs_along(gate: Gate) -> None:
    made = embedded_world(gate, THERE)
    run_sql(gate.engine, f"DELETE FROM {made.table} WHERE id = 'a2'")
    embed_all(gate, made)
    pairs = groups(gate, made, Filters(), 0.7, None).pairs
    assert "a2" not in {*pairs["row_id"], *pairs["other_id"]}
    assert "b2" in {*pairs["row_id"], *pairs["other_id"]}


def test_a_pair_is_forgotten_from_either_side(gate: Gate) -> None:
    made = embedded_world(gate, THERE)
    run_sql(gate.engine, "DELETE FROM northlight.alike WHERE row_id = 'a1'")
    found = run_sql(gate.engine, "SELECT * FROM northlight.alike WHERE other_id = 'a1'")
    assert not found
    pairs = groups(gate, made, Filters(), 0.7, None).pairs
    assert "a1" not in {*pairs["row_id"], *pairs["other_id"]}


def test_rows_that_were_never_compared_are_named_with_the_cure(gate: Gate) -> None:
    made = embedded_world(gate, THERE)
    run_sql(gate.engine, "UPDATE northlight.space SET alike_from = NULL")
    with pytest.raises(NotCompared, match="--keep"):
        groups(gate, made, Filters(), 0.7, None)


def test_an_empty_collection_has_no_groups(gate: Gate) -> None:
    assert groups(gate, embedded_world(gate, []), Filters(), 0.8, None).groups == []


def test_the_reasons_are_words_passages_and_neighbours(gate: Gate, collection: Collection) -> None:
    reasons = why(gate, collection, "a1", "a3", StaticEmbedder())
    assert "awake" in reasons.words
    assert reasons.passages is not None
    assert reasons.passages[0] == "I lay awake until three in the morning again."
    assert reasons.shared == 4
    assert reasons.sentences()[0].startswith("Both have the words ")


def test_a_row_that_is_not_there_is_named(gate: Gate, collection: Collection) -> None:
    with pytest.raises(NoSuchRow, match="nobody"):
        why(gate, collection, "a1", "nobody", StaticEmbedder())
