"""The playbook's functions and views give the right numbers on a small world worked by hand.

Vectors: X and Y are at right angles; BETWEEN lies half-way, at cosine 0.707.
"""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.systems import ask, sow, vector

# Ana lives where it is already the next day at 23:30 UTC in summer.
WORLD = """
INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email, preferences) VALUES
    ('ana', 'Ana', 'A', 'ana@example.org', '{"timezone": "Europe/Lisbon"}'),
    ('ben', 'Ben', 'B', 'ben@example.org', '{}'),
    ('cleo', 'Cleo', 'C', 'cleo@example.org', '{}');
INSERT INTO playbook.exercises (id, title, description, category, question, question_embedding)
VALUES
    ('00000000-0000-0000-0000-000000000001', 'One', 'd', 'goals', 'q', :x),
    ('00000000-0000-0000-0000-000000000002', 'Two', 'd', 'rest', 'q', :y),
    ('00000000-0000-0000-0000-000000000003', 'Three', 'd', 'rest', 'q', :between);
INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, mood, tags,
    completion_time_seconds, confidence_rating, sentiment_score, response_embedding, created_at)
SELECT ('00000000-0000-0000-0000-00000000000' || e)::uuid, who, body, mood, tags, seconds,
       confidence, sentiment, vector, at::timestamptz
  FROM (VALUES
    (1, 'ana', 'a run on monday', 'calm', '{run}'::text[], 60, 4, -0.5, :x, '2026-06-01 10:00Z'),
    (1, 'ana', 'twice the same day', 'calm', '{run}', 60, 6, 0.1, :x, '2026-06-01 12:00Z'),
    (2, 'ana', 'late at night', 'tired', '{sleep}', 120, 5, -0.2, :x, '2026-06-01 23:30Z'),
    (1, 'ana', 'the third day', 'glad', '{sleep}', 60, 7, 0.6, :x, '2026-06-03 09:00Z'),
    (1, 'ana', 'after a gap', 'glad', '{}', NULL, 8, 0.5, NULL, '2026-06-10 09:00Z'),
    (1, 'ben', 'what ben wrote', 'flat', '{}', 30, 5, 0.0, :x, '2026-06-02 09:00Z')
  ) AS given (e, who, body, mood, tags, seconds, confidence, sentiment, vector, at);
INSERT INTO playbook.playbook_entries (user_id, title, content, category, is_highlight,
    content_embedding)
VALUES ('ana', 'mine', 'own words', 'goals', true, :between),
       ('ben', 'far', 'x', 'goals', true, :y), ('ben', 'near', 'x', 'goals', true, :x),
       ('ben', 'hidden', 'x', 'goals', false, :x), ('cleo', 'half', 'x', 'goals', true, :between);
INSERT INTO playbook.user_sessions (user_id, session_type, start_time, duration_seconds)
VALUES ('ana', 'review', '2026-06-04 09:00Z', 600), ('ana', 'review', '2026-06-05 09:00Z', 300);
"""


X, Y, BETWEEN = vector(1), vector(0, 1), vector(0.70710678, 0.70710678)
VECTORS = {":x": X, ":y": Y, ":between": BETWEEN}


@pytest.fixture(scope="module", autouse=True)
def world(engine: Engine) -> None:
    sow(engine, WORLD, VECTORS)
    ask(engine, "SELECT playbook.recount_progress()")
    ask(engine, "SELECT playbook.refresh_analytics_views()")


def summary(engine: Engine, user: str, today: str) -> Any:
    sql = "SELECT * FROM playbook.get_user_progress_summary(:user, CAST(:today AS date))"
    return ask(engine, sql, user=user, today=today)[0]


def test_a_streak_counts_days_where_the_person_lives_and_breaks_at_a_gap(engine: Engine) -> None:
    found = summary(engine, "ana", "2026-06-10")
    # 1, 2 (23:30 UTC is after midnight in Lisbon) and 3 June; then 10 June alone.
    assert (found["longest_streak"], found["current_streak"]) == (3, 1)


def test_a_streak_of_yesterday_goes_on_and_an_older_one_has_ended(engine: Engine) -> None:
    assert summary(engine, "ana", "2026-06-11")["current_streak"] == 1
    assert summary(engine, "ana", "2026-06-12")["current_streak"] == 0


def test_totals_are_not_multiplied(engine: Engine) -> None:
    found = summary(engine, "ana", "2026-06-10")
    assert found["total_time_seconds"] == 300
    assert found["total_exercises_completed"] == 5
    assert found["exercises_tried"] == 2
    assert found["total_entries"] == 1
    assert float(found["average_confidence"]) == 6.0
    assert found["favourite_category"] == "goals"


def test_somebody_without_responses_has_a_summary_of_zeros(engine: Engine) -> None:
    found = summary(engine, "cleo", "2026-06-10")
    assert (found["total_exercises_completed"], found["total_time_seconds"]) == (0, 0)
    assert (found["current_streak"], found["longest_streak"]) == (0, 0)


def test_the_activity_summary_counts_each_table_by_itself(engine: Engine) -> None:
    sql = "SELECT * FROM playbook.user_activity_summary WHERE user_id = 'ana'"
    found = ask(engine, sql)[0]
    counted = ("total_responses", "total_entries", "total_sessions", "total_session_seconds")
    assert [found[name] for name in counted] == [5, 1, 2, 900]
    assert found["active_days"] == 4


