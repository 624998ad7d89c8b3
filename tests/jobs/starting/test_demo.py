"""Loading the demo content into a fresh database."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from demo.packages import installed
from jobs.starting.demo import load_demo
from queries.catalog import declared_in, publish
from queries.gate import WORKER, Gate, writing

CATALOG = Path(__file__).resolve().parents[3] / "catalog"


@pytest.fixture(scope="module")
def counts(engine: Engine) -> dict[str, int]:
    return load(engine)


def load(engine: Engine) -> dict[str, int]:
    """Every fourth package: reading the source of all takes too long for a test."""
    return load_demo(engine, lambda *_: None, installed()[::4])


def test_the_coaching_programme_is_complete(counts: dict[str, int]) -> None:
    assert counts["playbook.user_profiles"] == 63
    assert counts["playbook.exercises"] == 24
    assert counts["playbook.exercise_responses"] >= 400
    assert counts["playbook.user_insights"] == 60


def test_packages_give_patterns_with_keywords(counts: dict[str, int]) -> None:
    assert len(installed()) > 40
    assert counts["nexus.repositories"] == len(installed()[::4])
    assert counts["nexus.patterns"] > 20 * counts["nexus.repositories"]
    assert counts["nexus.pattern_keywords"] > counts["nexus.patterns"]


def test_loading_again_changes_no_row(engine: Engine, counts: dict[str, int]) -> None:
    before = row_versions(engine, list(counts))
    assert load(engine) == counts
    assert row_versions(engine, list(counts)) == before


def test_every_built_in_collection_opens_on_it(engine: Engine, counts: dict[str, int]) -> None:
    assert counts
    publish(engine, declared_in([CATALOG]))
    gate = Gate(engine, WORKER)
    for path in CATALOG.glob("*.toml"):
        rows = gate.value(text(f'SELECT count(text) FROM "{path.stem}"'))
        assert (rows > 5) is (path.stem != "twin_messages"), path.stem


def test_no_name_of_an_author_is_an_owner(engine: Engine, counts: dict[str, int]) -> None:
    assert counts
    with writing(engine) as connection:
        names = connection.execute(text("SELECT username FROM community.users")).scalars().all()
    assert all(name.startswith("c-") and len(name) == 12 for name in names)


def test_a_system_that_was_there_before_gets_no_demo_rows(
    engine: Engine, counts: dict[str, int]
) -> None:
    assert "twin.vectors" in counts
    with writing(engine) as connection:
        connection.execute(
            text("UPDATE public.northlight_migration SET in_place = true WHERE name <> 'twin'")
        )
    assert {table.partition(".")[0] for table in load(engine)} == {"twin"}


def row_versions(engine: Engine, tables: list[str]) -> dict[str, str]:
    """A digest of the row versions of each table: changes with any write, even of the same."""
    with writing(engine) as connection:
        return {
            table: connection.execute(
                text(
                    "SELECT coalesce(md5(string_agg(t.xmin::text || t.ctid::text, ',' "
                    f"ORDER BY t.ctid)), '') FROM {table} t"
                )
            ).scalar_one()
            for table in tables
        }
