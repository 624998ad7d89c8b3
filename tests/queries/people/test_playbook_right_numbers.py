"""What the original playbook's SQL says of a small world, and what ours says, worked by hand.

Dora: three responses (two exercises) of 60, 60 and 120 seconds on 1, 1 and 5 June, two entries, two
sessions of 600 and 300 seconds. The originals join the tables and then count.
"""

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.systems import ask, sow

WORLD = """
INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email, preferences) VALUES
    ('dora', 'Dora', 'D', 'dora@example.org', '{"timezone": "Europe/Lisbon"}'),
    ('lost', 'Lost', 'L', 'lost@example.org', '{"timezone": "Mars/Olympus"}');
INSERT INTO playbook.exercises (id, title, description, category, question) VALUES
    ('00000000-0000-0000-0000-000000000001', 'One', 'd', 'goals', 'q'),
    ('00000000-0000-0000-0000-000000000002', 'Two', 'd', 'rest', 'q');
INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, confidence_rating,
    completion_time_seconds, created_at)
SELECT ('00000000-0000-0000-0000-00000000000' || e)::uuid, who, 'said', c, s, at::timestamptz
  FROM (VALUES (1, 'dora', 4, 60, '2026-06-01 08:00Z'), (1, 'dora', 6, 60, '2026-06-01 18:00Z'),
               (2, 'dora', 8, 120, '2026-06-05 08:00Z'), (1, 'lost', 5, 30, '2026-06-02 08:00Z')
  ) AS given (e, who, c, s, at);
INSERT INTO playbook.playbook_entries (user_id, title, content, category, created_at) VALUES
    ('dora', 'a', 'kept', 'goals', '2026-06-02'), ('dora', 'b', 'kept', 'goals', '2026-06-02');
INSERT INTO playbook.user_sessions (user_id, session_type, start_time, duration_seconds) VALUES
    ('dora', 'review', '2026-06-03 09:00Z', 600), ('dora', 'review', '2026-06-04 09:00Z', 300);
INSERT INTO playbook.avatar_interactions (user_id, user_message, avatar_response, created_at)
VALUES ('dora', 'm', 'a', '2026-06-07 09:00Z');
"""
# As the original playbook wrote them: tables joined to the person, then counted and summed.
ORIGINAL_SUMMARY = """
SELECT count(DISTINCT r.exercise_id) AS completed, sum(r.completion_time_seconds) AS seconds
  FROM playbook.user_profiles u
  LEFT JOIN playbook.exercise_responses r ON r.user_id = u.user_id
  LEFT JOIN playbook.playbook_entries e ON e.user_id = u.user_id
 WHERE u.user_id = 'dora'"""
ORIGINAL_ACTIVITY = """
SELECT count(r.id) AS responses, count(e.id) AS entries, count(s.id) AS sessions,
       sum(s.duration_seconds) AS session_seconds
  FROM playbook.user_profiles u
  LEFT JOIN playbook.exercise_responses r ON r.user_id = u.user_id
  LEFT JOIN playbook.playbook_entries e ON e.user_id = u.user_id
  LEFT JOIN playbook.user_sessions s ON s.user_id = u.user_id
 WHERE u.user_id = 'dora'"""
ORIGINAL_STATS = """
SELECT count(p.id) AS users, count(r.id) AS completions
  FROM playbook.exercises x
  LEFT JOIN playbook.exercise_responses r ON r.exercise_id = x.id
  LEFT JOIN playbook.user_progress p ON p.exercise_id = x.id
 WHERE x.title = 'One'"""
# A trigger added one to the streak at every completion, whatever the day.
ORIGINAL_STREAK = (
    "SELECT count(*) AS streak FROM playbook.exercise_responses WHERE user_id = 'dora'"
)


@pytest.fixture(scope="module", autouse=True)
def world(engine: Engine) -> None:
    sow(engine, WORLD, {})
    ask(engine, "SELECT playbook.recount_progress()")
    ask(engine, "SELECT playbook.refresh_analytics_views()")


def ours(engine: Engine, sql: str) -> Any:
    return ask(engine, sql)[0]


def summary(engine: Engine, user: str = "dora") -> Any:
    return ours(
        engine, f"SELECT * FROM playbook.get_user_progress_summary('{user}', date '2026-06-05')"
    )


def test_the_time_spent_is_not_multiplied_by_the_entries(engine: Engine) -> None:
    assert ours(engine, ORIGINAL_SUMMARY)["seconds"] == 480  # 240 for each of two entries
    assert summary(engine)["total_time_seconds"] == 240


def test_activity_counts_each_table_by_itself(engine: Engine) -> None:
    wrong = ours(engine, ORIGINAL_ACTIVITY)
    assert tuple(wrong.values()) == (12, 12, 12, 5400)
    right = ours(engine, "SELECT * FROM playbook.user_activity_summary WHERE user_id = 'dora'")
    counted = ("total_responses", "total_entries", "total_sessions", "total_session_seconds")
    assert [right[name] for name in counted] == [3, 2, 2, 900]


def test_an_exercise_counts_completions_and_people_not_their_product(engine: Engine) -> None:
    wrong = ours(engine, ORIGINAL_STATS)
    assert (wrong["completions"], wrong["users"]) == (6, 6)
    right = ours(engine, "SELECT * FROM playbook.exercise_completion_stats WHERE title = 'One'")
    assert (right["total_completions"], right["unique_users"]) == (3, 2)
    assert right["avg_completion_time_seconds"] == 50


def test_a_streak_counts_days_in_a_row_not_completions(engine: Engine) -> None:
    assert ours(engine, ORIGINAL_STREAK)["streak"] == 3
    assert (summary(engine)["current_streak"], summary(engine)["longest_streak"]) == (1, 1)


def test_a_talk_with_the_avatar_is_activity(engine: Engine) -> None:
    found = ours(engine, "SELECT * FROM playbook.user_activity_summary WHERE user_id = 'dora'")
    assert found["last_activity_at"].day == 7


def test_a_zone_that_nobody_knows_counts_as_utc_and_stops_nobody(engine: Engine) -> None:
    assert summary(engine, "lost")["longest_streak"] == 1