def test_completion_stats_count_people_once(engine: Engine) -> None:
    sql = "SELECT * FROM playbook.exercise_completion_stats WHERE title = 'One'"
    found = ask(engine, sql)[0]
    assert (found["total_completions"], found["unique_users"]) == (5, 2)
    assert found["avg_completion_time_seconds"] == 53


def test_progress_is_kept_by_exercise_and_counting_again_writes_nothing(engine: Engine) -> None:
    sql = "SELECT p.*, p.xmin::text AS version FROM playbook.user_progress p ORDER BY id"
    before = ask(engine, sql)
    ask(engine, "SELECT playbook.recount_progress()")
    assert ask(engine, sql) == before
    ana = next(row for row in before if row["user_id"] == "ana" and row["completion_count"] == 4)
    assert (ana["total_time_spent_seconds"], ana["best_streak"]) == (180, 1)


def test_insights_name_what_was_written_about_gladly_and_not(engine: Engine) -> None:
    found = ask(engine, "SELECT * FROM playbook.user_insights WHERE user_id = 'ana'")[0]
    assert found["strengths"] == ["sleep"]
    assert found["growth_areas"] == ["run"]
    assert found["overall_mood"] == "glad"
    assert found["total_exercises_completed"] == 5


def test_similar_responses_stay_with_their_owner(engine: Engine) -> None:
    sql = "SELECT * FROM playbook.find_similar_responses(CAST(:q AS vector), 0.8, 10, :owner)"
    assert {row["user_id"] for row in ask(engine, sql, q=X, owner="ana")} == {"ana"}
    assert len(ask(engine, sql, q=X, owner="ana")) == 4
    assert {row["user_id"] for row in ask(engine, sql, q=X, owner="*")} == {"ana", "ben"}
    assert ask(engine, sql, q=Y, owner="ana") == []


def test_similar_responses_of_nobody_in_particular_are_refused(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="whose responses"):
        ask(engine, "SELECT * FROM playbook.find_similar_responses(CAST(:q AS vector))", q=X)


def test_the_owner_may_come_from_the_session(engine: Engine) -> None:
    sql = (
        "WITH me AS MATERIALIZED (SELECT set_config('playbook.owner', 'ben', true)) "
        "SELECT f.* FROM me, LATERAL playbook.find_similar_responses(CAST(:q AS vector), "
        "CASE WHEN set_config IS NULL THEN 1 ELSE 0.8 END) f"
    )
    assert [row["response_text"] for row in ask(engine, sql, q=X)] == ["what ben wrote"]


def test_similar_entries_are_above_the_threshold_and_ones_own(engine: Engine) -> None:
    sql = "SELECT * FROM playbook.find_similar_playbook_entries(CAST(:q AS vector), 'ana', :least)"
    assert ask(engine, sql, q=X, least=0.8) == []
    found = ask(engine, sql, q=X, least=0.7)
    assert [row["title"] for row in found] == ["mine"]
    assert found[0]["similarity"] == pytest.approx(0.7071, abs=1e-3)


def test_recommended_exercises_are_new_to_the_person(engine: Engine) -> None:
    sql = "SELECT title FROM playbook.get_content_recommendations(:user, 'exercise', 5)"
    assert [row["title"] for row in ask(engine, sql, user="ana")] == ["Three"]
    assert [row["title"] for row in ask(engine, sql, user="ben")] == ["Three", "Two"]
    assert ask(engine, sql, user="cleo") == []


def test_recommendations_of_an_unknown_kind_name_the_kinds(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="exercise, entry, media"):
        ask(engine, "SELECT * FROM playbook.get_content_recommendations('ana', 'song')")


def test_others_highlights_are_recommended_nearest_first_without_a_name(engine: Engine) -> None:
    found = ask(engine, "SELECT * FROM playbook.get_personalized_recommendations('ana', 5)")
    assert [row["title"] for row in found] == ["near", "half", "far"]
    assert "user_id" not in found[0]


def test_words_are_found_in_ones_own_texts_and_marked(engine: Engine) -> None:
    sql = "SELECT * FROM playbook.search_own_texts('words', :user)"
    assert [row["headline"] for row in ask(engine, sql, user="ana")] == ["mine\nown «words»"]
    assert ask(engine, sql, user="ben") == []


def test_a_zero_vector_cannot_be_stored(engine: Engine) -> None:
    with pytest.raises(IntegrityError, match="response_unit_length"):
        ask(
            engine,
            "UPDATE playbook.exercise_responses SET response_embedding = CAST(:q AS vector) "
            "RETURNING id",
            q=vector(0),
        )


def test_an_embedding_is_no_edit_and_new_words_are(engine: Engine) -> None:
    sql = "UPDATE playbook.playbook_entries SET {} WHERE title = 'mine' RETURNING updated_at"
    before = ask(engine, "SELECT updated_at FROM playbook.playbook_entries WHERE title = 'mine'")
    assert ask(engine, sql.format("content_embedding = NULL")) == before
    assert ask(engine, sql.format("content = 'own words again'")) != before
