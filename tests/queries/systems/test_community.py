"""A community counted by hand: who published what, what is there twice, and who sees it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from clients.embedder import embedder_named
from jobs.embed import embed
from queries.access.reader_calls import NotKept
from queries.catalog import collection_named, declared_in, publish
from queries.collection import Collection
from queries.errors import IdentityRefused
from queries.filters import Filters
from queries.gate import WORKER, Gate, Identity, writing
from queries.rows.facets import counts
from queries.systems.community import contributors, engagement
from queries.systems.duplicates import duplicates, resolve_duplicate
from tests.programme import CATALOG
from tests.web_login import web_login

# ann: two public posts (a and b, b claimed), one deleted, one private. ben: c, titled like a and at
# the same address, and d, which says what b says.
ID = "'00000000-0000-0000-0000-00000000000{}'::uuid"
WORLD = """
INSERT INTO community.users (id, username, profile_slug) VALUES
  (#1, 'ann', 'ann'), (#2, 'ben', 'ben');
INSERT INTO community.content
  (id, user_id, title, description, content_type, visibility, publish_date, tags, is_claimed,
   deleted_at) VALUES
  (#a, #1, 'Scaling a small database', 'Indexes first, then memory', 'blog', 'public',
   '2026-01-01', '{db}', false, NULL),
  (#b, #1, 'On patience', 'A garden needs water and time every week', 'podcast', 'aws_community',
   '2026-02-01', '{life}', true, NULL),
  (#c, #2, 'Scaling a small  database!', 'How we cut the bill in half', 'blog', 'public',
   '2026-03-01', '{db,cost}', false, NULL),
  (#d, #2, 'Slow growth', 'A garden needs water and time every week', 'book', 'public',
   '2026-04-01', '{}', false, NULL),
  (#e, #1, 'Gone', 'zebrafinch', 'blog', 'public', '2026-05-01', '{gone}', false, now()),
  (#f, #1, 'Mine alone', 'zebrafinch', 'blog', 'private', '2026-05-01', '{gone}', false, NULL);
INSERT INTO community.content_urls (content_id, url) VALUES
  (#a, 'https://www.example.org/scaling/'), (#c, 'http://example.org/scaling#top'),
  (#e, 'https://example.org/scaling'), (#b, 'https://example.org/patience');
INSERT INTO community.content_analytics (content_id, views, likes, engagement_score) VALUES
  (#a, 100, 7, 3.5), (#b, 40, 1, 9), (#e, 999, 999, 99);
INSERT INTO community.content_bookmarks (user_id, content_id) VALUES
  (#2, #a), (#1, #a), (#1, #e);
INSERT INTO community.user_follows VALUES (#2, #1);
INSERT INTO community.user_badges (user_id, badge_type, awarded_at, is_active) VALUES
  (#1, 'hero', '2025-01-01', true), (#1, 'ambassador', '2024-01-01', true),
  (#2, 'hero', '2025-01-01', false);
"""
for key in "12abcdef":
    WORLD = WORLD.replace(f"#{key}", ID.format(key))


@pytest.fixture(scope="module")
def gates(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Gate]]:
    """The worker's gate, an engineer's and an analyst's."""
    with writing(engine) as connection:
        connection.exec_driver_sql(WORLD)
        connection.exec_driver_sql(
            "INSERT INTO northlight_auth.person (issuer, subject, name, role) VALUES "
            "('tests', 'sofia', 'Sofia', 'engineer'), ('tests', 'mina', 'Mina', 'analyst'); "
            "INSERT INTO northlight_auth.grant_to (person_id, collection) "
            "SELECT id, 'content' FROM northlight_auth.person WHERE subject = 'mina'"
        )
    publish(engine, [one for one in declared_in([CATALOG]) if one.name == "content"])
    worker = Gate(engine, WORKER)
    embed(worker, collection_named(worker, "content"), embedder_named(None), lambda *_: None)
    with writing(engine) as connection:
        people = connection.execute(
            text("SELECT subject, role, id::text, epoch FROM northlight_auth.person")
        ).all()
    with web_login(engine, tmp_path_factory.mktemp("home")) as login:
        yield {"worker": worker} | {
            row.subject: Gate(login.engine, Identity(row.role, row[2], row.epoch), login.signer)
            for row in people
        }


@pytest.fixture(scope="module")
def collection(gates: dict[str, Gate]) -> Collection:
    return collection_named(gates["worker"], "content")


def test_each_contributor_is_counted_in_each_table_by_itself(
    gates: dict[str, Gate], collection: Collection
) -> None:
    found = contributors(gates["sofia"], collection).set_index("name")
    columns = ["content", "kinds", "claimed", "views", "likes", "bookmarks", "followers"]
    assert found.loc["ann", columns].tolist() == [2, 2, 1, 140, 8, 2, 1]
    assert found.loc["ben", columns].tolist() == [2, 2, 0, 0, 0, 0, 0]
    assert found.loc["ann", "badges"] == ["ambassador", "hero"]
    assert found.loc["ben", "badges"] == []


def test_an_analyst_is_told_no_name(gates: dict[str, Gate], collection: Collection) -> None:
    found = contributors(gates["mina"], collection)
    assert found["name"].isna().all()
    assert found["owner"].str.startswith("p-").all()
    assert sorted(found["bookmarks"]) == [0, 2]


def test_engagement_is_the_best_first_without_what_was_deleted(
    gates: dict[str, Gate], collection: Collection
) -> None:
    found = engagement(gates["sofia"], collection)
    assert found["title"].tolist() == ["On patience", "Scaling a small database"]
    assert found["bookmarks"].tolist() == [0, 2]


@pytest.mark.parametrize("who", ["worker", "sofia", "mina"])
def test_types_visibilities_and_tags_count_what_is_there(
    gates: dict[str, Gate], collection: Collection, who: str
) -> None:
    told = {
        facet: dict(counts(gates[who], collection, facet, Filters()).to_numpy().tolist())
        for facet in ("content_type", "visibility", "tags")
    }
    assert told == {
        "content_type": {"blog": 2, "podcast": 1, "book": 1},
        "visibility": {"public": 3, "aws_community": 1},
        "tags": {"db": 2, "life": 1, "cost": 1},
    }


def test_what_is_there_twice_is_found_by_title_address_and_meaning(
    gates: dict[str, Gate], collection: Collection
) -> None:
    found = duplicates(gates["sofia"], collection)
    told = {(row.kind, row.first[-1], row.second[-1]) for row in found.itertuples()}
    assert told == {("title", "a", "c"), ("url", "a", "c"), ("embedding", "b", "d")}


def test_a_decision_is_kept_and_counts_for_the_pair(
    gates: dict[str, Gate], collection: Collection, engine: Engine
) -> None:
    pair = duplicates(gates["sofia"], collection).set_index("kind").loc["url"]
    given = (collection, pair["first"], pair["second"], "url", 1.0)
    with pytest.raises(IdentityRefused):
        resolve_duplicate(gates["mina"], *given, "duplicate")
    with pytest.raises(NotKept):
        resolve_duplicate(gates["sofia"], *given, "perhaps")
    resolve_duplicate(gates["sofia"], *given, "duplicate")
    found = duplicates(gates["sofia"], collection).set_index("kind")["resolution"]
    assert (found["title"], found["url"]) == ("duplicate", "duplicate")
    assert found.isna()["embedding"]
    with writing(engine) as connection:
        logged = connection.exec_driver_sql("SELECT action FROM community.audit_log").scalars()
        assert list(logged) == ["duplicate resolved"]


@pytest.mark.parametrize("who", ["sofia", "mina"])
def test_nothing_deleted_or_private_is_beside_the_content_either(
    gates: dict[str, Gate], collection: Collection, who: str
) -> None:
    role = gates[who].identity.database_role
    with gates[who].reading() as connection:
        for companion in ("urls", "engagement", "bookmarks"):
            rows = connection.exec_driver_sql(
                f"SELECT of_row FROM {role}.{collection.name}__{companion}"
            ).scalars()
            assert {row[-1] for row in rows} <= {"a", "b", "c", "d"}
