"""Who wrote in which theme lately and before that; and keeping what was made of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Text, case, cast, func, select, text

from queries.collection import Collection
from queries.gate import Gate, writing

SECONDS = 120
LATELY = timedelta(days=28)
STRETCHES = 4  # a collection that spans less than this many times LATELY is cut into so many


@dataclass(frozen=True)
class Stretch:
    """Two stretches of time of the same length, one after the other: from, between, until."""

    start: datetime
    middle: datetime
    end: datetime


def lately(gate: Gate, collection: Collection) -> Stretch | None:
    """The last four weeks of the collection and the four before; None without times that differ."""
    if collection.time is None:
        return None
    time = collection.view.c.time
    found = gate.one(select(func.min(time).label("first"), func.max(time).label("last")), SECONDS)
    if found is None or found.first is None or found.first == found.last:
        return None
    length = min(LATELY, (found.last - found.first) / STRETCHES)
    return Stretch(found.last - 2 * length, found.last - length, found.last)


def people(gate: Gate, collection: Collection, stretch: Stretch) -> pd.DataFrame:
    """Who wrote in which theme within the two stretches; rows count where there are no owners.

    Columns: theme_id (missing: in none), owner, before, after (whether in that stretch).
    """
    rows, points = collection.view, collection.points
    owner: ColumnElement[Any] = rows.c.row_id
    if collection.owner is not None:
        owner = func.coalesce(cast(rows.c.owner, Text), rows.c.row_id)
    late = rows.c.time > stretch.middle
    statement = (
        select(
            points.c.theme_id,
            owner.label("owner"),
            func.bool_or(~late).label("before"),
            func.bool_or(late).label("after"),
        )
        .join(points, points.c.row_id == rows.c.row_id)
        .where(rows.c.time > stretch.start, rows.c.time <= stretch.end)
        .group_by(points.c.theme_id, owner)
    )
    return gate.frame(statement, SECONDS)


def begun(gate: Gate, collection: Collection) -> dict[int, tuple[int | None, datetime | None]]:
    """Theme -> the theme above it, and when its first row was written."""
    rows, points, themes = collection.view, collection.points, collection.themes
    first = func.min(case((rows.c.time.is_not(None), rows.c.time)))
    statement = (
        select(themes.c.id, themes.c.parent_id, first.label("first"))
        .outerjoin(points, points.c.theme_id == themes.c.id)
        .outerjoin(rows, rows.c.row_id == points.c.row_id)
        .group_by(themes.c.id, themes.c.parent_id)
    )
    return {row.id: (row.parent_id, row.first) for row in gate.rows(statement, SECONDS)}


def newly_born(gate: Gate, collection: Collection) -> set[int]:
    """Themes that the current run found and the run before it did not know."""
    found = gate.rows(
        text(
            "SELECT v.theme_id FROM northlight.theme_event v JOIN northlight.run r "
            "ON r.id = v.run_id JOIN northlight.collection c ON c.id = r.collection_id "
            "WHERE c.name = :name AND r.current AND r.follows_id IS NOT NULL AND v.kind = 'born'"
        ).bindparams(name=collection.name)
    )
    return {row.theme_id for row in found}


def tell(
    gate: Gate, collection: Collection, states: Sequence[tuple[int, str, Mapping[str, Any] | None]]
) -> None:
    """Keep the state of each theme of the current run, with the interval behind it."""
    with writing(gate.engine) as connection:
        for theme_id, state, trend in states:
            connection.execute(
                text(
                    "UPDATE northlight.theme_in_run f SET state = :state, trend = :trend "
                    "FROM northlight.run r JOIN northlight.collection c ON c.id = r.collection_id "
                    "WHERE f.run_id = r.id AND r.current AND c.name = :name AND f.theme_id = :id"
                ),
                {
                    "state": state,
                    "trend": None if trend is None else json.dumps(trend),
                    "name": collection.name,
                    "id": theme_id,
                },
            )
