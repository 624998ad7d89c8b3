"""Embedding: only what is missing or changed, resumable, and honest about what has no embedding."""

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine

from clients.errors import UnknownModel
from jobs.embed import EmbedReport, embed, embedder_for
from jobs.errors import JobError
from queries.collection import Collection
from queries.embeddings import vector_index
from queries.embeddings.spaces import active_space, embedded_count, refused_counts
from queries.errors import DimensionError, StatementStopped
from queries.gate import Gate, alone, writing
from tests.world import (
    BigramEmbedder,
    Row,
    declare,
    embed_all,
    embedded_world,
    lowered,
    make_table,
    make_world,
    quietly,
    rows,
    run_sql,
)

ROOT = Path(__file__).resolve().parent.parent.parent


def vector_of(gate: Gate, collection: Collection, row_id: str) -> tuple[object, ...]:
    space = active_space(gate, collection)
    return run_sql(
        gate.engine,
        "SELECT embedding::text, refused FROM northlight.embedding "
        "WHERE space_id = :space AND row_id = :row",
        space=space.id,
        row=row_id,
    )[0]


def test_every_row_is_embedded(gate: Gate) -> None:
    collection = make_world(gate.engine)
    assert embed_all(gate, collection).embedded == 48
    assert embedded_count(gate, collection) == 48


def test_a_second_time_there_is_nothing_to_do(gate: Gate) -> None:
    again = embed_all(gate, embedded_world(gate))
    assert (again.embedded, again.removed, again.words) == (0, 0, 0)


@pytest.mark.parametrize("said", [None, "", "   ", "\n\t"])
def test_a_row_without_text_has_no_embedding_and_the_reason(gate: Gate, said: str | None) -> None:
    collection = embedded_world(gate, [Row("a", "Hello there", "x", "o"), Row("b", said, "x", "o")])
    assert vector_of(gate, collection, "b") == (None, "empty text")
    assert refused_counts(gate, active_space(gate, collection)) == {"empty text": 1}


@pytest.mark.parametrize("said", ["😀", "你好世界", "привет", "مرحبا", "e\u0301" * 50, "\x01", "?"])
def test_any_script_is_embedded_or_refused_never_stored_as_nothing(gate: Gate, said: str) -> None:
    collection = embedded_world(gate, [Row("a", said, "x", "o"), Row("b", "Hello", "x", "o")])
    vector, refused = vector_of(gate, collection, "a")
    assert (vector is None) == (refused is not None)


def test_a_text_without_a_known_word_is_refused_with_the_reason(gate: Gate) -> None:
    collection = make_world(gate.engine, [Row("a", "123", "x", "o"), Row("b", "ab", "x", "o")])
    report = embed(gate, collection, BigramEmbedder(), quietly)
    assert report.refused == {"no word the model knows": 1}
    assert report.embedded == 1


def test_changed_text_is_embedded_again_and_nothing_else(gate: Gate) -> None:
    collection = embedded_world(gate)
    before, kept = (
        vector_of(gate, collection, "row-00000"),
        vector_of(gate, collection, "row-00001"),
    )
    run_sql(gate.engine, f"UPDATE {collection.table} SET body = 'Salt' WHERE id = 'row-00000'")
    assert embed_all(gate, collection).embedded == 1
    assert vector_of(gate, collection, "row-00000") != before
    assert vector_of(gate, collection, "row-00001") == kept


def test_text_that_became_empty_loses_its_embedding(gate: Gate) -> None:
    collection = embedded_world(gate)
    run_sql(gate.engine, f"UPDATE {collection.table} SET body = '' WHERE id = 'row-00000'")
    embed_all(gate, collection)
    assert vector_of(gate, collection, "row-00000") == (None, "empty text")


def test_a_changed_title_changes_the_words(gate: Gate) -> None:
    collection = embedded_world(gate, heading="heading")
    run_sql(gate.engine, f"UPDATE {collection.table} SET heading = 'Zebra' WHERE id = 'row-00000'")
    assert embed_all(gate, collection).words == 1


def test_another_language_changes_all_words(gate: Gate) -> None:
    collection = embedded_world(gate)
    assert embed_all(gate, declare(gate, collection.name, language="german")).words == 48


def test_removed_rows_are_forgotten(gate: Gate) -> None:
    collection = embedded_world(gate)
    run_sql(gate.engine, f"DELETE FROM {collection.table} WHERE topic = 'sleep'")
    report = embed_all(gate, collection)
    assert (report.removed, report.words) == (8, 8)
    assert embedded_count(gate, collection) == 40


