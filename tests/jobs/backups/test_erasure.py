"""One person is erased from everything, and nobody else from anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from jobs.backups.erasure import catch_up, erase_person, replay
from jobs.cli.context import CHECKOUT, Context
from jobs.embed import embed
from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.gate import WORKER, Gate, writing
from queries.people import erasure
from queries.people.person_export import exported
from tests.world import quietly, run_sql

CANARY = "zqcanary"
NAME = "Zqsurname"
GONE, STAYS = "ada", "bob"
LIVES = Collection(
    "lives", "Lives", "loaded.lives", "id", ("body",), owner="who", group="playbook", personal=True
)
ELSEWHERE = Collection(
    "elsewhere", "Elsewhere", "public.elsewhere", "id", ("body",), owner="who", group="playbook"
)
SCANNED = ("northlight", "northlight_auth", "playbook", "loaded", "twin", "community")
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS loaded;
CREATE TABLE IF NOT EXISTS loaded.lives (id text PRIMARY KEY, body text, who text);
CREATE TABLE IF NOT EXISTS public.elsewhere (id text PRIMARY KEY, body text, who text);
TRUNCATE loaded.lives, public.elsewhere, northlight.run CASCADE;
DELETE FROM northlight.theme;
"""
ROWS = """
INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email) VALUES
    ('{who}', '{who}', '{name}', '{who}@example.org') ON CONFLICT DO NOTHING;
INSERT INTO playbook.exercises (title, description, category, question)
    VALUES ('walk', 'a walk', 'body', 'how was it') ON CONFLICT DO NOTHING;
INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, tags, metadata)
    SELECT id, '{who}', 'I slept badly {word}', ARRAY['{word}'], '{{"said": "{word}"}}'
    FROM playbook.exercises LIMIT 1;
INSERT INTO playbook.playbook_entries (user_id, title, content, category)
    VALUES ('{who}', 'A {word}', 'walking home {word}', 'body');
INSERT INTO loaded.lives SELECT 'l-{who}-' || n, 'the river was cold {word}', '{who}'
    FROM generate_series(1, 3) n ON CONFLICT DO NOTHING;
INSERT INTO public.elsewhere VALUES ('e-{who}', 'bread and soup {word}', '{who}')
    ON CONFLICT DO NOTHING;
INSERT INTO northlight_auth.person (issuer, subject, name, role)
    VALUES ('tests', 'c', 'Coach', 'coach') ON CONFLICT DO NOTHING;
INSERT INTO northlight_auth.assignment (coach_id, system, owner)
    SELECT id, 'playbook', '{who}' FROM northlight_auth.person;
INSERT INTO northlight_auth.alias VALUES ('playbook', '{who}', 'p-{who}') ON CONFLICT DO NOTHING;
INSERT INTO northlight_auth.withdrawal VALUES ('playbook', '{who}', 'product')
    ON CONFLICT DO NOTHING;
INSERT INTO northlight_auth.known_name VALUES (lower('{name}')) ON CONFLICT DO NOTHING;
"""
MAPPED = f"""
INSERT INTO northlight.run
    (collection_id, space_id, fingerprint, parameters, rows, unsorted, current)
    SELECT s.collection_id, s.id, 'x', '{{}}', 6, 0, true FROM northlight.space s
    JOIN northlight.collection c ON c.id = s.collection_id AND c.name = 'lives';
INSERT INTO northlight.theme (collection_id, name, named_by)
    SELECT collection_id, 'river {CANARY}', 'terms' FROM northlight.run;
INSERT INTO northlight.theme_in_run (run_id, theme_id, size, terms, representatives, x, y, centroid)
    SELECT r.id, max(t.id), 6, ARRAY['river', '{CANARY} cold'], ARRAY['l-ada-1', 'l-bob-1'], 0, 0,
    '[1]' FROM northlight.run r, northlight.theme t GROUP BY r.id;
INSERT INTO northlight.theme_event (collection_id, theme_id, run_id, kind, detail, made_by)
    SELECT r.collection_id, t.theme_id, r.id, 'born', '{{"terms": ["{CANARY}"]}}', 'engine'
    FROM northlight.run r JOIN northlight.theme_in_run t ON t.run_id = r.id;
INSERT INTO northlight.point (run_id, row_id, x, y, membership, placed)
    SELECT r.id, l.id, 0, 0, 1, false FROM northlight.run r, loaded.lives l;
"""


def put(engine: Engine, who: str, word: str, name: str) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql(ROWS.format(who=who, word=word, name=name))


class Stub:
    """Directions made of a text's length."""

    name, dimensions, longest = "stub-2", 2, 1_000
    silence, sends_to = "it was not asked", None

    def embed(self, texts):
        import numpy as np

        return np.tile(np.float32([0.6, 0.8]), (len(texts), 1))


