"""Who did what, in a world small enough to be counted by hand."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine

from queries.collection import Collection
from queries.gate import writing
from queries.releases.usage_people import (
    has_events,
    has_sessions,
    of_coaching,
    of_community,
    of_northlight,
)
from tests.programme import programme, responses, withdraw

WEEK = date(2025, 3, 3)
# ann: two sessions and an answer on Monday and Wednesday, was there the week before.
# ben: one abandoned session on Sunday, and last seen in January. cleo: only asked the avatar, and
# never before. dora kept an entry. eve withdrew. fay was there the week before only.
COACHING = """
INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email)
  SELECT who, 'A', 'B', who || '@example.org'
  FROM unnest(ARRAY['ann', 'ben', 'cleo', 'dora', 'eve', 'fay']) who;
INSERT INTO playbook.user_sessions (user_id, session_type, start_time, completion_status) VALUES
  ('ann', 'exercise', '2025-03-03 00:00Z', 'completed'),
  ('ann', 'exercise', '2025-03-05 08:00Z', 'abandoned'),
  ('ann', 'review', '2025-02-24 08:00Z', 'completed'),
  ('ben', 'review', '2025-03-09 23:59Z', 'abandoned'),
  ('ben', 'review', '2025-01-06 08:00Z', 'completed'),
  ('eve', 'review', '2025-03-04 08:00Z', 'completed'),
  ('fay', 'review', '2025-02-25 08:00Z', 'completed'),
  ('ann', 'review', '2025-03-10 00:00Z', 'completed');
INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, created_at)
  SELECT id, 'ann', 'I did', '2025-03-05 09:00Z' FROM playbook.exercises LIMIT 1;
INSERT INTO playbook.playbook_entries (user_id, title, content, category, created_at)
  VALUES ('dora', 'Kept', 'A rule', 'goals', '2025-03-06 09:00Z');
INSERT INTO playbook.avatar_interactions (user_id, user_message, avatar_response, created_at)
  VALUES ('cleo', 'What now?', 'A walk', '2025-03-07 09:00Z'),
         ('cleo', 'And then?', 'Rest', '2025-03-07 09:05Z');
INSERT INTO northlight_auth.assignment (coach_id, system, owner, valid)
  SELECT id, 'playbook', 'ann', tstzrange('2024-01-01', NULL)
  FROM northlight_auth.person WHERE subject = 'coach-0';
"""
COMMUNITY = """
INSERT INTO community.users (id, username, profile_slug) VALUES
  ('00000000-0000-0000-0000-00000000000a', 'ann', 'ann'),
  ('00000000-0000-0000-0000-00000000000b', 'ben', 'ben');
INSERT INTO community.analytics_events (event_type, user_id, metadata, created_at) VALUES
  ('search', '00000000-0000-0000-0000-00000000000a', '{"results": 0}', '2025-03-04'),
  ('search', '00000000-0000-0000-0000-00000000000a', '{"results": 7}', '2025-03-04'),
  ('page_view', '00000000-0000-0000-0000-00000000000b', '{}', '2025-03-04'),
  ('page_view', '00000000-0000-0000-0000-00000000000b', '{}', '2025-02-27'),
  ('page_view', NULL, '{}', '2025-03-04');
"""
CONTENT = Collection(
    name="content", title="Content", table="community.content", id="id", text=("description",),
    owner="user_id", time="publish_date", group="community",
)  # fmt: skip


@pytest.fixture(scope="module")
def collection(engine: Engine) -> Collection:
    gate = programme(engine)
    with writing(engine) as connection:
        connection.exec_driver_sql(COACHING)
        connection.exec_driver_sql(COMMUNITY)
    withdraw(engine, "eve")
    return responses(gate)


@pytest.fixture(scope="module")
def week(engine: Engine, collection: Collection) -> pd.DataFrame:
    with writing(engine) as connection:
        return of_coaching(connection, collection, WEEK, 1).set_index("owner")


def test_active_is_whoever_did_anything_in_the_week_and_consents(week: pd.DataFrame) -> None:
    assert list(week.index) == ["ann", "ben", "cleo", "dora"]
    assert week["rows"].to_dict() == {"ann": 3, "ben": 1, "cleo": 2, "dora": 1}


def test_each_person_has_one_value_of_each_thing(week: pd.DataFrame) -> None:
    assert week["step"].to_dict() == {
        "ann": "completed", "ben": "began", "cleo": "began", "dora": "kept",
    }  # fmt: skip
    assert week["feature"].to_dict() == {
        "ann": "exercise", "ben": "review", "cleo": "avatar_chat", "dora": "none",
    }  # fmt: skip
    assert week["asked"].to_dict() == {
        "ann": "none", "ben": "none", "cleo": "unsorted", "dora": "none",
    }  # fmt: skip


def test_retention_tells_the_week_before_from_a_pause(week: pd.DataFrame) -> None:
    assert week["back"].to_dict() == {
        "ann": "before", "ben": "returned", "cleo": "new", "dora": "new",
    }  # fmt: skip


def test_days_are_those_of_the_week_in_utc(week: pd.DataFrame) -> None:
    assert sorted(week.loc["ann", "days"]) == [1, 3]
    assert week.loc["ben", "days"] == [7]


def test_four_weeks_count_everybody_once(engine: Engine, collection: Collection) -> None:
    with writing(engine) as connection:
        found = of_coaching(connection, collection, date(2025, 2, 17), 4)
    assert found.set_index("owner")["rows"].to_dict() == {
        "ann": 5, "ben": 1, "cleo": 2, "dora": 1, "fay": 1,
    }  # fmt: skip
    assert found.set_index("owner").loc["ann", "coach"] is not None


def test_a_search_with_nothing_found_is_remembered_of_a_member(
    engine: Engine, collection: Collection
) -> None:
    with writing(engine) as connection:
        assert has_events(connection, CONTENT)
        assert has_sessions(connection, collection)
        assert not has_events(connection, collection)
        found = of_community(connection, CONTENT, WEEK, 1)
    told = found[["rows", "event", "searched", "looked", "back"]].to_numpy().tolist()
    assert told == [
        [2, "search", "nothing", "none", "new"],
        [1, "page_view", "none", "none", "before"],
    ]


def test_northlights_own_use_counts_reads_and_what_was_waited(
    engine: Engine, collection: Collection
) -> None:
    assert collection.name == "responses"
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "INSERT INTO northlight_auth.audit (person_id, place, at, role, action, collection, "
            "scope, row_count, digest) SELECT id, n, '2025-03-04', 'coach', 'search', 'responses', "
            "'all rows', n - 1, '' FROM northlight_auth.person, generate_series(1, 2) n "
            "WHERE subject = 'coach-0'"
        )
        connection.exec_driver_sql(
            "INSERT INTO northlight_auth.screen_use SELECT id, '2025-03-04', 'search', 2, 2600 "
            "FROM northlight_auth.person WHERE subject = 'coach-0'"
        )
        (found,) = of_northlight(connection, WEEK, 1).to_dict("records")
    told = {name: found[name] for name in ("rows", "role", "action", "searched", "waited", "back")}
    assert told == {
        "rows": 2, "role": "coach", "action": "search", "searched": "nothing", "waited": "slow",
        "back": "new",
    }  # fmt: skip