def test_an_empty_collection_is_embedded_at_once(gate: Gate) -> None:
    assert embed_all(gate, make_world(gate.engine, [])).embedded == 0


def test_a_very_long_text_is_embedded_and_its_words_are_indexed(gate: Gate) -> None:
    words = " ".join(chr(0x4E00 + n // 150) + chr(0x4E00 + n % 150) for n in range(90_000))
    long = f"needle {words} {'filler ' * 1_000_000}"
    report = embed_all(gate, make_world(gate.engine, [Row("a", long, "x", "o")]))
    assert (report.embedded, report.words) == (1, 1)


class Crooked(BigramEmbedder):
    """A model that gives vectors of the wrong length."""

    name = "crooked"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return 2 * super().embed(texts)


def test_a_model_that_is_not_of_unit_length_is_refused_by_name_of_the_row(gate: Gate) -> None:
    with pytest.raises(JobError, match=r"length 2\.000 for row 'row-0"):
        embed(gate, make_world(gate.engine), Crooked(), quietly)


def embed_with(gate: Gate, collection: Collection, *, switch: bool = False) -> EmbedReport:
    return embed(gate, collection, BigramEmbedder(), quietly, switch=switch)


def test_another_model_stays_in_the_background_until_switched_to(gate: Gate) -> None:
    collection = embedded_world(gate)
    embed_with(gate, collection)
    assert active_space(gate, collection).model == "wordllama-256"
    embed_with(gate, collection, switch=True)
    assert active_space(gate, collection).model == "bigrams-64"


def test_switching_back_embeds_nothing_again(gate: Gate) -> None:
    collection = embedded_world(gate)
    embed_with(gate, collection, switch=True)
    assert embed_all(gate, collection, switch=True).embedded == 0
    assert active_space(gate, collection).model == "wordllama-256"


@pytest.mark.parametrize("kind", ["vector(256)", "halfvec(256)"])
def test_a_column_that_may_be_filled_is_filled(gate: Gate, kind: str) -> None:
    name = make_table(gate.engine, rows(), column=kind)
    collection = declare(gate, name, embedding="vector", model="wordllama-256", fill=True)
    assert embed_all(gate, collection).embedded == 48
    assert run_sql(gate.engine, f"SELECT count(vector) FROM {name}") == [(48,)]


@pytest.mark.parametrize("kind", ["vector(256)", "halfvec(256)"])
def test_a_filled_column_is_not_filled_twice(gate: Gate, kind: str) -> None:
    name = make_table(gate.engine, rows(), column=kind)
    collection = declare(gate, name, embedding="vector", model="wordllama-256", fill=True)
    embed_all(gate, collection)
    run_sql(gate.engine, f"UPDATE {name} SET vector = NULL WHERE id = 'row-00003'")
    assert embed_all(gate, collection).embedded == 1


def test_a_column_that_may_not_be_filled_is_left_as_it_is(gate: Gate) -> None:
    name = make_table(gate.engine, rows(), column="vector(3)")
    run_sql(gate.engine, f"UPDATE {name} SET vector = '[1,0,0]' WHERE topic = 'sleep'")
    collection = declare(gate, name, embedding="vector", model="somebody's")
    report = embed_all(gate, collection)
    assert (report.embedded, report.words) == (0, 48)
    assert embedded_count(gate, collection) == 8


def test_a_column_of_other_dimensions_is_not_filled(gate: Gate) -> None:
    name = make_table(gate.engine, rows(), column="vector(3)")
    collection = declare(gate, name, embedding="vector", model="wordllama-256", fill=True)
    with pytest.raises(DimensionError):
        embed_all(gate, collection)


def test_filling_works_for_a_column_whose_name_needs_quotes(gate: Gate) -> None:
    name = make_table(gate.engine, rows(ids="uuid")[:3], column="vector(256)", ids="uuid")
    with writing(gate.engine) as connection:
        connection.connection.cursor().execute(f'ALTER TABLE {name} RENAME vector TO "50% ""v"".x"')
    collection = declare(gate, name, embedding='50% "v".x', model="wordllama-256", fill=True)
    assert embed_all(gate, collection).embedded == 3


def index_of(engine: Engine, collection: Collection, gate: Gate) -> list[tuple[object, ...]]:
    name = f"northlight.{active_space(gate, collection).partition}_hnsw"
    return run_sql(
        engine, "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:n)", n=name
    )


def test_a_small_collection_has_no_index(gate: Gate) -> None:
    assert index_of(gate.engine, embedded_world(gate), gate) == []


def test_a_large_collection_gets_its_index_after_the_load(gate: Gate) -> None:
    collection = make_world(gate.engine)
    with lowered(vector_index, "INDEX_FROM_ROWS", 48):
        report = embed_all(gate, collection)
    assert report.index is not None
    assert index_of(gate.engine, collection, gate) == [(True,)]


def test_an_index_that_a_crash_left_invalid_is_built_again(gate: Gate) -> None:
    collection = make_world(gate.engine)
    with lowered(vector_index, "INDEX_FROM_ROWS", 48):
        embed_all(gate, collection)
        name = f"northlight.{active_space(gate, collection).partition}_hnsw"
        run_sql(
            gate.engine,
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(:n)",
            n=name,
        )
        assert embed_all(gate, collection).index is not None
    assert index_of(gate.engine, collection, gate) == [(True,)]


def test_the_index_goes_before_a_load_that_is_larger_than_what_is_there(gate: Gate) -> None:
    collection = make_world(gate.engine)
    with lowered(vector_index, "INDEX_FROM_ROWS", 40):
        embed_all(gate, collection)
        run_sql(gate.engine, f"UPDATE {collection.table} SET body = body || ' Indeed.'")
        assert embed_all(gate, collection).index is not None


def test_building_an_index_leaves_nothing_on_the_connection(gate: Gate) -> None:
    collection = make_world(gate.engine)
    with lowered(vector_index, "INDEX_FROM_ROWS", 1):
        embed_all(gate, collection)
        vector_index.build_index(gate.engine, active_space(gate, collection), collection)
    left = "SELECT name FROM pg_settings WHERE source = 'session' AND name LIKE '%work_mem'"
    assert run_sql(gate.engine, left) == []


def test_two_at_once_embed_every_row_once(gate: Gate) -> None:
    collection = make_world(gate.engine, rows(pairs=20))
    done: list[int] = []
    running = [
        threading.Thread(target=lambda: done.append(embed_all(gate, collection).embedded))
        for _ in range(2)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert sorted(done) == [0, 48 + 6 * 20]


def test_a_second_one_that_waited_long_enough_says_why_it_stops(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.gate.WRITE_LOCK_SECONDS", 0.1)
    collection = make_world(gate.engine)
    with alone(gate.engine, "embed", collection.name), pytest.raises(StatementStopped):
        embed_all(gate, collection)


KILLED = """
import os, sys, signal
from jobs import embed as job
from queries.embeddings import embed as store
from queries.catalog import collection_named
from queries.engine import make_engine
from queries.gate import WORKER, Gate
from clients.embedder import StaticEmbedder
job.BATCH = 10
gate = Gate(make_engine(sys.argv[1]), WORKER)
keep, times = store.store, []
def store_and_die(*arguments):
    times.append(1)
    if len(times) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return keep(*arguments)
store.store = store_and_die
job.embed(gate, collection_named(gate, sys.argv[2]), StaticEmbedder(), lambda step, share: None)
"""


def test_killed_in_the_middle_it_goes_on_where_it_stopped(gate: Gate, database_url: str) -> None:
    collection = make_world(gate.engine)
    command = [sys.executable, "-P", "-c", KILLED, database_url, collection.name]
    killed = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert embedded_count(gate, collection) == 20
    assert embed_all(gate, collection).embedded == 28


def test_words_of_a_column_are_indexed_where_its_model_cannot_be_asked(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    there = [Row(n, f"Text {n}", "x", "o") for n in "abc"]
    name = make_table(gate.engine, there, column="vector(3)")
    collection = declare(gate, name, embedding="vector", model="text-embedding-3-small")
    report = embed(gate, collection, embedder_for(collection, None), quietly)
    assert (report.words, report.read_in_place) == (3, True)
    with pytest.raises(UnknownModel):
        embedder_for(collection, "text-embedding-3-small")


def test_vectors_that_are_only_read_give_way_to_ours_beside_them_when_asked(gate: Gate) -> None:
    name = make_table(
        gate.engine, [Row(n, f"Text {n}", "x", "o") for n in "abc"], column="vector(3)"
    )
    run_sql(gate.engine, f"UPDATE {name} SET vector = '[1,2,3]' WHERE id = 'a'")
    collection = declare(gate, name, embedding="vector")
    assert embed_all(gate, collection).embedded == 0
    assert embed_all(gate, collection, switch=True).embedded == 3
    assert active_space(gate, collection).storage == "own"
    run_sql(gate.engine, f"UPDATE {name} SET body = 'Another text' WHERE id = 'b'")
    assert embed_all(gate, collection).embedded == 1
