"""`collections check`: each fault is found and each finding says what to do."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from jobs.connect.check import findings
from jobs.connect.connect import connect
from jobs.connect.roles import Given
from queries.catalog import collection_named
from queries.collections import check_vectors
from queries.collections.check import Finding
from queries.errors import DeclarationError, NoEmbedding
from queries.filters import Filters
from queries.gate import Gate
from queries.search.neighbours import of_row

RANDOM = np.random.default_rng(5)


@pytest.fixture
def home(gate: Gate, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "catalog"
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS public.notes CASCADE")
        connection.exec_driver_sql("DELETE FROM northlight.collection")


def run(gate: Gate, *statements: str) -> None:
    with gate.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))


def made(
    gate: Gate, home: Path, vectors: np.ndarray, kind: str = "vector", *, stated: bool = True
) -> None:
    """A table `notes` with these vectors, connected."""
    size = f"({vectors.shape[1]})" if stated else ""
    run(
        gate,
        f"CREATE TABLE public.notes (id int PRIMARY KEY, remark text, author text, at timestamptz, "
        f"embedding {kind}{size})",
    )
    with gate.engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.executemany(
            f"INSERT INTO public.notes VALUES (%s, %s, %s, now(), %s::{kind})",
            [
                (n, f"a remark on {n}", f"u{n % 9}", str([float(x) for x in vector]))
                for n, vector in enumerate(vectors)
            ],
        )
    connect(gate, "public.notes", catalog_folders=[home], model="some-model")


def found(gate: Gate) -> list[Finding]:
    listed = findings(gate, collection_named(gate, "notes"))
    assert all(each.what and each.cure for each in listed)
    return listed


def said(gate: Gate, level: str) -> str:
    return " | ".join(each.what for each in found(gate) if each.level == level)


def unit(rows: int, dimensions: int = 16) -> np.ndarray:
    vectors = RANDOM.normal(size=(rows, dimensions))
    scaled: np.ndarray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def test_a_sound_collection_has_no_finding(gate: Gate, home: Path) -> None:
    made(gate, home, unit(100))
    assert found(gate) == []


def test_a_column_that_is_gone_is_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, unit(10))
    run(gate, "ALTER TABLE public.notes DROP COLUMN remark CASCADE")
    assert "text column remark is gone" in said(gate, "error")


def test_a_table_that_is_gone_is_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, unit(10))
    run(gate, "DROP TABLE public.notes CASCADE")
    assert "public.notes is gone" in said(gate, "error")


def test_a_time_that_is_no_date_is_an_error_and_told_in_words(gate: Gate, home: Path) -> None:
    run(gate, "CREATE TABLE public.notes (id int PRIMARY KEY, remark text, at text)")
    run(gate, "INSERT INTO public.notes VALUES (1, 'a b c', '2026-05-01')")
    connect(gate, "public.notes", catalog_folders=[home], given=Given(time="at"))
    run(gate, "INSERT INTO public.notes VALUES (2, 'd e f', 'soon')")
    assert "at holds what is no date" in said(gate, "error")
    with pytest.raises(DeclarationError, match="no date"):
        gate.rows(text("SELECT max(time) FROM notes"))


def test_a_zero_vector_has_no_neighbours_and_is_nobodys(gate: Gate, home: Path) -> None:
    vectors = unit(10)
    vectors[3] = 0
    made(gate, home, vectors)
    notes = collection_named(gate, "notes")
    near = of_row(gate, notes, "1", Filters(), 20)
    assert (len(near), "3" in set(near["row_id"])) == (8, False)
    with pytest.raises(NoEmbedding, match="its vector is zero"):
        of_row(gate, notes, "3", Filters(), 20)


def test_a_few_vectors_that_are_all_the_same_are_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, np.ones((5, 4)))
    assert "All vectors are the same" in said(gate, "error")


def test_a_type_that_changed_is_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, unit(10))
    run(
        gate,
        "DROP TABLE public.notes CASCADE",
        "CREATE TABLE public.notes (id text, remark text, author text, at timestamptz, "
        "embedding jsonb)",
    )
    assert "id was integer when it was declared and is text now" in said(gate, "error")
    assert "embedding is jsonb now" in said(gate, "error")


def test_a_view_that_is_gone_is_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, unit(10))
    run(gate, "DROP VIEW northlight_worker.notes")
    assert "The view through which notes is read is gone" in said(gate, "error")


def test_ids_that_repeat_or_are_missing_are_errors(gate: Gate, home: Path) -> None:
    made(gate, home, unit(10))
    run(
        gate,
        "ALTER TABLE public.notes DROP CONSTRAINT notes_pkey",
        "ALTER TABLE public.notes ALTER COLUMN id DROP NOT NULL",
        "INSERT INTO public.notes (id, remark) VALUES (3, 'again'), (NULL, 'none')",
    )
    assert "1 rows have no id" in said(gate, "error")
    assert "1 rows have an id that another row has" in said(gate, "error")


def test_rows_without_text_are_counted(gate: Gate, home: Path) -> None:
    made(gate, home, unit(10))
    run(gate, "UPDATE public.notes SET remark = '' WHERE id < 4")
    assert "40% of the rows (4) have no text" in said(gate, "warning")
    run(gate, "UPDATE public.notes SET remark = NULL")
    assert "Not one row has text" in said(gate, "error")


def test_missing_owner_and_time_are_only_said(gate: Gate, home: Path) -> None:
    run(gate, "CREATE TABLE public.notes (id int PRIMARY KEY, remark text)")
    run(gate, "INSERT INTO public.notes VALUES (1, 'a b c')")
    connect(gate, "public.notes", catalog_folders=[home])
    assert "No owner" in said(gate, "info")
    assert "No time" in said(gate, "info")
    assert "not embedded" in said(gate, "warning")
    assert said(gate, "error") == ""


def test_rows_without_an_embedding_are_counted(gate: Gate, home: Path) -> None:
    made(gate, home, unit(100))
    run(gate, "UPDATE public.notes SET embedding = NULL WHERE id < 25")
    assert "25 of 100 rows with text have no embedding" in said(gate, "warning")


def test_zero_vectors_are_found_with_the_statement_that_cures(gate: Gate, home: Path) -> None:
    vectors = unit(100)
    vectors[:7] = 0
    made(gate, home, vectors)
    zero = [each for each in found(gate) if "zero vectors" in each.what]
    assert "7.0%" in zero[0].what
    assert "SET embedding = NULL" in zero[0].cure


def test_vectors_of_other_lengths_are_said(gate: Gate, home: Path) -> None:
    made(gate, home, unit(100) * 3)
    assert "not of unit length (3.00 to 3.00)" in said(gate, "info")


def test_numbers_that_are_none_are_an_error() -> None:
    from queries.collection import Collection

    collection = Collection("n", "N", "t", "id", ("text",), embedding="e")
    vectors = unit(4).astype(np.float32)
    vectors[0, 0] = np.nan
    levels = [each.level for each in check_vectors.lengths(collection, vectors)]
    assert levels == ["error"]


def test_a_placeholder_space_is_an_error(gate: Gate, home: Path) -> None:
    hashes = RANDOM.integers(0, 2**31, size=200)
    made(gate, home, np.sin(hashes[:, None] * 0.01 + np.arange(64) * 0.1))
    assert "placeholders, not a model's embeddings" in said(gate, "error")


def test_a_constant_space_is_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, np.ones((60, 8)))
    assert "All vectors are the same" in said(gate, "error")


def test_an_unknown_model_and_a_column_without_dimensions_are_said(gate: Gate, home: Path) -> None:
    made(gate, home, unit(40), stated=False)
    run(gate, "UPDATE northlight.space SET model = 'unknown'")
    assert "Which model made embedding is not known" in said(gate, "warning")
    assert "states no dimensions" in said(gate, "warning")


def test_mixed_dimensions_are_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, unit(40), stated=False)
    run(gate, "UPDATE public.notes SET embedding = '[1,2,3]' WHERE id = 7")
    assert "mixes vectors of 3 and 16 dimensions" in said(gate, "error")


def test_a_model_of_other_dimensions_is_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, unit(40))
    run(gate, "UPDATE northlight.space SET model = 'wordllama-256'")
    assert "makes 256 dimensions, the vectors have 16" in said(gate, "error")


@pytest.mark.parametrize(
    ("index", "says"),
    [
        ("(embedding vector_l2_ops)", "for vector_l2_ops, not vector_cosine_ops"),
        ("((embedding::halfvec(16)) halfvec_cosine_ops)", "on another precision"),
        ("(embedding vector_cosine_ops) WHERE id > 5", "covers only some rows"),
    ],
)
def test_an_index_that_cannot_serve_is_said(gate: Gate, home: Path, index: str, says: str) -> None:
    made(gate, home, unit(40))
    run(gate, f"CREATE INDEX ON public.notes USING hnsw {index}")
    assert says in said(gate, "warning")


def test_a_cosine_index_is_in_order(gate: Gate, home: Path) -> None:
    made(gate, home, unit(40))
    run(gate, "CREATE INDEX ON public.notes USING hnsw (embedding vector_cosine_ops)")
    assert found(gate) == []


def test_an_invalid_index_is_an_error(gate: Gate, home: Path) -> None:
    made(gate, home, unit(40))
    run(
        gate,
        "CREATE INDEX broken ON public.notes USING hnsw (embedding vector_cosine_ops)",
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass",
    )
    errors = [each for each in found(gate) if each.level == "error"]
    assert "broken is INVALID" in errors[0].what
    assert "REINDEX INDEX CONCURRENTLY public.broken" in errors[0].cure


def test_a_large_column_without_an_index_is_said(
    gate: Gate, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_vectors, "INDEX_FROM_ROWS", 30)
    made(gate, home, unit(40))
    lacking = [each for each in found(gate) if each.level == "warning"]
    assert "no index" in lacking[0].what
    assert "USING hnsw" in lacking[0].cure


def test_halfvec_needs_an_index_of_its_own_kind(gate: Gate, home: Path) -> None:
    made(gate, home, unit(40), "halfvec")
    run(gate, "CREATE INDEX ON public.notes USING hnsw (embedding halfvec_ip_ops)")
    assert "not halfvec_cosine_ops" in said(gate, "warning")


def test_dimensions_that_changed_are_an_error_and_connecting_again_cures(
    gate: Gate, home: Path
) -> None:
    made(gate, home, unit(40))
    run(
        gate,
        "ALTER TABLE public.notes DROP COLUMN embedding CASCADE",
        "ALTER TABLE public.notes ADD COLUMN embedding vector(4)",
        "UPDATE public.notes SET embedding = '[1,2,3,4]' WHERE id < 20",
    )
    assert "view through which notes is read is gone" in said(gate, "error")
    connect(gate, "public.notes", catalog_folders=[home], given=Given())
    assert "gone" not in said(gate, "error")
