"""How a run of the theme engine is stored, and how rows are put on its map later."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Engine, text

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.errors import StatementStopped
from queries.gate import outside_transaction, writing
from queries.maps.fit_stages import forget
from queries.maps.run_rows import copy_points, insert, insert_events, take_off, with_theme_ids
from queries.maps.runs import NewRun, Points, Run, ThemeEvent


def save(engine: Engine, collection: Collection, space: Space, run: NewRun) -> int:
    """Store a run and make it the current one, in one transaction; its id."""
    with writing(engine) as connection:
        drop_proposal(connection, space.collection_id)
        run_id, ids = insert(connection, space, run)
        insert_events(connection, space.collection_id, run_id, with_theme_ids(run.events, ids))
        apply_merges(connection, run_id)
        count(connection, collection, run_id)
        make_current(connection, space.collection_id, run_id)
        forget(connection, space.collection_id)
    _settle(engine)
    return run_id


def propose(
    engine: Engine, collection: Collection, space: Space, run: NewRun, told: Mapping[str, Any]
) -> int:
    """Store a run without showing it, in place of an earlier proposal; its id.

    `told` is what there is to know before accepting it. Themes it would add exist from now on, as
    retired ones.
    """
    with writing(engine) as connection:
        drop_proposal(connection, space.collection_id)
        run_id, ids = insert(connection, space, run)
        events = [asdict(event) for event in with_theme_ids(run.events, ids)]
        connection.execute(
            text(
                "WITH noted AS (INSERT INTO northlight.run_note (run_id, told, events) "
                "  VALUES (:run, :told, :events)) "
                "UPDATE northlight.run SET proposed = true WHERE id = :run"
            ),
            {"told": json.dumps(told), "events": json.dumps(events), "run": run_id},
        )
        connection.execute(
            text(
                "UPDATE northlight.theme SET retired_at = now() WHERE retired_at IS NULL "
                "AND id = ANY(:ids) AND id NOT IN (SELECT f.theme_id "
                "FROM northlight.theme_in_run f JOIN northlight.run r ON r.id = f.run_id "
                "WHERE r.current)"
            ),
            {"ids": ids},
        )
        count(connection, collection, run_id)
        forget(connection, space.collection_id)
    _settle(engine)
    return run_id


def accept(connection: Connection, collection: Collection, run_id: int) -> None:
    """Make a proposed run the current one and tell its events."""
    found = connection.execute(
        text(
            "SELECT r.collection_id, coalesce(n.events, '[]') AS events FROM northlight.run r "
            "LEFT JOIN northlight.run_note n ON n.run_id = r.id WHERE r.id = :run"
        ),
        {"run": run_id},
    ).one()
    told = [ThemeEvent(**event) for event in found.events]
    insert_events(connection, found.collection_id, run_id, told)
    show(connection, collection, found.collection_id, run_id)


def show(connection: Connection, collection: Collection, collection_id: int, run_id: int) -> None:
    """Make a stored run the current one, with what people decided since."""
    for change in (
        "UPDATE northlight.run SET proposed = false WHERE id = :run",
        "UPDATE northlight.run_note SET events = '[]' WHERE run_id = :run",
    ):
        connection.execute(text(change), {"run": run_id})
    apply_merges(connection, run_id)
    count(connection, collection, run_id)
    make_current(connection, collection_id, run_id)


def drop_proposal(connection: Connection, collection_id: int) -> None:
    """Forget the proposed run, and the themes that only it knew."""
    connection.execute(
        text("DELETE FROM northlight.run WHERE collection_id = :id AND proposed"),
        {"id": collection_id},
    )
    connection.execute(
        text(
            "DELETE FROM northlight.theme h WHERE h.collection_id = :id AND h.retired_at IS NOT "
            "NULL AND NOT EXISTS (SELECT FROM northlight.theme_in_run f WHERE f.theme_id = h.id) "
            "AND NOT EXISTS (SELECT FROM northlight.theme_event v WHERE v.theme_id = h.id)"
        ),
        {"id": collection_id},
    )


def place(
    engine: Engine, collection: Collection, run: Run, points: Points | None, gone: Sequence[str]
) -> None:
    """Take rows off the map of a run and put others on it; no other row changes.

    `themes` holds theme ids. A row embedded anew is both gone and among the points.
    """
    with writing(engine) as connection:
        take_off(connection, run, gone)
        if points is not None:
            copy_points(connection, run.id, points, placed=True)
        count(connection, collection, run.id)


def apply_merges(connection: Connection, run_id: int) -> None:
    """Rows of themes that a person merged since the run was made go where those went."""
    merged = (
        "WITH RECURSIVE gone AS (SELECT h.id, h.merged_into AS into_id FROM northlight.theme h "
        "  JOIN northlight.theme_in_run f ON f.theme_id = h.id AND f.run_id = :run "
        "  WHERE h.merged_into IS NOT NULL "
        "  UNION SELECT g.id, h.merged_into FROM gone g JOIN northlight.theme h "
        "  ON h.id = g.into_id WHERE h.merged_into IS NOT NULL), "
        "last AS (SELECT g.id, g.into_id FROM gone g JOIN northlight.theme_in_run f "
        "  ON f.theme_id = g.into_id AND f.run_id = :run "
        "  WHERE g.into_id NOT IN (SELECT id FROM gone)) "
    )
    for change in (
        "UPDATE northlight.point p SET theme_id = last.into_id FROM last "
        "WHERE p.run_id = :run AND p.theme_id = last.id",
        "UPDATE northlight.theme_in_run f SET parent_id = last.into_id FROM last "
        "WHERE f.run_id = :run AND f.parent_id = last.id",
        "DELETE FROM northlight.theme_in_run f USING last "
        "WHERE f.run_id = :run AND f.theme_id = last.id",
    ):
        connection.execute(text(merged + change), {"run": run_id})


def _retire(connection: Connection, collection_id: int, run_id: int) -> None:
    """Themes that the run does not know are retired, never deleted: they may come back."""
    connection.execute(
        text(
            "UPDATE northlight.theme h "
            "SET retired_at = CASE WHEN f.theme_id IS NULL THEN now() END "
            "FROM northlight.theme known LEFT JOIN northlight.theme_in_run f "
            "  ON f.theme_id = known.id AND f.run_id = :run "
            "WHERE known.id = h.id AND h.collection_id = :collection "
            "AND (h.retired_at IS NULL) <> (f.theme_id IS NOT NULL)"
        ),
        {"collection": collection_id, "run": run_id},
    )


def count(connection: Connection, collection: Collection, run_id: int) -> None:
    """Rows and owners of each theme, one above others with all below it, and of the run."""
    owners, rows = "NULL", ""
    if collection.owner is not None:
        owners = "count(DISTINCT r.owner)"
        rows = f"LEFT JOIN {collection.view_name()} r ON r.row_id = p.row_id "
    connection.execute(
        text(
            "WITH family AS (SELECT theme_id, coalesce(parent_id, theme_id) AS counted "
            "  FROM northlight.theme_in_run WHERE run_id = :run "
            "  UNION SELECT theme_id, theme_id FROM northlight.theme_in_run WHERE run_id = :run), "
            f"told AS (SELECT f.counted, count(p.row_id) AS size, {owners} AS owners FROM family f "
            "  LEFT JOIN northlight.point p ON p.run_id = :run AND p.theme_id = f.theme_id "
            f"  {rows}GROUP BY f.counted) "
            "UPDATE northlight.theme_in_run t SET size = told.size, "
            "  owners = CAST(told.owners AS integer) FROM told "
            "WHERE t.run_id = :run AND t.theme_id = told.counted"
        ),
        {"run": run_id},
    )
    connection.execute(
        text(
            "UPDATE northlight.run SET (rows, unsorted) = (SELECT count(*), "
            "  count(*) FILTER (WHERE theme_id IS NULL) FROM northlight.point WHERE run_id = :run) "
            "WHERE id = :run"
        ),
        {"run": run_id},
    )


def make_current(connection: Connection, collection_id: int, run_id: int) -> None:
    """Show this run; its themes are alive, those that it does not know are retired."""
    for value, chosen in (("false", "<>"), ("true", "=")):
        connection.execute(
            text(
                f"UPDATE northlight.run SET current = {value} "
                f"WHERE collection_id = :collection AND id {chosen} :run"
            ),
            {"collection": collection_id, "run": run_id},
        )
    _retire(connection, collection_id, run_id)


def _settle(engine: Engine) -> None:
    """Statistics of the new points, and their pages known as visible to all: what is drawn is then
    read from the index alone (migrations/0070_drawn.sql). A server that stops this does it later.
    """
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE northlight.point")
    with suppress(StatementStopped), outside_transaction(engine) as connection:
        connection.exec_driver_sql("VACUUM northlight.point")
