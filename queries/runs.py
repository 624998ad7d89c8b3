"""Runs of the theme engine: the current one, and how a new one is stored."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, column, select, table, text

from queries.collection import Collection
from queries.errors import NoMap
from queries.filters import current_run
from queries.gate import Gate, writing
from queries.spaces import Space

UNSORTED = -1

_RUN = table(
    "run",
    *(column(n) for n in ("id", "space_id", "fingerprint", "rows", "unsorted", "quality")),
    *(column(n) for n in ("parameters", "created_at")),
    schema="northlight",
)
_POINT = table(
    "point",
    *(column(n) for n in ("run_id", "row_id", "x", "y", "theme_id", "membership", "placed")),
    schema="northlight",
)
_IN_RUN = table(
    "theme_in_run", *(column(n) for n in ("run_id", "theme_id", "parent_id")), schema="northlight"
)


@dataclass(frozen=True)
class Run:
    """A stored run. `rows` and `unsorted` count the fit itself, not what was placed later."""

    id: int
    space_id: int
    fingerprint: str
    rows: int
    unsorted: int
    quality: Mapping[str, Any]
    parameters: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Points:
    """Rows on a map. Arrays share their first dimension with `row_ids`.

    themes : int, the theme's position among the run's themes (in a NewRun) or its id (read back);
    UNSORTED where a row is in none.
    """

    row_ids: Sequence[str]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    themes: NDArray[np.integer]
    membership: NDArray[np.float32]


@dataclass(frozen=True)
class FoundTheme:
    """A theme as a run found it. `parent` and `rival` are positions among the run's themes.

    `id` is the theme it continues, or None for one that was born now.
    """

    name: str
    terms: Sequence[str]
    size: int
    representatives: Sequence[str]
    x: float
    y: float
    centroid: NDArray[np.float32]
    id: int | None = None
    parent: int | None = None
    stability: float | None = None
    separation: float | None = None
    rival: int | None = None


@dataclass(frozen=True)
class ThemeEvent:
    """What happened to a theme in a run: `theme` is its position, or `theme_id` when it is gone."""

    kind: str
    theme: int | None = None
    theme_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewRun:
    """Everything a finished fit has to say."""

    fingerprint: str
    parameters: Mapping[str, Any]
    quality: Mapping[str, Any]
    themes: Sequence[FoundTheme]
    points: Points
    events: Sequence[ThemeEvent]


def current(gate: Gate, collection: Collection) -> Run | None:
    """The run whose map and themes are shown, or None before the first."""
    chosen = current_run(collection).scalar_subquery()
    row = gate.one(
        select(*(_RUN.c[name] for name in Run.__dataclass_fields__)).where(_RUN.c.id == chosen)
    )
    return None if row is None else Run(**row._mapping)


def current_or_raise(gate: Gate, collection: Collection) -> Run:
    """The current run. Raises NoMap."""
    run = current(gate, collection)
    if run is None:
        raise NoMap(collection.name)
    return run


def export(gate: Gate, collection: Collection) -> pd.DataFrame:
    """Every row on the current map, by id.

    Columns: id, x, y, theme_id and parent_theme_id (missing for unsorted rows), membership.
    """
    rows = collection.view
    statement = (
        select(
            rows.c.row_id.label("id"),
            _POINT.c.x,
            _POINT.c.y,
            _POINT.c.theme_id,
            _IN_RUN.c.parent_id.label("parent_theme_id"),
            _POINT.c.membership,
        )
        .join(_POINT, _POINT.c.row_id == rows.c.row_id)
        .outerjoin(
            _IN_RUN,
            (_IN_RUN.c.run_id == _POINT.c.run_id) & (_IN_RUN.c.theme_id == _POINT.c.theme_id),
        )
        .where(_POINT.c.run_id == current_run(collection).scalar_subquery())
        .order_by(rows.c.row_id)
    )
    frame = gate.frame(statement, seconds=120)
    whole = {"theme_id": "Int64", "parent_theme_id": "Int64"}
    return frame.astype(whole | dict.fromkeys(("x", "y", "membership"), "float32"))


def points_of(gate: Gate, run: Run) -> Points:
    """Every point of a run, by row id; `themes` holds theme ids."""
    columns = (_POINT.c.row_id, _POINT.c.x, _POINT.c.y, _POINT.c.theme_id, _POINT.c.membership)
    statement = select(*columns).where(_POINT.c.run_id == run.id).order_by(_POINT.c.row_id)
    frame = gate.frame(statement, seconds=120)
    return Points(
        frame["row_id"].tolist(),
        frame["x"].to_numpy(np.float32),
        frame["y"].to_numpy(np.float32),
        frame["theme_id"].astype("Int64").fillna(UNSORTED).to_numpy(np.int64),
        frame["membership"].to_numpy(np.float32),
    )


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
        _count_owners(connection, collection, run_id)
        _make_current(connection, space, run_id)
    _analyze(engine)
    return run_id


def place(engine: Engine, run: Run, points: Points) -> None:
    """Add rows to the map of a run; what is there does not change. `themes` holds theme ids."""
    with writing(engine) as connection:
        _copy_points(connection, run.id, points, placed=True)


def forget_unplaced(engine: Engine, run: Run, row_ids: Sequence[str]) -> None:
    """Take rows off the map: they were removed, or embedded anew and will be placed again."""
    with writing(engine) as connection:
        connection.execute(
            text("DELETE FROM northlight.point WHERE run_id = :run AND row_id = ANY(:ids)"),
            {"run": run.id, "ids": list(row_ids)},
        )


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
    return Points(points.row_ids, points.x, points.y, themes, points.membership)


def _copy_points(connection: Connection, run_id: int, points: Points, *, placed: bool) -> None:
    cursor = connection.connection.cursor()
    columns = "(run_id, row_id, x, y, theme_id, membership, placed)"
    rows = zip(
        points.row_ids,
        points.x.tolist(),
        points.y.tolist(),
        np.asarray(points.themes).tolist(),
        points.membership.tolist(),
        strict=True,
    )
    with cursor.copy(f"COPY northlight.point {columns} FROM STDIN") as copy:
        for row_id, x, y, theme, membership in rows:
            theme_id = None if theme == UNSORTED else theme
            copy.write_row((run_id, row_id, x, y, theme_id, membership, placed))


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


def _count_owners(connection: Connection, collection: Collection, run_id: int) -> None:
    """Owners of each theme; a theme above others counts the owners of all below it."""
    if collection.owner is None:
        return
    connection.execute(
        text(
            "WITH family AS (SELECT theme_id, coalesce(parent_id, theme_id) AS counted "
            "  FROM northlight.theme_in_run WHERE run_id = :run "
            "  UNION SELECT theme_id, theme_id FROM northlight.theme_in_run WHERE run_id = :run), "
            "told AS (SELECT f.counted, count(DISTINCT r.owner) AS owners FROM family f "
            "  JOIN northlight.point p ON p.run_id = :run AND p.theme_id = f.theme_id "
            f"  JOIN {collection.view_name()} r ON r.row_id = p.row_id GROUP BY f.counted) "
            "UPDATE northlight.theme_in_run t SET owners = told.owners FROM told "
            "WHERE t.run_id = :run AND t.theme_id = told.counted"
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
