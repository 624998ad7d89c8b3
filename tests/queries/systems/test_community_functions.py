"""The community's functions on a small world worked by hand."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from tests.systems import ask, sow, vector

ADA, BOB = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
WORLD = f"""
INSERT INTO community.users (id, username, profile_slug) VALUES
    ('{ADA}', 'ada', 'ada'), ('{BOB}', 'bob', 'bob');
INSERT INTO community.content (user_id, title, content_type, visibility, embedding, deleted_at)
VALUES ('{ADA}', 'near', 'blog', 'public', :x, NULL),
       ('{ADA}', 'gone', 'blog', 'public', :x, now()),
       ('{ADA}', 'talk', 'podcast', 'private', :x, NULL),
       ('{BOB}', 'far', 'blog', 'public', :y, NULL);
INSERT INTO community.content_urls (content_id, url)
SELECT id, 'https://example.org/' || n FROM community.content, generate_series(1, 2) n
 WHERE title = 'near';
INSERT INTO community.content_bookmarks (user_id, content_id)
SELECT u.id, c.id FROM community.users u, community.content c WHERE c.title = 'near';
INSERT INTO community.content_analytics (content_id, views)
SELECT id, 7 FROM community.content WHERE user_id = '{ADA}';
INSERT INTO community.user_follows (follower_id, following_id) VALUES ('{BOB}', '{ADA}');
INSERT INTO community.user_badges (user_id, badge_type, is_active) VALUES
    ('{ADA}', 'hero', true), ('{ADA}', 'ambassador', false);
INSERT INTO community.audit_log (user_id, action, new_values) VALUES
    ('{ADA}', 'login', '{{"email": "ada@example.org"}}');
INSERT INTO community.analytics_events (event_type, user_id) VALUES ('login', '{ADA}');
"""


X, Y = vector(1), vector(0, 1)
VECTORS = {":x": X, ":y": Y}
SEARCH = "SELECT title FROM community.search_content_by_embedding(CAST(:q AS vector)"


@pytest.fixture(scope="module", autouse=True)
def world(engine: Engine) -> None:
    sow(engine, WORLD, VECTORS)


def titles(engine: Engine, rest: str) -> set[str]:
    return {row["title"] for row in ask(engine, f"{SEARCH}{rest})", q=X)}


def test_search_finds_what_is_near_and_not_deleted(engine: Engine) -> None:
    assert titles(engine, "") == {"near", "talk"}
    assert titles(engine, ", 0, 10") == {"near", "talk", "far"}
    assert len(titles(engine, ", 0, 1")) == 1


def test_search_keeps_to_the_kinds_and_visibilities_asked_for(engine: Engine) -> None:
    blogs = ", 0, 10, ARRAY['blog']::community.content_type[]"
    assert titles(engine, blogs) == {"near", "far"}
    private = ", 0, 10, NULL, ARRAY['private']::community.visibility[]"
    assert titles(engine, private) == {"talk"}


def test_stats_count_rows_and_not_groups(engine: Engine) -> None:
    stats = ask(engine, f"SELECT community.get_user_stats('{ADA}') AS s")[0]["s"]
    assert stats["total_content"] == 2
    assert stats["content_by_type"] == {"blog": 1, "podcast": 1}
    assert stats["content_by_visibility"] == {"public": 1, "private": 1}
    assert (stats["total_views"], stats["bookmarks_received"], stats["followers"]) == (14, 2, 1)
    assert [badge["badge_type"] for badge in stats["badges"]] == ["hero"]


def test_an_export_has_everything_about_one_person_and_nothing_of_others(engine: Engine) -> None:
    found = ask(engine, f"SELECT community.export_user_data('{ADA}') AS e")[0]["e"]
    assert sorted(content["title"] for content in found["content"]) == ["gone", "near", "talk"]
    near = next(content for content in found["content"] if content["title"] == "near")
    assert near["urls"] == ["https://example.org/1", "https://example.org/2"]
    sizes = {name: len(rows) for name, rows in found.items() if isinstance(rows, list)}
    assert sizes["badges"] == 2
    assert (sizes["events"], sizes["audit_log"], sizes["bookmarks"]) == (1, 1, 1)
    assert "far" not in str(found)


def test_the_same_address_stands_once_with_a_content(engine: Engine) -> None:
    again = "INSERT INTO community.content_urls (content_id, url) SELECT content_id, url "
    with pytest.raises(IntegrityError, match="content_urls_content_id_url_key"):
        ask(engine, again + "FROM community.content_urls RETURNING id")


def test_erasure_removes_the_person_and_keeps_the_log_without_them(engine: Engine) -> None:
    assert ask(engine, f"SELECT community.erase_user_data('{ADA}') AS done")[0]["done"] is True
    assert titles(engine, ", 0, 10") == {"far"}
    log = ask(engine, "SELECT action, user_id, new_values FROM community.audit_log")
    assert log == [{"action": "login", "user_id": None, "new_values": None}]
    for table in ("content_urls", "content_analytics", "user_badges", "analytics_events"):
        assert ask(engine, f"SELECT * FROM community.{table}") == []
    assert ask(engine, f"SELECT community.erase_user_data('{ADA}') AS done")[0]["done"] is False
    assert ask(engine, f"SELECT community.export_user_data('{ADA}') AS e")[0]["e"] is None
