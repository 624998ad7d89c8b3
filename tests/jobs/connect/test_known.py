"""`collections connect --known`: the five systems and the guides' layouts, in any schema."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from jobs.cli.context import BUILT_IN_CATALOG
from jobs.connect.known import Known, connect_known
from queries.catalog import collections, declared_in, publish
from queries.engine import make_engine
from queries.gate import Gate
from tests.jobs.known_systems import FIVE, GUIDES


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return [BUILT_IN_CATALOG, tmp_path_factory.mktemp("home") / "catalog"]


@pytest.fixture(scope="module")
def known(gate: Gate, folders: list[Path]) -> Known:
    """What is found in a database that holds everything."""
    publish(gate.engine, declared_in([BUILT_IN_CATALOG]))
    with gate.engine.begin() as connection:
        connection.exec_driver_sql((FIVE + GUIDES).replace("%", "%%"))
        connection.exec_driver_sql("ANALYZE")
    return connect_known(gate, catalog_folders=folders)


def found(known: Known, table: str) -> dict[str, object]:
    made = {each.collection.table: each.collection for each in known.connected}
    assert table in made, f"{table} not among {sorted(made)}; left out: {known.left_out}"
    return {"name": made[table].name} | made[table].roles()


@pytest.mark.parametrize(
    ("table", "name", "text", "embedding"),
    [
        (
            "coaching.exercise_responses",
            "coaching_responses",
            "response_text",
            "response_embedding",
        ),
        ("coaching.playbook_entries", "coaching_entries", "content", "content_embedding"),
        (
            "coaching.exercises",
            "coaching_exercises",
            ["question", "description"],
            "question_embedding",
        ),
        ("hybrid.exercise_responses", "hybrid_responses", "response_text", None),
        ("hybrid.playbook_entries", "hybrid_entries", "content", None),
        (
            "hybrid.avatar_interactions",
            "hybrid_avatar_interactions",
            ["user_message", "avatar_response"],
            None,
        ),
        ("hub.content", "hub_content", "description", "embedding"),
        ("upstash.vectors", "upstash_twin_documents", "content", None),
        ("upstash.messages", "upstash_twin_messages", "content", None),
        ("documented.vectors", "documented_twin_documents", "content", "embedding"),
        ("dev.patterns", "dev_patterns", ["description", "context"], "embedding"),
        ("dev.technical_decisions", "dev_decisions", ["why", "alternatives"], None),
        ("dev.lessons_learned", "dev_lessons", "description", None),
        ("dev.reusable_components", "dev_components", "purpose", None),
        (
            "dev.runtime_issues",
            "dev_runtime_issues",
            ["root_cause", "suggested_fix", "log_snippet"],
            None,
        ),
    ],
)
def test_the_five_systems_are_found_in_foreign_schemas(
    known: Known, table: str, name: str, text: object, embedding: str | None
) -> None:
    made = found(known, table)
    assert (made["name"], made["text"], made["embedding"]) == (name, text, embedding)


@pytest.mark.parametrize(
    ("table", "key", "text", "embedding"),
    [
        ("lc.langchain_pg_embedding", "id", "document", "embedding"),
        ("lc_old.langchain_pg_embedding", "uuid", "document", "embedding"),
        ("public.vectorstore", "langchain_id", "content", "embedding"),
        ("public.data_essay", "id", "text", "embedding"),
        ("public.data_hybrid", "id", "text", "embedding"),
        ("public.documents", "id", "content", "embedding"),
    ],
)
def test_the_layouts_of_the_guides_are_found(
    known: Known, table: str, key: str, text: str, embedding: str
) -> None:
    made = found(known, table)
    assert (made["id"], made["text"], made["embedding"]) == (key, text, embedding)


def test_facets_that_stand_in_a_table_beside_are_found_there(gate: Gate, known: Known) -> None:
    assert found(known, "coaching.exercise_responses")["facets"] == [
        "exercise",
        "category",
        "mood",
        "confidence_rating",
        "tags",
    ]
    rows = gate.rows(text("SELECT DISTINCT exercise, category FROM coaching_responses"))
    assert [tuple(row) for row in rows] == [("Brave step", "courage")]
    rows = gate.rows(text("SELECT DISTINCT collection FROM langchain_pg_embedding"))
    assert [tuple(row) for row in rows] == [("manuals",)]
    assert found(known, "public.vectorstore")["facets"] == ["source"]


def test_a_role_under_another_name_is_inferred(known: Known) -> None:
    assert found(known, "dev.lessons_learned")["time"] == "date"
    assert found(known, "dev.runtime_issues")["id"] == "issue_id"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("upstash.vectors.embedding", "jsonb, not a vector column"),
        ("public.mixed.embedding", "2 and 3 dimensions"),
        ("public.unfilled.embedding", "no dimensions and holds no vectors"),
        ("public.keyless", "cannot tell the rows"),
        ("vecs.docs", "without their text"),
        ("public.thoughts", "collections connect public.thoughts"),
    ],
)
def test_what_is_left_out_is_said_with_its_reason(known: Known, what: str, reason: str) -> None:
    reasons = {each.what: each.reason for each in known.left_out}
    assert reason in reasons[what]


@pytest.mark.usefixtures("known")
def test_of_a_condition_only_the_part_that_does_not_fit_is_left_away(known: Known) -> None:
    made = {each.collection.table: each for each in known.connected}
    assert made["hub.content"].collection.only == "deleted_at IS NULL AND visibility <> 'private'"
    without = made["open_hub.content"]
    assert without.collection.only == "deleted_at IS NULL"
    assert any("`visibility <> 'private'` does not fit" in note for note in without.notes)


def test_tables_without_rights_are_left_out_with_the_grant(gate: Gate, folders: list[Path]) -> None:
    reader_role = f"reader_{uuid4().hex[:8]}"
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA closed")
        connection.exec_driver_sql(
            "CREATE TABLE closed.documents (id int PRIMARY KEY, content text, metadata jsonb, "
            "embedding vector(8))"
        )
        connection.exec_driver_sql(f"CREATE ROLE {reader_role} LOGIN PASSWORD 'read'")
        connection.exec_driver_sql(f"GRANT northlight_worker TO {reader_role}")
    url = gate.engine.url.set(username=reader_role, password="read").render_as_string(
        hide_password=False
    )
    reader = Gate(make_engine(url), gate.identity)
    try:
        again = connect_known(reader, catalog_folders=folders)
    finally:
        reader.engine.dispose()
        with gate.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {reader_role}; DROP ROLE {reader_role}")
    reasons = {each.what: each.reason for each in again.left_out}
    assert "GRANT SELECT ON closed.documents" in reasons["closed.documents"]


def test_a_second_time_nothing_is_new(gate: Gate, known: Known, folders: list[Path]) -> None:
    again = connect_known(gate, catalog_folders=folders)
    assert [
        each.collection.name for each in again.connected if "closed" not in each.collection.table
    ] == []
    assert {table for _, table in again.before} >= {
        each.collection.table for each in known.connected
    }


@pytest.mark.usefixtures("known")
def test_what_was_written_declares_the_same(gate: Gate, folders: list[Path]) -> None:
    before = {c.name: c for c in collections(gate)}
    assert publish(gate.engine, declared_in(folders)) == []
    assert {c.name: c for c in collections(gate)} == before