@pytest.fixture
def world(engine: Engine) -> Gate:
    """Two people who are everywhere, embedded and on a map."""
    run_sql(engine, "TRUNCATE northlight_auth.erasure, northlight.job")
    run_sql(engine, "TRUNCATE playbook.user_profiles, northlight_auth.assignment CASCADE")
    with writing(engine) as connection:
        connection.exec_driver_sql(SCHEMA)
    put(engine, GONE, CANARY, NAME)
    put(engine, STAYS, "plainly", "Other")
    publish(engine, [*Context().declared(set()), LIVES, ELSEWHERE])
    gate = Gate(engine, WORKER)
    for name in ("lives", "elsewhere"):
        embed(gate, collection_named(gate, name), Stub(), quietly)
    with writing(engine) as connection:
        connection.exec_driver_sql(MAPPED)
    return gate


def found(engine: Engine, *words: str) -> set[str]:
    """Tables in which any row, whatever its columns, has one of the words."""
    tables = run_sql(
        engine,
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm') AND n.nspname = ANY (:schemas)",
        schemas=list(SCANNED),
    )
    test = " OR ".join(f"t::text ~* '\\m{word}'" for word in words)
    return {
        str(table)
        for (table,) in tables
        if run_sql(engine, f"SELECT 1 FROM {table} t WHERE {test} LIMIT 1")
    }


def everything_of(engine: Engine, who: str) -> str:
    told = exported(engine, "playbook", who)
    return json.dumps(told, default=str, sort_keys=True)


def test_nothing_of_an_erased_person_is_found_in_any_table(world: Gate, tmp_path: Path) -> None:
    engine = world.engine
    assert {"loaded.lives", "northlight_auth.alias", "northlight_auth.known_name"} <= found(
        engine, CANARY, NAME, GONE
    )
    run_sql(engine, "DELETE FROM public.elsewhere WHERE who = :who", who=GONE)
    report = erase_person(world, tmp_path, "playbook", GONE, "tests")
    assert found(engine, CANARY, NAME, GONE, "l-ada", "e-ada") == set()
    assert report.erased.removed["loaded.lives"] == 3
    assert report.erased.removed["northlight.embedding"] == 4
    assert report.erased.removed["playbook.exercise_responses"] == 1
    assert report.refits == ("lives",)
    assert run_sql(engine, "SELECT kind, arguments FROM northlight.job") == [
        ("map", {"refit": True})
    ]


def test_nobody_elses_rows_are_touched(world: Gate, tmp_path: Path) -> None:
    before = everything_of(world.engine, STAYS).replace(f"river {CANARY}", "?")
    documents = "SELECT sum(rows) FROM northlight.lexeme WHERE lexeme IN ('river', 'plain')"
    assert run_sql(world.engine, documents) == [(10,)]
    erase_person(world, tmp_path, "playbook", GONE, "tests")
    after = everything_of(world.engine, STAYS)
    assert json.loads(after)["tables"] == json.loads(before)["tables"]
    kept = json.loads(after)["northlight"]
    assert len(kept["assignments"]) == len(kept["withdrawals"]) == 1
    assert all(row["embedded"] for row in kept["maps"]["lives"])
    assert run_sql(world.engine, "SELECT representatives, terms FROM northlight.theme_in_run") == [
        (["l-bob-1"], ["river"])
    ]
    # Counted down as they would be counted anew: three rows of river, and plainly as before.
    assert run_sql(world.engine, documents) == [(7,)]


def test_a_table_that_nobody_listed_is_erased_and_exported(world: Gate, tmp_path: Path) -> None:
    """A coach's note about somebody, and what somebody kept that names them."""
    for statement in (
        "DROP TABLE IF EXISTS northlight.note, northlight.kept",
        "CREATE TABLE northlight.note (system text, owner text, said text)",
        "CREATE TABLE northlight.kept (name text, address text, filters jsonb, person_id uuid "
        "REFERENCES northlight_auth.person ON DELETE CASCADE)",
        "INSERT INTO northlight.note VALUES ('playbook', 'ada', 'she'), ('playbook', 'bob', 'he')",
        "INSERT INTO northlight.kept SELECT v.*, id FROM northlight_auth.person, (VALUES "
        "('1', 'owner=ada&theme=3', '{}'::jsonb), "
        "('2', '', '{\"where\": [{\"owner\": \"ada\"}]}'), "
        "('3', 'owner=bob', '{\"owner\": \"adam\", \"n\": 1}')) v",
    ):
        run_sql(world.engine, statement.replace(":", "\\:"))
    try:
        assert exported(world.engine, "playbook", GONE)["northlight"]["northlight.note"] == [
            {"said": "she"}
        ]
        removed = erase_person(world, tmp_path, "playbook", GONE, "tests").erased.removed
        assert (removed["northlight.note"], removed["northlight.kept"]) == (1, 2)
        assert run_sql(world.engine, "SELECT owner FROM northlight.note") == [("bob",)]
        assert run_sql(world.engine, "SELECT name FROM northlight.kept") == [("3",)]
    finally:
        run_sql(world.engine, "DROP TABLE northlight.note, northlight.kept")


