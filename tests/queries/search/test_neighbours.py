"""Neighbours: the same rows, in the same order, as numpy finds."""

import numpy as np
import pytest

from queries.collection import Collection
from queries.embeddings.spaces import active_space
from queries.embeddings.vectors import embeddings
from queries.errors import NoEmbedding, NoSuchRow, NotEmbedded
from queries.filters import Filters
from queries.gate import Gate
from queries.search.neighbours import of_row
from tests.world import Row, embedded_world, make_world, rows


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return embedded_world(gate)


@pytest.mark.parametrize("row_id", ["row-00000", "row-00017", "row-00047"])
def test_the_nearest_rows_are_those_of_numpy(
    gate: Gate, collection: Collection, row_id: str
) -> None:
    ids, vectors = embeddings(gate, collection, active_space(gate, collection))
    distance = 1 - vectors @ vectors[ids.index(row_id)]
    found = of_row(gate, collection, row_id, Filters(), 10)
    nearest = np.sort(np.delete(distance, ids.index(row_id)))[:10]
    assert np.allclose(found["distance"], nearest, atol=1e-3)


def test_a_row_is_not_its_own_neighbour(gate: Gate, collection: Collection) -> None:
    found = of_row(gate, collection, "row-00000", Filters(), 47)
    assert "row-00000" not in set(found["row_id"])
    assert len(found) == 47


def test_a_copy_of_a_row_is_its_nearest_neighbour(gate: Gate) -> None:
    same = [Row(f"same-{n}", "Exactly this.", "x", "o") for n in range(3)]
    found = of_row(gate, embedded_world(gate, [*rows(), *same]), "same-1", Filters(), 2)
    assert set(found["row_id"]) == {"same-0", "same-2"}


def test_neighbours_stay_within_the_filters(gate: Gate, collection: Collection) -> None:
    only = Filters(equals=(("topic", ("money",)),))
    found = of_row(gate, collection, "row-00000", only, 48)
    assert set(found["topic"]) == {"money"}
    assert len(found) == 8


@pytest.mark.parametrize("row_id", ["", "nope", "'; DROP TABLE x", "😀"])
def test_a_row_that_is_not_there_is_told_by_its_id(
    gate: Gate, collection: Collection, row_id: str
) -> None:
    with pytest.raises(NoSuchRow, match="has no row with the id"):
        of_row(gate, collection, row_id, Filters(), 5)


@pytest.mark.parametrize("ids", ["uuid", "integer", "bigint"])
def test_an_id_that_cannot_be_one_of_the_table_is_no_such_row(gate: Gate, ids: str) -> None:
    made = embedded_world(gate, rows(ids=ids), ids=ids)
    with pytest.raises(NoSuchRow):
        of_row(gate, made, "not an id", Filters(), 5)


def test_a_row_without_an_embedding_is_told_apart_from_no_row(gate: Gate) -> None:
    made = embedded_world(gate, [*rows()[:4], Row("empty", " ", "x", "o")])
    with pytest.raises(NoEmbedding, match="has no embedding"):
        of_row(gate, made, "empty", Filters(), 5)


def test_a_collection_that_is_not_embedded_says_what_to_run(gate: Gate) -> None:
    with pytest.raises(NotEmbedded):
        of_row(gate, make_world(gate.engine), "row-00000", Filters(), 5)
