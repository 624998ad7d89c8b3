"""Rows similar to a row: nearest by the cosine distance of their embeddings."""

import pandas as pd
from sqlalchemy import Connection, select

from queries.collection import Collection
from queries.embeddings.vectors import aim_at_row
from queries.errors import NoEmbedding, NoSuchRow
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.rows.row_ids import native
from queries.rows.rows import has_id, shown
from queries.search.nearest import EXACT, Way, nearest_rows
from queries.search.path import ways
from queries.search.ready import ready
from queries.statement import Statement


def of_row(
    gate: Gate, collection: Collection, row_id: str, filters: Filters, limit: int = 20
) -> pd.DataFrame:
    """The nearest other rows, nearest first.

    Columns: row_id, text, title, owner, time, the facets, theme_id, theme, distance (cosine, 0 to
    2). Raises NotEmbedded, NoSuchRow, and NoEmbedding where the row has none.
    """
    read = Read("neighbours", collection.name, filters.sentence(collection))
    with gate.recorded(read) as told:
        connection = told.connection
        at = ready(connection, collection, "", None)
        space = at.active(collection)
        aim_at_row(connection, row_id)
        _check_row(connection, collection, row_id)
        conditions = filters.conditions(collection)
        scope = (space, conditions, at.rows, gate.identity, filters)
        tried = ways(connection, collection, *scope)
        for way in tried:
            statement = nearest_statement(collection, filters, limit + 1, way)
            result = connection.execute(statement)
            found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
            if len(found) > limit:
                break
        told.rows = len(found)
    near = found[found["distance"].notna()]  # a zero vector has no direction, so no neighbours
    if near.empty and len(found):
        raise NoEmbedding(collection.name, row_id)
    others = near[near["row_id"] != row_id].head(limit)
    return others.reset_index(drop=True)


def nearest_statement(
    collection: Collection, filters: Filters, limit: int, way: Way = EXACT
) -> Statement:
    """Rows by distance to what the transaction aims at, with their theme."""
    conditions = filters.conditions(collection)
    nearest = nearest_rows(collection, conditions, limit, way).subquery("nearest")
    rows, points, named = collection.view, collection.points, collection.themes
    themes = (named.c.id.label("theme_id"), named.c.name.label("theme"))
    return (
        select(*shown(collection), *themes, nearest.c.distance)
        .select_from(nearest)
        .join(rows, rows.c.id == native(collection, nearest.c.row_id))
        .outerjoin(points, points.c.row_id == nearest.c.row_id)
        .outerjoin(named, named.c.id == points.c.theme_id)
        .order_by(nearest.c.distance, nearest.c.row_id)
    )


def _check_row(connection: Connection, collection: Collection, row_id: str) -> None:
    rows, embedded = collection.view, collection.distances
    there = select(embedded.c.row_id).select_from(
        rows.outerjoin(embedded, embedded.c.row_id == rows.c.row_id)
    )
    found = connection.execute(there.where(has_id(collection, [row_id]))).first()
    if found is None:
        raise NoSuchRow(collection.name, row_id)
    if found.row_id is None:
        raise NoEmbedding(collection.name, row_id)
