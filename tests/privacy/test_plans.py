"""What a role's views cost: work for all rows is done once, not once for each row beside it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from tests.privacy.world import World


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def test_a_coachs_themes_are_counted_once_however_many_rows_stand_beside_them(
    world: World,
) -> None:
    statement = (
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT p.row_id, t.name FROM own__points p "
        "LEFT JOIN own__themes t ON t.id = p.theme_id"
    )
    with world.gate("coach 0").reading() as connection:
        # The plan that a wrong guess of the rows leads to.
        for setting in ("enable_hashjoin", "enable_mergejoin", "enable_material"):
            connection.execute(text(f"SET LOCAL {setting} = off"))
        plan = connection.execute(text(statement)).scalar_one()[0]["Plan"]
    counted = [node["Actual Loops"] for node in nodes(plan) if node["Node Type"] == "Aggregate"]
    assert counted == [1]


def test_who_asks_is_found_by_the_key_and_not_among_all_people(world: World) -> None:
    scans = text(
        "SELECT seq_scan FROM pg_stat_xact_all_tables "
        "WHERE relid = 'northlight_auth.person'::regclass"
    )
    gate = world.gate("coach 0")
    gate.engine.dispose()  # a connection of its own: a plan may be kept on another
    with gate.reading() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        before = connection.execute(scans).scalar_one()
        found = connection.execute(text("SELECT (northlight_auth.claims()).person_id::text"))
        assert found.scalar_one() == gate.identity.person
        assert connection.execute(scans).scalar_one() == before
