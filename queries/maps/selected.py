"""What a selection on the map holds: its rows, and figures of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.maps.outlines import Selection
from queries.maps.outlines import inside as within
from queries.maps.points import SECONDS, on_map, with_rows
from queries.rows.rows import shown
from queries.statement import Statement


@dataclass(frozen=True)
class Inside:
    """What a selection holds: the first of its rows, and figures of all of them.

    `themes` : theme_id (missing: unsorted) and rows, the commonest first; `owners` is 0 where the
    collection declares none.
    """

    rows: pd.DataFrame
    total: int
    owners: int
    themes: pd.DataFrame


def inside(
    gate: Gate,
    collection: Collection,
    run_id: int,
    selection: Selection,
    filters: Filters,
    *,
    limit: int = 500,
) -> Inside:
    """The rows within a selection, strongest members first.

    Columns of `rows`: those of a row, then `theme_id`, `membership` (0..1) and `x`, `y`. The
    figures count every row inside, not only the ones returned. Raises NoOutline.
    """
    statement = inside_statement(collection, run_id, selection, filters, limit)
    read = Read("outline", collection.name, f"an outline; {filters.sentence(collection)}")
    found = gate.frame(statement, SECONDS, read=read)
    themes = gate.frame(inside_themes_statement(collection, run_id, selection, filters), SECONDS)
    owners = 0
    if collection.owner and not found.empty:
        counted = inside_owners_statement(collection, run_id, selection, filters)
        owners = int(gate.value(counted, SECONDS))
    return Inside(found, int(themes["rows"].sum()), owners, themes.astype({"theme_id": "Int64"}))


def inside_statement(
    collection: Collection, run_id: int, selection: Selection, filters: Filters, limit: int
) -> Statement:
    """The rows themselves."""
    points = collection.points
    chosen = and_(points.c.run_id == run_id, within(points, selection))
    return surest_statement(collection, chosen, filters, limit, ("theme_id", "x", "y"))


def surest_statement(
    collection: Collection,
    chosen: ColumnElement[bool],
    filters: Filters,
    limit: int,
    of_point: Sequence[str] = (),
) -> Statement:
    """The rows whose points are chosen, strongest members first, with `membership`.

    Without filters rows are looked up after the surest points are found.
    """
    points, names = collection.points, ("membership", *of_point)
    if filters:
        rows = select(*shown(collection), *(points.c[name] for name in names))
        rows = rows.join(points, points.c.row_id == collection.view.c.row_id)
        rows = rows.where(chosen, *filters.conditions(collection))
        return rows.order_by(points.c.membership.desc(), points.c.row_id).limit(limit)
    found = select(points.c.row_id, *(points.c[name] for name in names)).where(chosen)
    surest = found.order_by(points.c.membership.desc(), points.c.row_id).limit(limit)
    held = surest.subquery("surest")
    return (
        select(*shown(collection), *(held.c[name] for name in names))
        .select_from(with_rows(collection, held))
        .order_by(held.c.membership.desc(), held.c.row_id)
    )


def inside_themes_statement(
    collection: Collection, run_id: int, selection: Selection, filters: Filters
) -> Statement:
    """How many of the rows are in which theme."""
    points, rows = collection.points, func.count().label("rows")
    counted = select(points.c.theme_id, rows).where(within(points, selection))
    if filters:
        counted = on_map(counted, collection, run_id).where(*filters.conditions(collection))
    else:
        counted = counted.where(points.c.run_id == run_id)
    return counted.group_by(points.c.theme_id).order_by(rows.desc(), points.c.theme_id)


def inside_owners_statement(
    collection: Collection, run_id: int, selection: Selection, filters: Filters
) -> Statement:
    """From how many people the rows are."""
    points = collection.points
    counted = select(func.count(collection.view.c.owner.distinct()).label("owners"))
    if filters:
        counted = on_map(counted, collection, run_id).where(*filters.conditions(collection))
        return counted.where(within(points, selection))
    chosen = select(points.c.row_id).where(points.c.run_id == run_id, within(points, selection))
    return counted.select_from(with_rows(collection, chosen.subquery("chosen")))
