"""The rows that make up a stored run: its themes, points and events."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import Connection, text

from queries.embeddings.spaces import Space
from queries.maps.runs import UNSORTED, FoundTheme, NewRun, Points, Run, ThemeEvent


def insert(connection: Connection, space: Space, run: NewRun) -> tuple[int, list[int]]:
    """The run with its themes and points; its id and theirs."""
    run_id = _insert_run(connection, space, run)
    ids = [_theme_id(connection, space, theme) for theme in run.themes]
    _insert_themes(connection, run_id, run.themes, ids)
    copy_points(connection, run_id, _with_ids(run.points, ids), placed=False)
    return run_id, ids


def _insert_run(connection: Connection, space: Space, run: NewRun) -> int:
    unsorted = int((np.asarray(run.points.themes) < 0).sum())
    return int(
        connection.execute(
            text(
                "INSERT INTO northlight.run (collection_id, space_id, fingerprint, parameters, "
                "rows, unsorted, quality, follows_id) VALUES (:collection, :space, :fingerprint, "
                ":parameters, :rows, :unsorted, :quality, (SELECT id FROM northlight.run "
                "WHERE collection_id = :collection AND current)) RETURNING id"
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
        return theme.id
    made = connection.execute(
        text(
            "INSERT INTO northlight.theme (collection_id, name, named_by) "
            "VALUES (:collection, :name, 'terms') RETURNING id"
        ),
        {"collection": space.collection_id, "name": theme.name},
    )
    return int(made.scalar_one())


def _insert_themes(
    connection: Connection, run_id: int, themes: Sequence[FoundTheme], ids: Sequence[int]
) -> None:
    """The themes as this run has them, with what each is called in `ids`."""
    told = [
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
        }
        for theme, theme_id in zip(themes, ids, strict=True)
    ]
    connection.execute(
        text(
            "INSERT INTO northlight.theme_in_run (run_id, theme_id, parent_id, size, terms, "
            "representatives, stability, separation, rival_id, x, y, centroid) VALUES (:run, "
            ":theme, :parent, :size, :terms, :representatives, :stability, :separation, :rival, "
            ":x, :y, CAST(:centroid AS halfvec))"
        ),
        told,
    )


def _with_ids(points: Points, ids: Sequence[int]) -> Points:
    lookup = np.array([*ids, UNSORTED], dtype=np.int64)
    themes = lookup[np.asarray(points.themes)]  # UNSORTED is -1: the last entry
    return replace(points, themes=themes, second=lookup[np.asarray(points.second)])


def copy_points(connection: Connection, run_id: int, points: Points, *, placed: bool) -> None:
    cursor = connection.connection.cursor()
    columns = (
        "(run_id, placed, row_id, x, y, theme_id, membership, digest, second_id, second_membership)"
    )
    themes, second = (
        [None if theme == UNSORTED else theme for theme in np.asarray(of).tolist()]
        for of in (points.themes, points.second)
    )
    numbers = (points.x, points.y, points.membership, points.digests, points.second_membership)
    x, y, membership, digests, strength = (of.tolist() for of in numbers)
    with cursor.copy(f"COPY northlight.point {columns} FROM STDIN") as copy:
        for row in zip(
            points.row_ids, x, y, themes, membership, digests, second, strength, strict=True
        ):
            copy.write_row((run_id, placed, *row))


def take_off(connection: Connection, run: Run, gone: Sequence[str]) -> None:
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


def with_theme_ids(events: Sequence[ThemeEvent], ids: Sequence[int]) -> list[ThemeEvent]:
    """The events, every theme named by its id."""
    return [
        event if event.theme is None else replace(event, theme=None, theme_id=ids[event.theme])
        for event in events
    ]


def insert_events(
    connection: Connection, collection_id: int, run_id: int, events: Sequence[ThemeEvent]
) -> None:
    told = [
        {
            "collection": collection_id,
            "theme": event.theme_id,
            "run": run_id,
            "kind": event.kind,
            "detail": json.dumps(event.detail),
        }
        for event in events
    ]
    if told:
        connection.execute(
            text(
                "INSERT INTO northlight.theme_event (collection_id, theme_id, run_id, kind, "
                "detail, made_by) VALUES (:collection, :theme, :run, :kind, :detail, 'engine')"
            ),
            told,
        )
