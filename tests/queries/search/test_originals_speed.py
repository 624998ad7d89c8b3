"""The originals' SQL entry points go through an index once a table is large, and miss no row."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from queries.catalog import collection_named, declared_in, publish
from queries.embeddings import spaces, vector_index
from queries.gate import WORKER, Gate, writing
from tests.programme import CATALOG
from tests.systems import DIMENSIONS, ask, sow, vector
from tests.world import lowered

ROWS = 4_000
INDEXED = ("responses", "entries", "content", "patterns")
DRAWN = (
    "(SELECT n, l2_normalize(array_agg(random_normal())::vector) AS v "
    f"FROM generate_series(1, {ROWS}) n, generate_series(1, {DIMENSIONS}) GROUP BY n) drawn"
)
WORLD = f"""
INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email)
SELECT 'u' || n, 'F', 'L', n || '@example.org' FROM generate_series(0, 99) n;
INSERT INTO playbook.exercises (title, description, category, question)
VALUES ('One', 'd', 'c', 'q');
INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, response_embedding)
SELECT e.id, 'u' || mod(n, 100), 'text ' || n, v FROM playbook.exercises e, {DRAWN};
INSERT INTO playbook.playbook_entries
    (user_id, title, content, category, is_highlight, content_embedding)
SELECT 'u' || mod(n, 100), 't' || n, 'c', 'c', mod(n, 2) = 0, v FROM {DRAWN};
INSERT INTO community.users (username, profile_slug) VALUES ('ada', 'ada');
INSERT INTO community.content (user_id, title, content_type, visibility, embedding)
SELECT u.id, 't' || n, 'blog', 'public', v FROM community.users u, {DRAWN};
INSERT INTO nexus.repositories (name) VALUES ('one');
INSERT INTO nexus.patterns (repo_id, name, description, embedding)
SELECT 1, 'p' || n, 'd', v FROM {DRAWN};
"""
CALLS = {
    "community.content_hnsw": "SELECT title FROM community.search_content_by_embedding(:q, -1, 10)",
    "playbook.exercise_responses_hnsw": (
        "SELECT response_text FROM playbook.find_similar_responses(:q, -1, 10, '*')"
    ),
    "playbook.response_of_user": (
        "SELECT response_text FROM playbook.find_similar_responses(:q, -1, 10, 'u3')"
    ),
    "playbook.entry_of_user": (
        "SELECT title FROM playbook.find_similar_playbook_entries(:q, 'u3', -1, 10)"
    ),
    "playbook.playbook_entries_hnsw": (
        "SELECT title FROM playbook.get_personalized_recommendations('u3', 10)"
    ),
    "nexus.patterns_hnsw": (
        "SELECT near.name FROM nexus.patterns, LATERAL "
        "nexus.nearest_later_patterns(0, embedding, 10) near WHERE patterns.id = 7"
    ),
}


@pytest.fixture(scope="module", autouse=True)
def world(engine: Engine) -> None:
    """Random directions in the tables that Northlight lays out, indexed as `embed` does it."""
    sow(engine, WORLD, {})
    publish(engine, declared_in([CATALOG]))
    gate = Gate(engine, WORKER)
    with lowered(vector_index, "INDEX_FROM_ROWS", ROWS):
        for name in INDEXED:
            collection = collection_named(gate, name)
            assert vector_index.build_index(
                engine, spaces.active_space(gate, collection), collection
            )
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE")


def scans(engine: Engine, index: str) -> int:
    """How often an index was used, by the server's own count."""
    with writing(engine) as connection:
        found = connection.execute(
            text(
                "SELECT idx_scan FROM pg_stat_user_indexes "
                "WHERE schemaname || '.' || indexrelname = :index"
            ),
            {"index": index},
        )
        return int(found.scalar_one())


@pytest.mark.parametrize(("index", "call"), CALLS.items())
def test_an_entry_point_goes_through_its_index(engine: Engine, index: str, call: str) -> None:
    before = scans(engine, index)
    with writing(engine) as connection:
        found = connection.execute(text(call.replace(":q", "CAST(:q AS vector)")), given(call))
        assert len({row[0] for row in found}) == 10
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
    assert scans(engine, index) > before


def given(call: str) -> dict[str, str]:
    return {"q": vector(1)} if ":q" in call else {}


def test_a_filter_that_few_rows_meet_still_gets_as_many_as_were_asked_for(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "UPDATE community.content SET content_type = 'podcast' WHERE right(title, 2) = '77'"
        )
    call = (
        "SELECT title FROM community.search_content_by_embedding(CAST(:q AS vector), -1, 40, "
        "ARRAY['podcast']::community.content_type[])"
    )
    assert len(ask(engine, call, q=vector(1))) == 40


def test_tables_of_others_are_left_without_an_index(engine: Engine) -> None:
    gate = Gate(engine, WORKER)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE public.patterns (LIKE nexus.patterns)")
        connection.exec_driver_sql("INSERT INTO public.patterns SELECT * FROM nexus.patterns")
    ours = collection_named(gate, "patterns")
    theirs = replace(ours, table="public.patterns")
    with lowered(vector_index, "INDEX_FROM_ROWS", 1):
        assert vector_index.build_index(engine, spaces.active_space(gate, ours), theirs) is None
