"""The vector index is built in as much memory as it takes, or says why it is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from queries.embeddings import vector_index
from queries.embeddings.spaces import Space, active_space
from queries.embeddings.vector_index import Place, build_index, graph_bytes, room
from queries.gate import Gate, outside_transaction, writing
from tests.world import embed_all, lowered, make_world, run_sql

ROWS = 8_000
DIRECTIONS = (
    "CREATE TABLE public.{name} AS SELECT (SELECT array_agg(random() - 0.5) "
    "FROM generate_series(1, {dimensions}) g WHERE g + n > 0)::real[]::vector({dimensions})"
    "::{kind}({dimensions}) AS embedding FROM generate_series(1, {rows}) n"
)


def space(kind: str, dimensions: int) -> Space:
    return Space(1, 1, "random", dimensions, "column", kind == "halfvec", True)


@pytest.mark.parametrize(("kind", "dimensions"), [("halfvec", 256), ("vector", 64)])
def test_the_memory_asked_for_holds_the_graph_and_half_of_it_does_not(
    gate: Gate, kind: str, dimensions: int
) -> None:
    name = f"random_{kind}_{dimensions}"
    made = {"name": name, "kind": kind, "dimensions": dimensions, "rows": ROWS}
    run_sql(gate.engine, DIRECTIONS.format(**made))
    with lowered(vector_index, "LEAST_ROOM", 0):
        wanted = graph_bytes(ROWS, space(kind, dimensions))
    place = Place(f"public.{name}", "embedding", kind)
    quick = lowered(vector_index, "EF_CONSTRUCTION", 2 * vector_index.LINKS)
    with quick, outside_transaction(gate.engine) as connection:
        assert not overfilled(connection, place, wanted)
        assert overfilled(connection, place, wanted // 2)


def overfilled(connection: Connection, place: Place, memory: int) -> bool:
    """Whether pgvector says that it went on without the graph in memory."""
    heard: list[str] = []
    driver: Any = connection.connection.driver_connection
    listener = lambda said: heard.append(said.message_primary)  # noqa: E731
    driver.add_notice_handler(listener)
    vector_index._build(
        connection,
        place,
        {"maintenance_work_mem": f"{memory // 1024}kB", "max_parallel_maintenance_workers": "0"},
    )
    driver.remove_notice_handler(listener)
    return any("no longer fits" in said for said in heard)


def test_the_room_is_a_quarter_of_the_memory_that_the_server_knows_of(gate: Gate) -> None:
    with writing(gate.engine) as connection:
        for setting in ("maintenance_work_mem = '64MB'", "effective_cache_size = '8GB'"):
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        assert room(connection) == 2 * 2**30
        connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '3GB'")
        assert room(connection) == 3 * 2**30


def test_an_index_that_memory_does_not_hold_is_built_and_says_what_would_help(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_index, "room", lambda _: 2**20)
    assert "Raise maintenance_work_mem" in " ".join(built(gate))


def test_where_shared_memory_is_short_one_process_builds(gate: Gate) -> None:
    """As a container with 64 MB of it answers a build by several."""
    with no_shared_memory(gate):
        said = built(gate)
    assert "with one process" in " ".join(said)


def built(gate: Gate) -> list[str]:
    """What was told while the index of a small world was built, as it was in the end."""
    collection, said = make_world(gate.engine), []
    embed_all(gate, collection)
    with lowered(vector_index, "INDEX_FROM_ROWS", 1):
        name = build_index(gate.engine, active_space(gate, collection), collection, said.append)
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"
    assert run_sql(gate.engine, valid, name=f"northlight.{name}") == [(True,)]
    return said


@contextmanager
def no_shared_memory(gate: Gate) -> Iterator[None]:
    """The server refuses the first build, as it does where the segment cannot be made."""
    refused: list[str] = []

    def refuse(
        _connection: object, _cursor: object, statement: str, parameters: object, *_: object
    ) -> tuple[str, object]:
        if refused or "USING hnsw" not in statement:
            return statement, parameters
        refused.append(statement)
        said = "could not resize shared memory segment: No space left on device"
        return f"DO $$ BEGIN RAISE '{said}' USING ERRCODE = '53100'; END $$", parameters

    event.listen(gate.engine, "before_cursor_execute", refuse, retval=True)
    try:
        yield
    finally:
        event.remove(gate.engine, "before_cursor_execute", refuse)
    assert refused


def test_other_faults_of_a_build_are_raised(gate: Gate) -> None:
    with outside_transaction(gate.engine) as connection:
        connection.execute(text("CREATE TABLE public.numbers (embedding int)"))
        place = Place("public.numbers", "embedding", "halfvec")
        with pytest.raises(Exception, match="halfvec_cosine_ops"):
            vector_index._built(connection, place, 2**26, lambda _: None)
