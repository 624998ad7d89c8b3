"""Which rows belong together, and why two are similar."""

import pytest

from clients.embedder import StaticEmbedder
from jobs.similar import groups, why
from queries.collection import Collection
from queries.errors import NoSuchRow
from queries.gate import Gate
from tests.world import Row, embedded_world, quietly

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
    found = groups(gate, collection, 0.7, None, quietly)
    same = [set(group.ids) for group in found.groups if group.kind == "near-duplicates"]
    assert {"a1", "a2"} in same
    assert {"b1", "b2"} in same
    assert found.complete


def test_a_family_is_wider_and_not_told_twice(gate: Gate, collection: Collection) -> None:
    found = groups(gate, collection, 0.7, None, quietly)
    wide = [set(group.ids) for group in found.groups if group.kind == "family"]
    assert wide == [{"a1", "a2", "a3"}]


def test_groups_can_be_asked_for_across_owners(gate: Gate, collection: Collection) -> None:
    found = groups(gate, collection, 0.7, "owner", quietly)
    assert {group.ids[0][0] for group in found.groups} == {"a"}


def test_an_empty_collection_has_no_groups(gate: Gate) -> None:
    assert groups(gate, embedded_world(gate, []), 0.8, None, quietly).groups == []


def test_the_reasons_are_words_passages_and_neighbours(gate: Gate, collection: Collection) -> None:
    reasons = why(gate, collection, "a1", "a3", StaticEmbedder())
    assert "awake" in reasons.words
    assert reasons.passages is not None
    assert reasons.passages[0] == "I lay awake until three in the morning again."
    assert reasons.shared == 4
    assert reasons.sentence().startswith("Both have the words ")


def test_a_row_that_is_not_there_is_named(gate: Gate, collection: Collection) -> None:
    with pytest.raises(NoSuchRow, match="nobody"):
        why(gate, collection, "a1", "nobody", StaticEmbedder())
