"""Points of the map: what is drawn, and what lies inside a drawn outline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import UserDefinedType

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.rows import shown
from queries.statement import Statement

LIMIT = 100_000
CORNERS = 500
SECONDS = 20

Polygon = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Extent:
    """The corners of the whole map, so that filters never move it."""

    x0: float
    x1: float
    y0: float
    y1: float
    rows: int


@dataclass(frozen=True)
class Inside:
    """What an outline holds: how many rows of how many owners, and the first of the rows."""

    rows: pd.DataFrame
    total: int
    owners: int


def extent(gate: Gate, collection: Collection, run_id: int) -> Extent | None:
    """The corners of the map of a run and how many points it has; None for an empty one."""
    found = gate.one(extent_statement(collection, run_id))
    if found is None or found.rows == 0:
        return None
    return Extent(**found._mapping)


def points(
    gate: Gate,
    collection: Collection,
    run_id: int,
    colour: str,
    filters: Filters,
    *,
    limit: int = LIMIT,
) -> pd.DataFrame:
    """What is drawn: at most `limit` points, the same ones every time, strongest members last.

    `colour` is "theme", "owner", "time" or a facet. Columns: `row_id`, `x`, `y`, `theme_id`,
    `colour` (a theme's id, a moment, or text; several values with commas between). Above the limit
    the points are a sample by a hash of the row's id.
    """
    return gate.frame(points_statement(collection, run_id, colour, filters, limit), SECONDS)


def inside(
    gate: Gate,
    collection: Collection,
    run_id: int,
    polygon: Polygon,
    filters: Filters,
    *,
    limit: int = 500,
) -> Inside:
    """The rows within an outline in the map's coordinates, strongest members first.

    Columns of `rows`: those of a row, then `theme_id`, `membership` (0..1) and `x`, `y`. The
    totals count every row inside, not only the ones returned.
    """
    statement = inside_statement(collection, run_id, polygon, filters, limit)
    read = Read("outline", collection.name, f"an outline; {filters.sentence(collection)}")
    found = gate.frame(statement, SECONDS, read=read)
    if found.empty:
        return Inside(found, 0, 0)
    counted = gate.one(inside_count_statement(collection, run_id, polygon, filters), SECONDS)
    assert counted is not None  # an aggregate always has one row
    return Inside(found, counted.total, counted.owners)


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


def points_statement(
    collection: Collection, run_id: int, colour: str, filters: Filters, limit: int
) -> Statement:
    """Joined to the view, so that only rows the reader may see are drawn."""
    drawn = _on_map(
        select(
            collection.points.c.row_id,
            collection.points.c.x,
            collection.points.c.y,
            collection.points.c.theme_id,
            _colour(collection, colour).label("colour"),
        ),
        collection,
        run_id,
        filters,
    )
    return drawn.order_by(
        func.hashtext(collection.points.c.row_id), collection.points.c.row_id
    ).limit(limit)


def inside_statement(
    collection: Collection, run_id: int, polygon: Polygon, filters: Filters, limit: int
) -> Statement:
    """The rows themselves."""
    of_point = (
        collection.points.c.theme_id,
        collection.points.c.membership,
        collection.points.c.x,
        collection.points.c.y,
    )
    rows = _on_map(select(*shown(collection), *of_point), collection, run_id, filters)
    rows = rows.where(*_within(collection, polygon))
    return rows.order_by(collection.points.c.membership.desc(), collection.points.c.row_id).limit(
        limit
    )


def inside_count_statement(
    collection: Collection, run_id: int, polygon: Polygon, filters: Filters
) -> Statement:
    """How many rows, of how many owners."""
    counted = select(
        func.count().label("total"),
        func.count(collection.view.c.owner.distinct()).label("owners"),
    )
    return _on_map(counted, collection, run_id, filters).where(*_within(collection, polygon))


def _on_map(
    statement: Statement, collection: Collection, run_id: int, filters: Filters
) -> Statement:
    view = collection.view
    joined = view.join(
        collection.points,
        and_(collection.points.c.run_id == run_id, collection.points.c.row_id == view.c.row_id),
    )
    return statement.select_from(joined).where(*filters.conditions(collection))


def _colour(collection: Collection, colour: str) -> ColumnElement[Any]:
    if colour == "theme":
        return collection.points.c.theme_id
    if colour in ("owner", "time"):
        return collection.view.c[colour]
    facet = collection.facet(colour)
    return (
        func.array_to_string(cast(facet, ARRAY(Text)), ", ")
        if collection.is_list(colour)
        else facet
    )


def _within(collection: Collection, polygon: Polygon) -> list[ColumnElement[bool]]:
    """PostgreSQL's own test of a point in a polygon, after its bounding box."""
    if not 3 <= len(polygon) <= CORNERS:
        raise ValueError(f"An outline has 3 to {CORNERS} corners, this one {len(polygon)}.")
    if not all(math.isfinite(x) and math.isfinite(y) for x, y in polygon):
        raise ValueError("An outline's corners must be finite numbers.")
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    corners = ",".join(f"({float(x)!r},{float(y)!r})" for x, y in polygon)
    outline = cast(literal(f"({corners})"), _PolygonType())
    return [
        collection.points.c.x.between(min(xs), max(xs)),
        collection.points.c.y.between(min(ys), max(ys)),
        outline.op("@>", is_comparison=True)(
            func.point(collection.points.c.x, collection.points.c.y)
        ),
    ]


class _PolygonType(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "polygon"
