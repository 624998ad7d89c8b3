"""A small coaching world worked by hand, in whichever schema and variant of North Playbook.

Ana lives in Auckland: what she writes at 11:30 UTC is of the next day in June (UTC+12). Ben's zone
is one that nobody knows, so his days are UTC's. Cleo has a profile and did nothing.
"""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, text

from demo.programme import coaching
from jobs.cli.context import BUILT_IN_CATALOG
from jobs.connect.known import connect_known
from queries.catalog import collection_named, collections, declared_in, publish
from queries.collection import Collection
from queries.gate import WORKER, Gate, writing
from queries.systems import demo as store
from queries.systems.demo_people import ensure_demo_people
from tests.world import embed_all

WALK, REST, PLAN = (f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2, 3))
VARIANTS = {"vector": "{0}_embedding vector(8)", "pinecone": "pinecone_id varchar(255)"}
TABLES = """
CREATE SCHEMA {schema};
CREATE TABLE {schema}.user_profiles (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id varchar(255) UNIQUE, first_name varchar, last_name varchar, email varchar,
  preferences jsonb, created_at timestamptz DEFAULT now());
CREATE TABLE {schema}.exercises (id uuid PRIMARY KEY, title varchar, description text,
  category varchar, question text, prompt_type varchar, is_active boolean DEFAULT true,
  display_order integer, estimated_time_minutes integer, {question});
CREATE TABLE {schema}.exercise_responses (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  exercise_id uuid, user_id varchar(255), response_text text, audio_s3_key varchar,
  insights text[] DEFAULT '{{}}', mood varchar, tags text[] DEFAULT '{{}}',
  completion_time_seconds integer, confidence_rating integer, sentiment_score numeric(3,2),
  metadata jsonb, created_at timestamptz, {response});
CREATE TABLE {schema}.playbook_entries (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id varchar(255), title varchar, content text, category varchar, mood varchar,
  tags text[] DEFAULT '{{}}', is_highlight boolean DEFAULT false, created_at timestamptz,
  {content});
CREATE TABLE {schema}.user_sessions (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id varchar(255), session_type varchar, start_time timestamptz, end_time timestamptz,
  duration_seconds integer, exercise_ids uuid[] DEFAULT '{{}}', mood varchar, notes text,
  completion_status varchar);
CREATE TABLE {schema}.media_assets (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id varchar(255), s3_key varchar, s3_bucket varchar, file_name varchar, file_type varchar,
  file_size bigint, mime_type varchar, description text, uploaded_at timestamptz);
"""
ROWS = """
INSERT INTO SCHEMA.user_profiles (user_id, first_name, last_name, email, preferences) VALUES
  ('ana', 'Ana', 'Antunes', 'ana@example.org', '{"timezone": "Pacific/Auckland"}'),
  ('ben', 'Ben', 'Berger', 'ben@example.org', '{"timezone": "Mars/Olympus"}'),
  ('cleo', 'Cleo', 'Conti', 'cleo@example.org', '{}');
INSERT INTO SCHEMA.exercises (id, title, description, category, question, display_order) VALUES
  ('WALK_ID', 'A walk', 'd', 'rest', 'How was the walk?', 1),
  ('REST_ID', 'An early night', 'd', 'rest', 'How did you sleep?', 2),
  ('PLAN_ID', 'One plan', 'd', 'goals', 'What is next?', 3);
INSERT INTO SCHEMA.exercise_responses (exercise_id, user_id, response_text, mood,
  completion_time_seconds, confidence_rating, sentiment_score, created_at)
SELECT e::uuid, who, said, mood, s, c, f, at::timestamptz FROM (VALUES
  ('WALK_ID', 'ana', 'The walk by the river did me good.', 'calm', 60, 4, -0.5,
   '2026-06-01 09:00Z'),
  ('WALK_ID', 'ana', 'Again the river, and rain. Why do I always go alone?', NULL, 120, 6, NULL,
   '2026-06-01 11:30Z'),
  ('REST_ID', 'ana', 'I slept early and woke up rested.', 'rested', NULL, 8, 0.1,
   '2026-06-03 09:00Z'),
  ('WALK_ID', 'ben', 'Walked to work, late as ever.', 'tense', 300, 2, 0.4, '2026-06-09 09:00Z')
) AS given (e, who, said, mood, s, c, f, at);
INSERT INTO SCHEMA.playbook_entries (user_id, title, content, category, created_at) VALUES
  ('ana', 'Rain is no reason', 'I go out anyway.', 'rest', '2026-06-04 09:00Z');
INSERT INTO SCHEMA.user_sessions (user_id, session_type, start_time, duration_seconds, notes,
  completion_status, exercise_ids) VALUES
  ('ana', 'exercise', '2026-06-01 08:50Z', 600, NULL, 'completed', '{WALK_ID}'),
  ('ana', 'review', '2026-06-02 08:00Z', 300, 'Wants to sleep earlier.', 'abandoned', '{}'),
  ('ben', 'goal_setting', '2026-06-09 08:00Z', NULL, NULL, 'paused', '{PLAN_ID}'),
  ('ben', 'exercise', '2026-06-09 08:30Z', NULL, NULL, 'started', '{WALK_ID}');
INSERT INTO SCHEMA.media_assets (user_id, s3_key, s3_bucket, file_name, file_type, file_size,
  mime_type, uploaded_at) VALUES ('ana', 'k', 'b', 'river.jpg', 'image', 1, 'image/jpeg',
  '2026-06-01 10:00Z');
"""


