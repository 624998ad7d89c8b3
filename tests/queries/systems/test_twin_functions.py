"""The twin's functions: owners, stale chunks, limits and what expires."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from tests.systems import ask, sow, vector

WORLD = """
INSERT INTO twin.vectors (id, content, embedding, metadata)
SELECT who || '-chunk-' || n, 'text ' || n, :x,
       jsonb_build_object('userId', who, 'documentId', who || '-doc', 'title', 'T',
                          'chunkIndex', n, 'totalChunks', 3)
  FROM unnest(ARRAY['ann', 'bea']) who, generate_series(0, 2) n;
INSERT INTO twin.database_cache (key, value, expires_at) VALUES
    ('old', 'v', now() - interval '1 s'), ('new', 'v', now() + interval '1 h'), ('kept', 'v', NULL);
"""
X = vector(1)
VECTORS = {":x": X}


@pytest.fixture(scope="module", autouse=True)
def world(engine: Engine) -> None:
    sow(engine, WORLD, VECTORS)


def test_search_stays_with_the_owner(engine: Engine) -> None:
    sql = "SELECT id FROM twin.search_vectors(CAST(:q AS vector), :owner)"
    found = {row["id"] for row in ask(engine, sql, q=X, owner="ann")}
    assert found == {"ann-chunk-0", "ann-chunk-1", "ann-chunk-2"}
    assert ask(engine, sql, q=X, owner="nobody") == []


def test_what_the_metadata_says_can_be_filtered(engine: Engine) -> None:
    sql = "SELECT id FROM twin.vectors WHERE user_id = 'bea' AND chunk_index = 1 AND title = 'T'"
    assert [row["id"] for row in ask(engine, sql)] == ["bea-chunk-1"]


def test_a_shorter_document_loses_its_stale_chunks_and_nobody_elses(engine: Engine) -> None:
    ask(
        engine,
        "UPDATE twin.vectors SET metadata = metadata || '{\"totalChunks\": 2}' "
        "WHERE user_id = 'ann' AND chunk_index < 2 RETURNING id",
    )
    removed = ask(engine, "SELECT twin.remove_stale_chunks('ann-doc', 'ann', 2) AS n")
    assert removed == [{"n": 1}]
    kept = ask(engine, "SELECT user_id, count(*) AS n FROM twin.vectors GROUP BY 1 ORDER BY 1")
    assert kept == [{"user_id": "ann", "n": 2}, {"user_id": "bea", "n": 3}]


def test_the_eleventh_request_in_a_minute_is_refused(engine: Engine) -> None:
    sql = "SELECT twin.take_request('ip') AS allowed"
    assert [ask(engine, sql)[0]["allowed"] for _ in range(12)] == [True] * 10 + [False] * 2


def test_a_new_window_begins_when_the_old_one_has_passed(engine: Engine) -> None:
    sql = "SELECT twin.take_request('short', 1, 60) AS allowed"
    assert [ask(engine, sql)[0]["allowed"] for _ in range(2)] == [True, False]
    expire = "UPDATE twin.rate_limits SET expires_at = now() WHERE key = 'short' RETURNING key"
    ask(engine, expire)
    assert [ask(engine, sql)[0]["allowed"] for _ in range(2)] == [True, False]


def test_only_what_has_expired_is_cleaned_up(engine: Engine) -> None:
    assert ask(engine, "SELECT cached FROM twin.cleanup_expired()") == [{"cached": 1}]
    kept = ask(engine, "SELECT key FROM twin.database_cache ORDER BY key")
    assert [row["key"] for row in kept] == ["kept", "new"]


def test_a_message_belongs_to_the_owner_of_its_conversation(engine: Engine) -> None:
    start = "INSERT INTO twin.conversations (user_id) VALUES ('ann') RETURNING id"
    conversation = ask(engine, start)[0]["id"]
    say = (
        "INSERT INTO twin.messages (conversation_id, user_id, role, content) "
        "VALUES (:conversation, :user, 'user', 'hello') RETURNING id"
    )
    assert len(ask(engine, say, conversation=conversation, user="ann")) == 1
    with pytest.raises(IntegrityError, match="foreign key"):
        ask(engine, say, conversation=conversation, user="bea")