def test_erasing_twice_finds_nothing(world: Gate, tmp_path: Path) -> None:
    assert erase_person(world, tmp_path, "playbook", GONE, "tests").erased.anything
    again = erase_person(world, tmp_path, "playbook", GONE, "tests")
    assert (again.erased.anything, again.refits) == (False, ())
    assert run_sql(world.engine, "SELECT count(*) FROM northlight_auth.erasure") == [(1,)]


def test_rows_in_somebody_elses_table_are_left_told_of_and_closed(
    world: Gate, tmp_path: Path
) -> None:
    report = erase_person(world, tmp_path, "playbook", GONE, "tests")
    assert report.erased.in_place == {"public.elsewhere": 1}
    assert found(world.engine, "e-ada") == set()
    purposes = "SELECT purpose FROM northlight_auth.withdrawal WHERE owner = 'ada' ORDER BY 1"
    assert run_sql(world.engine, purposes) == [("coaching",), ("product",), ("research",)]


def test_a_restored_backup_erases_again(world: Gate, tmp_path: Path) -> None:
    engine = world.engine
    erase_person(world, tmp_path, "playbook", GONE, "tests")
    assert catch_up(world, tmp_path) == []
    # As an older backup: the person is back and the list does not know.
    run_sql(engine, "TRUNCATE northlight_auth.erasure")
    put(engine, GONE, CANARY, NAME)
    reports = catch_up(world, tmp_path)
    assert [report.erased.removed["loaded.lives"] for report in reports] == [3]
    assert "loaded.lives" not in found(engine, CANARY)
    assert everything_of(engine, STAYS) != "{}"
    assert replay(world, tmp_path) == []


def test_the_list_of_the_erased_names_nobody(world: Gate, tmp_path: Path) -> None:
    erase_person(world, tmp_path, "playbook", GONE, "tests")
    kept = tmp_path / "erasures.jsonl"
    assert kept.stat().st_mode & 0o077 == 0
    assert GONE not in json.loads(kept.read_text())["digest"]
    digest = text("SELECT northlight_auth.erasure_digest('playbook', 'ada')")
    with writing(world.engine) as connection:
        connection.execute(text("SET LOCAL ROLE northlight_operator"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(digest)


def test_the_twin_and_the_community_are_erased_by_their_owner(engine: Engine) -> None:
    user = "00000000-0000-0000-0000-00000000000a"
    for statement in (
        "INSERT INTO twin.vectors (id, content, metadata) VALUES "
        f"('d', '{CANARY}', '{{\"userId\": \"u1\"}}'), ('e', 'x', '{{\"userId\": \"u11\"}}')",
        "INSERT INTO twin.conversations (id, user_id) VALUES (gen_random_uuid(), 'u1')",
        "INSERT INTO twin.messages (conversation_id, user_id, role, content) "
        f"SELECT id, user_id, 'user', '{CANARY}' FROM twin.conversations",
        "INSERT INTO twin.analytics (event_type, conversation_id, event_data) "
        f"SELECT 'asked', id, '\"{CANARY}\"' FROM twin.conversations",
        f"INSERT INTO twin.database_cache (key, value) VALUES ('k', '{CANARY}')",
        "INSERT INTO twin.rate_limits VALUES ('chat:u1', 1, now()), ('chat:u11', 1, now())",
        f"INSERT INTO community.users VALUES ('{user}', NULL, NULL, '{CANARY}', '{CANARY}')",
        "INSERT INTO community.content (user_id, title, content_type) "
        f"VALUES ('{user}', '{CANARY}', 'blog')",
    ):
        with writing(engine) as connection:
            connection.exec_driver_sql(statement)
    assert erasure.erase(engine, "twin", "u1", "tests").removed["twin.messages"] == 1
    assert erasure.erase(engine, "community", user, "tests").removed["community.content"] == 1
    assert not {t for t in found(engine, CANARY) if t.startswith(("twin", "community"))}
    assert run_sql(engine, "SELECT key FROM twin.rate_limits") == [("chat:u11",)]
    assert run_sql(engine, "SELECT id FROM twin.vectors") == [("e",)]


@pytest.mark.usefixtures("world")
def test_on_the_command_line(database_url: str, tmp_path: Path) -> None:
    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "jobs", *arguments],
            cwd=CHECKOUT,
            env=os.environ | {"DATABASE_URL": database_url, "NORTHLIGHT_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    to = tmp_path / "ada.json"
    assert run("export-person", GONE, "--to", str(to)).returncode == 0
    told = json.loads(to.read_text())
    assert told["tables"]["playbook.playbook_entries"][0]["content"] == f"walking home {CANARY}"
    assert "plainly" not in to.read_text()
    assert run("erase", GONE).returncode == 2
    assert "3  loaded.lives" in run("erase", GONE, "--yes").stdout
    assert "Nothing to erase" in run("erase", GONE, "--yes").stdout
    assert "Nothing to erase" in run("erase", "--replay").stdout