def rows_in(schema: str) -> str:
    """The statements that put the world into a schema."""
    ids = {"WALK_ID": WALK, "REST_ID": REST, "PLAN_ID": PLAN, "SCHEMA": schema}
    told = ROWS
    for name, value in ids.items():
        told = told.replace(name, value)
    return told


def fresh(engine: Engine) -> Collection:
    """The world in the tables that Northlight lays out itself."""
    with writing(engine) as connection:
        connection.exec_driver_sql(rows_in("playbook"))
    publish(engine, declared_in([BUILT_IN_CATALOG]))
    return collection_named(Gate(engine, WORKER), "responses")


def in_place(engine: Engine, variant: str, home: Path) -> Collection:
    """The world in somebody else's schema, found by `collections connect --known`."""
    schema = f"north_{variant}"
    own = {name: VARIANTS[variant].format(name) for name in ("question", "response", "content")}
    with writing(engine) as connection:
        connection.exec_driver_sql(TABLES.format(schema=schema, **own))
        connection.exec_driver_sql(rows_in(schema))
    gate = Gate(engine, WORKER)
    connect_known(gate, catalog_folders=[BUILT_IN_CATALOG, home])
    table = f"{schema}.exercise_responses"
    return next(one for one in collections(gate) if one.table == table)


def programme(engine: Engine) -> Gate:
    """The demo's coaching content with its people and their coaches, embedded."""
    with writing(engine) as connection:
        for rows in coaching():
            store.put(connection, rows)
    publish(engine, declared_in([BUILT_IN_CATALOG]))
    ensure_demo_people(engine)
    gate = Gate(engine, WORKER)
    for name in ("responses", "exercises"):
        embed_all(gate, collection_named(gate, name))
    return gate


def person(engine: Engine, subject: str, role: str, clients: Iterable[str] = ()) -> str:
    """A person of a role with these clients; the id."""
    with writing(engine) as connection:
        made = connection.execute(
            text(
                "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
                "VALUES ('tests', :subject, :subject, :role) RETURNING id::text"
            ),
            {"subject": subject, "role": role},
        ).scalar_one()
        for owner in clients:
            connection.execute(
                text(
                    "INSERT INTO northlight_auth.assignment (coach_id, system, owner) "
                    "VALUES (CAST(:coach AS uuid), 'playbook', :owner)"
                ),
                {"coach": made, "owner": owner},
            )
    return str(made)
