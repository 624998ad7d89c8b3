"""Vectors in and out in PostgreSQL's binary format, and what the database refuses."""

import struct
from uuid import uuid4

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from sqlalchemy import Engine

from queries.collection import Collection
from queries.embeddings import embed as store
from queries.embeddings.spaces import Space, ensure_space
from queries.embeddings.vectors import Embedded, copy_in, embedding_of, embeddings
from queries.errors import DimensionError, NoEmbedding, NoSuchRow
from queries.gate import Gate, writing
from tests.world import Row, declare, embedded_world, make_table, make_world, rows, run_sql, unit

DIMENSIONS = 7
DIRECTIONS = hnp.arrays(np.float64, (4, DIMENSIONS), elements=st.floats(-1, 1, width=32)).filter(
    lambda found: bool((np.linalg.norm(found, axis=1) > 0.01).all())
)


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return make_world(gate.engine, [Row(f"r{n}", "text", "x", "o") for n in range(4)])


@pytest.fixture(scope="module")
def space(gate: Gate, collection: Collection) -> Space:
    return ensure_space(gate.engine, collection, "test-7", DIMENSIONS)


def keep(
    engine: Engine, collection: Collection, space: Space, vectors: NDArray[np.float32]
) -> None:
    there = [Embedded(f"r{n}", uuid4(), vector) for n, vector in enumerate(vectors)]
    store.store(engine, collection, space, there)


@given(DIRECTIONS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_stored_comes_back_as_the_nearest_half_precision_number(
    gate: Gate, collection: Collection, space: Space, directions: NDArray[np.float64]
) -> None:
    vectors = unit(directions)
    keep(gate.engine, collection, space, vectors)
    ids, found = embeddings(gate, collection, space)
    assert ids == ["r0", "r1", "r2", "r3"]
    assert np.array_equal(found, vectors.astype(np.float16).astype(np.float32))


def test_half_precision_keeps_cosine_distances_to_a_thousandth(
    gate: Gate, collection: Collection, space: Space
) -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(4, DIMENSIONS)))
    keep(gate.engine, collection, space, vectors)
    _, found = embeddings(gate, collection, space)
    assert np.abs(found @ found.T - vectors @ vectors.T).max() < 1e-3


def test_embeddings_come_as_one_contiguous_float32_array(
    gate: Gate, collection: Collection, space: Space
) -> None:
    _, found = embeddings(gate, collection, space)
    assert found.dtype == np.float32
    assert found.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize("vector", [np.zeros(DIMENSIONS), np.full(DIMENSIONS, 0.1), np.ones(7)])
def test_the_database_refuses_what_is_not_of_unit_length(
    gate: Gate, collection: Collection, space: Space, vector: NDArray[np.float64]
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="unit_length"):
        keep(gate.engine, collection, space, vector[None].astype(np.float32))


def test_the_database_refuses_other_dimensions(
    gate: Gate, collection: Collection, space: Space
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="right_dimensions"):
        keep(gate.engine, collection, space, np.eye(1, 5, dtype=np.float32))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_database_refuses_what_is_not_finite(
    gate: Gate, collection: Collection, space: Space, value: float
) -> None:
    vector = np.full((1, DIMENSIONS), value, dtype=np.float32)
    with pytest.raises(psycopg.errors.DataException):
        keep(gate.engine, collection, space, vector)


def test_a_refused_batch_stores_nothing(gate: Gate, collection: Collection, space: Space) -> None:
    before = embeddings(gate, collection, space)[1]
    mixed = np.vstack([np.eye(1, DIMENSIONS), np.zeros((1, DIMENSIONS))]).astype(np.float32)
    with pytest.raises(psycopg.errors.CheckViolation):
        keep(gate.engine, collection, space, mixed)
    assert np.array_equal(embeddings(gate, collection, space)[1], before)


def test_a_second_embedding_of_other_dimensions_is_another_model(
    gate: Gate, collection: Collection, space: Space
) -> None:
    with pytest.raises(DimensionError, match="have 7 dimensions, the vector has 9"):
        ensure_space(gate.engine, collection, space.model, 9)


@given(
    st.text(max_size=30)
    .filter(lambda said: "\0" not in said)
    .map(lambda s: s.encode("utf-8", "ignore").decode())
)
@settings(max_examples=30, deadline=None)
def test_ids_and_reasons_in_any_script_survive_the_binary_format(
    gate: Gate, space: Space, said: str
) -> None:
    with writing(gate.engine) as connection:
        connection.exec_driver_sql(
            "CREATE TEMPORARY TABLE there (space_id integer, row_id text, content_hash uuid, "
            "embedding halfvec, refused text) ON COMMIT DROP"
        )
        copy_in(connection, "there", [Embedded(said, uuid4(), None, said)], space)
        found = connection.exec_driver_sql("SELECT row_id, embedding, refused FROM there").one()
    assert tuple(found) == (said, None, said)


def test_the_embedding_of_a_row_is_the_stored_one(
    gate: Gate, collection: Collection, space: Space
) -> None:
    vectors = unit(np.random.default_rng(2).normal(size=(4, DIMENSIONS)))
    keep(gate.engine, collection, space, vectors)
    found = embedding_of(gate, collection, space, "r2")
    assert np.array_equal(found, vectors[2].astype(np.float16).astype(np.float32))


def test_a_row_that_is_not_there_has_its_own_error(
    gate: Gate, collection: Collection, space: Space
) -> None:
    with pytest.raises(NoSuchRow, match="no row with the id 'r9'"):
        embedding_of(gate, collection, space, "r9")


def test_a_row_without_text_is_told_as_such(gate: Gate) -> None:
    made = embedded_world(gate, [*rows()[:5], Row("empty", None, "x", "o")])
    from queries.embeddings.spaces import active_space

    with pytest.raises(NoEmbedding, match="has no embedding: it has no text"):
        embedding_of(gate, made, active_space(gate, made), "empty")


@pytest.mark.parametrize("column", ["vector(3)", "halfvec(3)"])
def test_a_column_in_place_is_read_as_directions(gate: Gate, column: str) -> None:
    name = make_table(gate.engine, rows()[:4], column=column)
    for number, vector in enumerate(["[2,0,0]", "[0,300,0]", "[0,0,0]"]):
        update = f"UPDATE {name} SET vector = :vector WHERE id = 'row-0000{number}'"
        run_sql(gate.engine, update, vector=vector)
    made = declare(gate, name, embedding="vector")
    from queries.embeddings.spaces import active_space

    ids, found = embeddings(gate, made, active_space(gate, made))
    assert ids == ["row-00000", "row-00001"]
    assert np.array_equal(found, [[1, 0, 0], [0, 1, 0]])


def test_a_record_is_what_postgresql_documents() -> None:
    from queries.embeddings.vectors import _records

    space = Space(5, 1, "m", 2, "own", True, True)
    row = Embedded("ä", uuid4(), np.array([1, 0], np.float32))
    record = b"".join(_records([row], space))
    assert record[:10] == struct.pack(">hii", 5, 4, 5)
    assert record[-16:] == struct.pack(">ihhee", 8, 2, 0, 1.0, 0.0) + struct.pack(">i", -1)
