"""How a run of the theme engine is stored, and how rows are put on its map later."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection, Engine, text

from queries.collection import Collection
from queries.gate import writing
from queries.runs import UNSORTED, FoundTheme, NewRun, Points, Run, ThemeEvent
from queries.spaces import Space


def save(engine: Engine, collection: Collection, space: Space, run: NewRun) -> int:
    """Store a run and make it the current one, in one transaction; its id."""
    with writing(engine) as connection:
        run_id = _insert_run(connection, space, run)
        ids = [_theme_id(connection, space, theme) for theme in run.themes]
        for theme, theme_id in zip(run.themes, ids, strict=True):
            _insert_theme(connection, run_id, theme, theme_id, ids)
        _copy_points(connection, run_id, _with_ids(run.points, ids), placed=False)
        _insert_events(connection, space, run_id, run.events, ids)
        _retire(connection, space, run_id)
        _count(connection, collection, run_id)
        _make_current(connection, space, run_id)
    _analyze(engine)
    return run_id


def place(
    engine: Engine, collection: Collection, run: Run, points: Points, gone: Sequence[str]
) -> None:
    """Take rows off the map of a run and put others on it; no other row changes.

    `themes` holds theme ids. A row embedded anew is both gone and among the points.
    """
    with writing(engine) as connection:
        _take_off(connection, run, gone)
        _copy_points(connection, run.id, points, placed=True)
        _count(connection, collection, run.id)


def _insert_run(connection: Connection, space: Space, run: NewRun) -> int:
    unsorted = int((np.asarray(run.points.themes) < 0).sum())
    return int(
        connection.execute(
            text(
                "INSERT INTO northlight.run (collection_id, space_id, fingerprint, parameters, "
                "rows, unsorted, quality) VALUES (:collection, :space, :fingerprint, "
                ":parameters, :rows, :unsorted, :quality) RETURNING id"
            ),
            {
                "collection": space.collection_id,
                "space": space.id,
                "fingerprint": run.fingerprint,
                "parameters": json.dumps(run.parameters),
                "rows": len(run.points.row_ids),
                "unsorted": unsorted,
                "quality": json.dumps(run.quality),
            },
        ).scalar_one()
    )


def _theme_id(connection: Connection, space: Space, theme: FoundTheme) -> int:
    if theme.id is not None:
        connection.execute(
            text("UPDATE northlight.theme SET retired_at = NULL WHERE id = :id"), {"id": theme.id}
        )
        return theme.id
    made = connection.execute(
        text(
            "INSERT INTO northlight.theme (collection_id, name, named_by) "
            "VALUES (:collection, :name, 'terms') RETURNING id"
        ),
        {"collection": space.collection_id, "name": theme.name},
    )
    return int(made.scalar_one())


def _insert_theme(
    connection: Connection, run_id: int, theme: FoundTheme, theme_id: int, ids: Sequence[int]
) -> None:
    connection.execute(
        text(
            "INSERT INTO northlight.theme_in_run (run_id, theme_id, parent_id, size, terms, "
            "representatives, stability, separation, rival_id, x, y, centroid) VALUES (:run, "
            ":theme, :parent, :size, :terms, :representatives, :stability, :separation, :rival, "
            ":x, :y, CAST(:centroid AS halfvec))"
        ),
        {
            "run": run_id,
            "theme": theme_id,
            "parent": None if theme.parent is None else ids[theme.parent],
            "rival": None if theme.rival is None else ids[theme.rival],
            "size": theme.size,
            "terms": list(theme.terms),
            "representatives": list(theme.representatives),
            "stability": theme.stability,
            "separation": theme.separation,
            "x": theme.x,
            "y": theme.y,
            "centroid": "[" + ",".join(f"{value:.5f}" for value in theme.centroid) + "]",
        },
    )


def _with_ids(points: Points, ids: Sequence[int]) -> Points:
    lookup = np.array([*ids, UNSORTED], dtype=np.int64)
    themes = lookup[np.asarray(points.themes)]  # UNSORTED is -1: the last entry
    return replace(points, themes=themes)


def _copy_points(connection: Connection, run_id: int, points: Points, *, placed: bool) -> None:
    cursor = connection.connection.cursor()
    columns = "(run_id, row_id, x, y, theme_id, membership, digest, placed)"
    rows = zip(
        points.row_ids,
        points.x.tolist(),
        points.y.tolist(),
        np.asarray(points.themes).tolist(),
        points.membership.tolist(),
        points.digests.tolist(),
        strict=True,
    )
    with cursor.copy(f"COPY northlight.point {columns} FROM STDIN") as copy:
        for row_id, x, y, theme, membership, digest in rows:
            theme_id = None if theme == UNSORTED else theme
            copy.write_row((run_id, row_id, x, y, theme_id, membership, digest, placed))


def _insert_events(
    connection: Connection,
    space: Space,
    run_id: int,
    events: Sequence[ThemeEvent],
    ids: Sequence[int],
) -> None:
    for event in events:
        connection.execute(
            text(
                "INSERT INTO northlight.theme_event (collection_id, theme_id, run_id, kind, "
                "detail, made_by) VALUES (:collection, :theme, :run, :kind, :detail, 'engine')"
            ),
            {
                "collection": space.collection_id,
                "theme": event.theme_id if event.theme is None else ids[event.theme],
                "run": run_id,
                "kind": event.kind,
                "detail": json.dumps(event.detail),
            },
        )


def _retire(connection: Connection, space: Space, run_id: int) -> None:
    """Themes that the run did not find again are retired, never deleted: they may come back."""
    connection.execute(
        text(
            "UPDATE northlight.theme SET retired_at = now() WHERE collection_id = :collection "
            "AND retired_at IS NULL AND id NOT IN "
            "(SELECT theme_id FROM northlight.theme_in_run WHERE run_id = :run)"
        ),
        {"collection": space.collection_id, "run": run_id},
    )


def _take_off(connection: Connection, run: Run, gone: Sequence[str]) -> None:
    if not gone:
        return
    for change in (
        "DELETE FROM northlight.point WHERE run_id = :run AND row_id = ANY(:ids)",
        "UPDATE northlight.theme_in_run SET representatives = ARRAY(SELECT kept.id "
        "  FROM unnest(representatives) WITH ORDINALITY AS kept(id, place) "
        "  WHERE kept.id <> ALL(:ids) ORDER BY kept.place) "
        "WHERE run_id = :run AND representatives && CAST(:ids AS text[])",
    ):
        connection.execute(text(change), {"run": run.id, "ids": list(gone)})


def _count(connection: Connection, collection: Collection, run_id: int) -> None:
    """Rows and owners of each theme, one above others with all below it, and of the run."""
    owners = "NULL" if collection.owner is None else "count(DISTINCT r.owner)"
    connection.execute(
        text(
            "WITH family AS (SELECT theme_id, coalesce(parent_id, theme_id) AS counted "
            "  FROM northlight.theme_in_run WHERE run_id = :run "
            "  UNION SELECT theme_id, theme_id FROM northlight.theme_in_run WHERE run_id = :run), "
            f"told AS (SELECT f.counted, count(p.row_id) AS size, {owners} AS owners FROM family f "
            "  LEFT JOIN northlight.point p ON p.run_id = :run AND p.theme_id = f.theme_id "
            f"  LEFT JOIN {collection.view_name()} r ON r.row_id = p.row_id GROUP BY f.counted) "
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


def _make_current(connection: Connection, space: Space, run_id: int) -> None:
    for value, chosen in (("false", "<>"), ("true", "=")):
        connection.execute(
            text(
                f"UPDATE northlight.run SET current = {value} "
                f"WHERE collection_id = :collection AND id {chosen} :run"
            ),
            {"collection": space.collection_id, "run": run_id},
        )


def _analyze(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("ANALYZE northlight.point")
