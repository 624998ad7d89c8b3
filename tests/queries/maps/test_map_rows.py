"""What a map is made of, and what changed since, told by the server."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import cast, column, select, values
from sqlalchemy.types import BigInteger, Text

from jobs.maps.map import make_map
from queries.access import consent
from queries.collection import Collection
from queries.embeddings import binary_copy
from queries.embeddings.binary_copy import BIGINT, copied
from queries.embeddings.spaces import active_space
from queries.gate import Gate
from queries.maps import map_rows
from queries.maps.fit_stages import FitStages
from queries.maps.runs import current_or_raise
from tests.world import Row, embed_all, embedded_world, quietly, rows, run_sql


@pytest.fixture(scope="module")
def mapped(gate: Gate) -> Collection:
    collection = embedded_world(gate, rows())
    make_map(gate, collection, quietly)
    return collection


def read(gate: Gate, collection: Collection) -> map_rows.Rows:
    return map_rows.everything(gate, collection, active_space(gate, collection))


def changes(gate: Gate, collection: Collection) -> map_rows.Changes:
    run = current_or_raise(gate, collection)
    return map_rows.changes(gate, collection, active_space(gate, collection), run)


def test_everything_comes_by_id_at_unit_length(gate: Gate, mapped: Collection) -> None:
    found = read(gate, mapped)
    assert found.ids == sorted(row.id for row in rows())
    assert np.linalg.norm(found.vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert (found.digests != 0).all()
    assert len(set(found.digests.tolist())) == len(found.ids)


def test_a_map_just_made_has_no_changes(gate: Gate, mapped: Collection) -> None:
    found = changes(gate, mapped)
    assert (found.arrived, found.gone, found.kept) == ([], [], len(rows()))


def test_new_removed_and_changed_rows_are_told_apart(gate: Gate) -> None:
    collection = embedded_world(gate, rows())
    make_map(gate, collection, quietly)
    table = collection.table
    for statement in (
        f"INSERT INTO {table} (id, body) VALUES ('new', 'Something else to say')",
        f"DELETE FROM {table} WHERE id = 'row-00001'",
        f"UPDATE {table} SET body = 'Bread and soup' WHERE id = 'row-00002'",
    ):
        run_sql(gate.engine, statement)
    embed_all(gate, collection)
    found = changes(gate, collection)
    assert found.arrived == ["new", "row-00002"]
    assert found.gone == ["row-00001", "row-00002"]
    space, run = active_space(gate, collection), current_or_raise(gate, collection)
    arrived, ground = map_rows.arrivals(gate, collection, space, run, found, 50)
    assert arrived.ids == ["new", "row-00002"]
    assert len(ground.vectors) == len(ground.points) == found.kept


def test_the_same_few_rows_are_drawn_to_place_others_by(gate: Gate, mapped: Collection) -> None:
    space, run = active_space(gate, mapped), current_or_raise(gate, mapped)
    found = map_rows.Changes([], [], len(rows()))
    drawn = [map_rows.arrivals(gate, mapped, space, run, found, 20)[1] for _ in range(2)]
    assert 0 < len(drawn[0].vectors) < len(rows())
    assert np.array_equal(*(np.sort(ground.points, axis=0) for ground in drawn))


def test_who_withdrew_from_research_is_on_no_map(gate: Gate) -> None:
    collection = embedded_world(gate, rows(), group="withdrawing")
    make_map(gate, collection, quietly)
    gone = {row.id for row in rows() if row.owner == "person-3"}
    consent.withdraw(gate.engine, "withdrawing", "person-3", "research")
    try:
        assert set(changes(gate, collection).gone) == gone
        assert not gone & set(read(gate, collection).ids)
        make_map(gate, collection, quietly)
        assert current_or_raise(gate, collection).rows == len(rows()) - len(gone)
    finally:
        consent.give(gate.engine, "withdrawing", "person-3", "research")
    assert set(changes(gate, collection).arrived) == gone


def test_rows_of_nobody_stay_when_somebody_withdraws(gate: Gate) -> None:
    there = [Row(row.id, row.text, row.topic, None) for row in rows()[:5]]
    collection = embedded_world(gate, there, group="withdrawing")
    consent.withdraw(gate.engine, "withdrawing", "person-1", "research")
    assert len(read(gate, collection).ids) == 5


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.text(max_size=40)), max_size=30))
def test_any_rows_come_through_a_copy(gate: Gate, told: list[tuple[int, str]]) -> None:
    told = [(number, said.replace("\x00", "")) for number, said in told] or [(1, "one")]
    told = [(n, s.encode("utf-8", "ignore").decode()) for n, s in told]
    table = values(column("n", BigInteger), column("s", Text), name="told").data(told)
    statement = select(cast(table.c.n, BigInteger), table.c.s)
    with gate.reading() as connection:
        found = [
            pair
            for block in copied(connection, statement, [BIGINT], rows=4)
            for pair in zip(block.fields["f0"].tolist(), block.ids, strict=True)
        ]
    assert sorted(found) == sorted(told)


def test_a_stream_cut_anywhere_has_the_same_rows(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = BytesIO()
    table = values(column("n", BigInteger), column("s", Text), name="told").data(
        [(number, "x" * number) for number in range(5)]
    )
    statement = select(table.c.n, table.c.s)
    with gate.reading() as connection:
        compiled = "COPY (SELECT n::bigint, repeat('x', n) FROM generate_series(0, 4) n) "
        with connection.connection.cursor().copy(compiled + "TO STDOUT (FORMAT binary)") as copy:
            stream.write(b"".join(bytes(part) for part in copy))
        whole = stream.getvalue()
        for size in (1, 2, 7, 30):
            parts = [whole[at : at + size] for at in range(0, len(whole), size)]
            with monkeypatch.context() as patched:
                patched.setattr(binary_copy, "_messages", lambda *_, parts=parts: iter(parts))
                found = [s for block in copied(connection, statement, [BIGINT]) for s in block.ids]
            assert found == ["x" * number for number in range(5)]


def test_a_stage_is_kept_until_another_fit_keeps_one(gate: Gate, mapped: Collection) -> None:
    space = active_space(gate, mapped)
    one, other = (FitStages(gate.engine, space, name) for name in ("one", "other"))
    assert one.load("sample") is None
    one.keep("sample", {"x": np.arange(3, dtype=np.int32)})
    one.keep("sample", {"x": np.arange(4, dtype=np.int32)})
    kept = one.load("sample")
    assert kept is not None
    assert kept["x"].tolist() == [0, 1, 2, 3]
    assert other.load("sample") is None
    other.keep("placed 0", {})
    assert one.load("sample") is None
