"""Points of the map: what is drawn, and what of the collection is not on it yet."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    and_,
    cast,
    column,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.rows.packed import Kind, packed
from queries.statement import Statement

LIMIT = 100_000
SECONDS = 20
# Keys by which a row is found without a scan of its table; texts are compared as they are.
_KEYS: dict[str, TypeEngine[Any]] = {
    "smallint": SmallInteger(),
    "integer": Integer(),
    "bigint": BigInteger(),
    "uuid": Uuid(),
}

# A box keeps its upper right corner first.
_FRAME = text(
    "SELECT (frame[1])[0] AS x0, (frame[0])[0] AS x1, (frame[1])[1] AS y0, (frame[0])[1] AS y1, "
    "rows FROM northlight.run WHERE id = :run"
)
_DRAWN: dict[str, Kind] = {
    "row_id": "text",
    "x": "single",
    "y": "single",
    "theme_id": "whole",
    "time": "moment",
}


@dataclass(frozen=True)
class Box:
    """A part of the map, in its coordinates."""

    x0: float
    x1: float
    y0: float
    y1: float


@dataclass(frozen=True)
class Extent(Box):
    """The corners of the whole map, so that filters never move it, and how many rows are on it."""

    rows: int


def extent(gate: Gate, collection: Collection, run_id: int) -> Extent | None:
    """The corners of the map of a run and how many points it has; None for an empty one.

    Both are of everybody's rows: the frame is the same for all who look.
    """
    found = gate.one(_FRAME.bindparams(run=run_id))
    if found is None or found.x0 is None:  # a run from before frames were kept
        found = gate.one(extent_statement(collection, run_id), SECONDS)
    if found is None or found.x0 is None:
        return None
    return Extent(**found._mapping)


@dataclass(frozen=True)
class Mapped:
    """How many rows that the reader sees are on the map, and how many of them in no theme."""

    rows: int
    unsorted: int


def mapped(gate: Gate, collection: Collection) -> Mapped:
    """Counted over the points of the current run; nothing without one."""
    found = gate.one(mapped_statement(collection), SECONDS)
    assert found is not None  # an aggregate always has one row
    return Mapped(found.rows, found.unsorted)


def waiting(gate: Gate, collection: Collection, run_id: int) -> int:
    """How many rows the reader sees that are not on the map yet; empty texts never will be."""
    found = gate.one(waiting_statement(collection, run_id), SECONDS)
    assert found is not None  # it selects three counts and nothing else
    return max(int(found.rows - found.mapped - found.refused), 0)


def points(
    gate: Gate,
    collection: Collection,
    run_id: int,
    colour: str,
    filters: Filters,
    *,
    box: Box | None = None,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """What is drawn: at most `limit` points, within `box` if that is given, in the same order
    every time.

    `colour` is "theme", "owner", "time" or a facet. Columns: `row_id`, `x`, `y`, `theme_id`,
    `time`, `colour` (a theme's id, a moment, or text; several values with commas between). Above
    the limit the points are a sample by a hash of the row's id: every row is as likely as any.
    """
    statement = points_statement(collection, run_id, colour, filters, box, limit)
    kinds: dict[str, Kind] = dict(_DRAWN)
    if colour not in ("theme", "time"):
        kinds["colour"] = "text"
    found = packed(gate, statement, kinds, SECONDS)
    same = {"theme": "theme_id", "time": "time"}.get(colour, "colour")
    return found.assign(colour=found[same])


def proposed(gate: Gate, collection: Collection, *, limit: int = LIMIT) -> pd.DataFrame:
    """What the proposed refit would draw, a sample as `points` gives one.

    Columns: `row_id`, `x`, `y`, `theme_id`, `theme` and `family` (names; None: unsorted).
    """
    names = ("row_id", "x", "y", "theme_id", "theme", "family")
    told = table(f"{collection.name}__proposed", *(column(name) for name in names))
    statement = select(*told.c).order_by(*_draw_order(told)).limit(limit)
    kinds = _DRAWN | {"theme": "text", "family": "text"}
    wanted = {name: kind for name, kind in kinds.items() if name != "time"}
    return packed(gate, statement, wanted, SECONDS)


def count(gate: Gate, collection: Collection, run_id: int, filters: Filters) -> int:
    """How many of the rows that the filters leave are on the map."""
    counted = on_map(select(func.count()), collection, run_id)
    return int(gate.value(counted.where(*filters.conditions(collection)), SECONDS))


def places(gate: Gate, collection: Collection, run_id: int, ids: list[str]) -> pd.DataFrame:
    """Where these rows stand on the map. Columns: `row_id`, `x`, `y`, `theme_id`."""
    told = collection.points
    statement = select(told.c.row_id, told.c.x, told.c.y, told.c.theme_id).where(
        told.c.run_id == run_id, told.c.row_id.in_(ids)
    )
    return gate.frame(statement, SECONDS)


def extent_statement(collection: Collection, run_id: int) -> Statement:
    """Over every point of the run, whatever the reader filtered."""
    points = collection.points
    x, y = points.c.x, points.c.y
    return select(
        func.min(x).label("x0"),
        func.max(x).label("x1"),
        func.min(y).label("y0"),
        func.max(y).label("y1"),
        func.count().label("rows"),
    ).where(points.c.run_id == run_id)


def mapped_statement(collection: Collection) -> Statement:
    """One row, of one table."""
    points = collection.points
    unsorted = func.count().filter(points.c.theme_id.is_(None)).label("unsorted")
    return select(func.count().label("rows"), unsorted).select_from(points)


def waiting_statement(collection: Collection, run_id: int) -> Statement:
    """Three counts, none of which joins anything to anything."""
    points = collection.points
    mapped = select(func.count()).select_from(points).where(points.c.run_id == run_id)
    return select(
        select(func.count()).select_from(collection.view).scalar_subquery().label("rows"),
        mapped.scalar_subquery().label("mapped"),
        select(func.count()).select_from(collection.refusals).scalar_subquery().label("refused"),
    )


def points_statement(
    collection: Collection,
    run_id: int,
    colour: str,
    filters: Filters,
    box: Box | None,
    limit: int,
) -> Statement:
    """Joined to the view, so that only rows the reader may see are drawn.

    Without filters the sample is taken first, along its index: only its rows are looked up.
    """
    points = collection.points
    if filters:
        chosen = on_map(_drawn(collection, points, colour), collection, run_id)
        chosen = chosen.where(*filters.conditions(collection), *_in_box(points, box))
        return chosen.order_by(*_draw_order(points)).limit(limit)
    names = ("row_id", "x", "y", "theme_id")
    sample = select(*(points.c[name] for name in names)).where(
        points.c.run_id == run_id, *_in_box(points, box)
    )
    drawn = sample.order_by(*_draw_order(points)).limit(limit).subquery("drawn")
    looked_up = _drawn(collection, drawn, colour).select_from(with_rows(collection, drawn))
    return looked_up.order_by(*_draw_order(drawn))


def on_map(statement: Statement, collection: Collection, run_id: int) -> Statement:
    """Of the rows in the view, each with its point."""
    view = collection.view
    joined = view.join(
        collection.points,
        and_(collection.points.c.run_id == run_id, collection.points.c.row_id == view.c.row_id),
    )
    return statement.select_from(joined)


def with_rows(collection: Collection, chosen: Any) -> FromClause:
    """The chosen points with their rows, looked up by the table's key where it has a usual type."""
    view, key = collection.view, _KEYS.get(collection.id_type)
    if key is None:
        return chosen.join(view, view.c.row_id == chosen.c.row_id)  # type: ignore[no-any-return]
    return chosen.join(view, view.c.id == cast(chosen.c.row_id, key))  # type: ignore[no-any-return]


def _drawn(collection: Collection, points: Any, colour: str) -> Statement:
    names = ("row_id", "x", "y", "theme_id")
    return select(
        *(points.c[name] for name in names),
        collection.view.c.time,
        _colour(collection, points, colour).label("colour"),
    )


def _draw_order(points: Any) -> tuple[ColumnElement[Any], ...]:
    """A row's place in every sample (migrations/0025_map_screens.sql has the index)."""
    return func.hashtext(points.c.row_id), points.c.row_id


def _in_box(points: Any, box: Box | None) -> list[ColumnElement[bool]]:
    if box is None:
        return []
    return [points.c.x.between(box.x0, box.x1), points.c.y.between(box.y0, box.y1)]


def _colour(collection: Collection, points: Any, colour: str) -> ColumnElement[Any]:
    if colour == "theme":
        theme: ColumnElement[Any] = points.c.theme_id
        return theme
    if colour in ("owner", "time"):
        return collection.view.c[colour]
    facet = collection.facet(colour)
    return (
        func.array_to_string(cast(facet, ARRAY(Text)), ", ")
        if collection.is_list(colour)
        else facet
    )
