"""`collections connect`: roles from a live table, refusals with a cure, nothing altered."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from jobs.connect.connect import connect
from jobs.connect.roles import Given
from jobs.errors import JobError
from queries.catalog import collection_named, declared_in
from queries.embeddings.spaces import embedded_count, spaces
from queries.errors import DeclarationError
from queries.gate import Gate, inspecting

TABLES = """
CREATE SCHEMA "Odd Place";
CREATE TABLE "Odd Place"."My Feedback" ("Id" bigint PRIMARY KEY, "Body Text" text, "userName" text,
  "createdAt" timestamptz, product text, stars int, "ref_id" uuid, emb vector(3), other vector(3));
INSERT INTO "Odd Place"."My Feedback" SELECT n, 'A thing that was said about part ' || n,
  'u' || n % 7, now() - n * interval '1 hour', 'p' || n % 4, n % 5, gen_random_uuid(),
  ARRAY[n, 1, 2]::vector, NULL
  FROM generate_series(1, 300) n;
CREATE INDEX ON "Odd Place"."My Feedback" USING hnsw (emb vector_cosine_ops);
CREATE TABLE public.plain (id int PRIMARY KEY, remark text, at date);
CREATE TABLE public.halves (id int PRIMARY KEY, remark text, embedding halfvec(4));
INSERT INTO public.halves VALUES (1, 'a b c', '[1,0,0,0]');
CREATE TABLE public.several (a int, b int, remark text, PRIMARY KEY (a, b));
CREATE TABLE public.alternative (a int, b int, remark text, code text NOT NULL UNIQUE,
  PRIMARY KEY (a, b));
CREATE TABLE "Odd Place"."Two Keys" ("A part" int, "order" text, remark text,
  PRIMARY KEY ("A part", "order"));
INSERT INTO "Odd Place"."Two Keys" VALUES (1, 'x', 'a b c');
CREATE TABLE public.nokey (n int, remark text);
INSERT INTO public.nokey VALUES (1, 'x y'), (1, 'z w'), (NULL, 'v u');
CREATE VIEW public.seen AS SELECT id AS key, remark FROM public.halves;
CREATE MATERIALIZED VIEW public.kept AS SELECT id, remark FROM public.halves;
CREATE TABLE public.parts (id int, at date, remark text, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE public.parts_0 PARTITION OF public.parts FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TABLE public.numbers (id int PRIMARY KEY, n numeric);
CREATE SCHEMA one; CREATE SCHEMA two;
CREATE TABLE one.twice (id int PRIMARY KEY, remark text);
CREATE TABLE two.twice (id int PRIMARY KEY, remark text);
CREATE TABLE public."a.b""c%d:e" (id int PRIMARY KEY, "re%mark :x" text);
INSERT INTO public."a.b""c%d:e" VALUES (1, 'odd indeed');
CREATE TABLE public.loose (id int PRIMARY KEY, remark text, vec vector);
INSERT INTO public.loose VALUES (1, 'a b', '[1,2]'), (2, 'c d', '[2,2]');
CREATE TABLE public.blend (id int PRIMARY KEY, remark text, vec vector);
CREATE TABLE public.both (id int PRIMARY KEY, heading text, body text, heading_embedding vector(2),
  body_embedding vector(3), sparse sparsevec(5));
INSERT INTO public.both VALUES (1, 'a', 'b c d', '[1,2]', '[1,2,3]', '{1:1}/5');
CREATE VIEW public.keyless AS SELECT remark, id AS number FROM public.loose;
INSERT INTO public.blend VALUES (1, 'a b', '[1,2]'), (2, 'c d', '[2,2,3]');
"""


@pytest.fixture(scope="module", autouse=True)
def tables(gate: Gate) -> None:
    with gate.engine.begin() as connection:
        connection.exec_driver_sql(TABLES.replace("%", "%%"))
        connection.exec_driver_sql("ANALYZE")


@pytest.fixture
def home(gate: Gate, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "catalog"
    with gate.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM northlight.collection")


def test_roles_are_inferred_with_reasons(gate: Gate, home: Path) -> None:
    made = connect(gate, "My Feedback", catalog_folders=[home])
    assert made.collection.name == "my_feedback"
    assert made.collection.roles() == {
        "id": "Id",
        "text": "Body Text",
        "title": None,
        "embedding": "emb",
        "owner": "userName",
        "time": "createdAt",
        "facets": ["product", "stars"],
    }
    reasons = {choice.role: choice.reason for choice in made.choices}
    assert reasons["id"] == "the primary key"
    assert "3 dimensions" in reasons["embedding"]
    assert any("question cannot be embedded" in note for note in made.notes)


def test_a_connected_table_is_embedded_and_readable_at_once(gate: Gate, home: Path) -> None:
    made = connect(gate, "My Feedback", catalog_folders=[home])
    assert embedded_count(gate, made.collection) == 300
    assert len(gate.frame(text("SELECT * FROM my_feedback"))) == 300


@pytest.mark.parametrize(
    "spelled",
    ["My Feedback", '"Odd Place"."My Feedback"', "Odd Place.My Feedback", "odd place.my feedback"],
)
def test_a_table_is_found_however_it_is_spelled(gate: Gate, home: Path, spelled: str) -> None:
    assert connect(gate, spelled, catalog_folders=[home]).collection.id == "Id"


SNAPSHOT = """
SELECT c.relname, c.relacl::text, c.reloptions::text, c.relrowsecurity, c.relfilenode,
  (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull
     || coalesce(a.attacl::text, ''), ',' ORDER BY a.attnum)
   FROM pg_attribute a WHERE a.attrelid = c.oid),
  (SELECT string_agg(pg_get_indexdef(i.indexrelid), ',' ORDER BY i.indexrelid) FROM pg_index i
   WHERE i.indrelid = c.oid),
  (SELECT string_agg(pg_get_constraintdef(k.oid), ',' ORDER BY k.oid) FROM pg_constraint k
   WHERE k.conrelid = c.oid),
  (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid)
FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, '"Odd Place"'::regnamespace)
ORDER BY c.oid
"""
WRITES = """
SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
WHERE schemaname IN ('public', 'Odd Place') AND relname <> 'northlight_migration' ORDER BY relid
"""


def test_the_table_is_never_altered(gate: Gate, home: Path) -> None:
    def state() -> list[list[tuple[object, ...]]]:
        with gate.engine.begin() as connection:
            connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        with inspecting(gate.engine) as connection:
            return [
                [tuple(row) for row in connection.exec_driver_sql(sql)]
                for sql in (SNAPSHOT, WRITES)
            ]

    before = state()
    for table in ("My Feedback", "plain", "halves", "seen", "kept", "parts"):
        connect(gate, table, catalog_folders=[home])
    assert state() == before


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("My Feedbak", 'Did you mean "Odd Place"."My Feedback"'),
        ("nothing.like.it", "Its tables"),
        ("twice", "one.twice, two.twice"),
        ("several", "CREATE VIEW public.several_keyed AS SELECT a || ':' || b AS row_key"),
        ("nokey", "--id, or let its owner add"),
        ("numbers", "No column holds text"),
        ("northlight.job", "no table northlight.job"),
        ("pg_catalog.pg_class", "no table pg_catalog.pg_class"),
    ],
)
def test_what_cannot_be_connected_is_said_with_the_cure(
    gate: Gate, home: Path, table: str, says: str
) -> None:
    with pytest.raises(JobError) as refused:
        connect(gate, table, catalog_folders=[home])
    assert says in str(refused.value)
    assert not list(home.glob("*"))


def test_the_view_that_a_key_of_several_columns_needs_can_be_made_as_it_is_told(
    gate: Gate, home: Path
) -> None:
    with pytest.raises(JobError) as refused:
        connect(gate, "Two Keys", catalog_folders=[home])
    statement, command = re.findall("`([^`]*)`", str(refused.value))
    with gate.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    table = shlex.split(command)[3]
    made = connect(gate, table, given=Given(id="row_key"), catalog_folders=[home])
    assert made.collection.id == "row_key"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Given(id="n"), "1 have none and 1 repeat"),
        (Given(id="nope"), "no column 'nope'"),
        (Given(id="n", text=("nope", "nor")), "'nope', 'nor'"),
        (Given(embedding="remark"), "remark has the type text"),
    ],
)
def test_a_role_that_does_not_fit_is_refused(
    gate: Gate, home: Path, given: Given, says: str
) -> None:
    with pytest.raises(JobError) as refused:
        connect(gate, "nokey", catalog_folders=[home], given=given)
    assert says in str(refused.value)


def test_a_unique_column_stands_in_for_a_composite_key(gate: Gate, home: Path) -> None:
    assert connect(gate, "alternative", catalog_folders=[home]).collection.id == "code"


@pytest.mark.parametrize(("table", "key"), [("seen", "key"), ("kept", "id"), ("parts", "id")])
def test_views_and_partitioned_tables_are_connected(
    gate: Gate, home: Path, table: str, key: str
) -> None:
    assert connect(gate, table, catalog_folders=[home]).collection.id == key


def test_a_halfvec_column_is_used_in_place(gate: Gate, home: Path) -> None:
    made = connect(gate, "halves", catalog_folders=[home])
    space = spaces(gate, made.collection)[0]
    assert (space.storage, space.half, space.dimensions, space.active) == ("column", True, 4, True)


def test_a_vector_column_of_one_size_is_used_though_it_states_none(gate: Gate, home: Path) -> None:
    made = connect(gate, "loose", catalog_folders=[home])
    assert made.collection.embedding == "vec"
    assert any("states no dimensions" in note for note in made.notes)


def test_a_vector_column_of_two_sizes_is_left_out(gate: Gate, home: Path) -> None:
    made = connect(gate, "blend", catalog_folders=[home])
    assert made.collection.embedding is None
    assert [(column, reason[:35]) for column, reason in made.left_out] == [
        ("vec", "it holds vectors of 2 and 3 dimensi")
    ]


def test_names_with_everything_in_them_are_quoted(gate: Gate, home: Path) -> None:
    made = connect(gate, 'a.b"c%d:e', catalog_folders=[home])
    assert made.collection.text == ("re%mark :x",)
    assert gate.value(text(f"SELECT text FROM {made.collection.name}")) == "odd indeed"
    assert declared_in([home])[0].table == made.collection.table


def test_connecting_again_keeps_what_was_declared_and_names_the_model(
    gate: Gate, home: Path
) -> None:
    folders = [home]
    connect(gate, "My Feedback", catalog_folders=folders, given=Given(owner="product"))
    again = connect(gate, "My Feedback", catalog_folders=folders, model="some-model")
    assert again.collection.owner == "product"
    found = spaces(gate, collection_named(gate, "my_feedback"))
    assert [(space.model, space.active) for space in found] == [("some-model", True)]


def test_a_model_of_other_dimensions_is_refused(gate: Gate, home: Path) -> None:
    with pytest.raises(JobError, match="256 dimensions and emb holds 3"):
        connect(gate, "My Feedback", catalog_folders=[home], model="wordllama-256")


def test_the_same_name_in_two_schemas_gets_the_schema_in_front(gate: Gate, home: Path) -> None:
    names = [
        connect(gate, f"{schema}.twice", catalog_folders=[home]).collection.name
        for schema in ("one", "two")
    ]
    assert names == ["twice", "two_twice"]


def test_a_name_of_another_table_is_refused(gate: Gate, home: Path) -> None:
    connect(gate, "one.twice", catalog_folders=[home])
    with pytest.raises(JobError, match=r"belongs to the collection of one\.twice"):
        connect(gate, "two.twice", catalog_folders=[home], name="twice")
    with pytest.raises(DeclarationError, match="cannot name a collection"):
        connect(gate, "two.twice", catalog_folders=[home], name="No Good")


def test_a_table_that_may_not_be_read_is_refused_with_the_grant(gate: Gate, home: Path) -> None:
    from uuid import uuid4

    from queries.engine import make_engine

    role = f"reader_{uuid4().hex[:8]}"
    with gate.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN PASSWORD 'read'")
    url = gate.engine.url.set(username=role, password="read").render_as_string(hide_password=False)
    reader = Gate(make_engine(url), gate.identity)
    try:
        with pytest.raises(JobError, match=r"GRANT SELECT ON public\.plain"):
            connect(reader, "plain", catalog_folders=[home])
    finally:
        reader.engine.dispose()
        with gate.engine.begin() as connection:
            connection.exec_driver_sql(f"DROP ROLE {role}")


def test_of_two_embeddings_the_one_named_after_the_text_is_taken(gate: Gate, home: Path) -> None:
    made = connect(gate, "both", catalog_folders=[home])
    assert (made.collection.text, made.collection.embedding) == (("body",), "body_embedding")


def test_sparse_vectors_are_left_out_with_the_reason(gate: Gate, home: Path) -> None:
    made = connect(gate, "both", catalog_folders=[home])
    assert [(column, "sparsevec(5)" in why) for column, why in made.left_out] == [("sparse", True)]


@pytest.mark.parametrize("column", ["heading", "id"])
def test_a_time_that_holds_no_dates_is_refused(gate: Gate, home: Path, column: str) -> None:
    with pytest.raises(JobError, match=f"{column} cannot be the time of public.both"):
        connect(gate, "both", catalog_folders=[home], given=Given(time=column))


def test_a_view_without_a_key_is_not_told_to_get_a_column(gate: Gate, home: Path) -> None:
    with pytest.raises(JobError, match="with --id; its columns: remark, number") as refused:
        connect(gate, "keyless", catalog_folders=[home])
    assert "ALTER TABLE" not in str(refused.value)
    assert connect(gate, "keyless", catalog_folders=[home], given=Given(id="number"))
