"""Rows similar to a row: nearest by the cosine distance of their embeddings."""

from typing import Any

import pandas as pd
from numpy import floating
from numpy.typing import NDArray
from sqlalchemy import column, select, table

from queries.collection import Collection
from queries.filters import Filters, current_run
from queries.gate import Gate
from queries.row_ids import native
from queries.rows import shown
from queries.spaces import Space, active_space
from queries.statement import Statement
from queries.vectors import embedding_of, nearest_rows, scan_on

_POINT = table("point", *(column(n) for n in ("run_id", "row_id", "theme_id")), schema="northlight")
_THEME = table("theme", column("id"), column("name"), schema="northlight")


def of_row(
    gate: Gate, collection: Collection, row_id: str, filters: Filters, limit: int = 20
) -> pd.DataFrame:
    """The nearest other rows, nearest first.

    Columns: row_id, text, title, owner, time, the facets, theme_id, theme, distance (cosine, 0 to
    2). Raises NotEmbedded, NoSuchRow, and NoEmbedding where the row has none.
    """
    space = active_space(gate, collection)
    vector = embedding_of(gate, collection, space, row_id)
    with gate.reading() as connection:
        scan_on(connection)
        for exact in (False, True):
            statement = nearest_statement(collection, space, vector, filters, limit + 1, exact)
            result = connection.execute(statement)
            found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
            if len(found) > limit:
                break
    others = found[found["row_id"] != row_id].head(limit)
    return others.reset_index(drop=True)


def nearest_statement(
    collection: Collection,
    space: Space,
    vector: NDArray[floating[Any]],
    filters: Filters,
    limit: int,
    exact: bool = False,
) -> Statement:
    """Rows by distance to a vector, with their theme."""
    conditions = filters.conditions(collection)
    nearest = (
        nearest_rows(collection, space, vector, conditions, exact).limit(limit).subquery("nearest")
    )
    rows = collection.view
    run = current_run(collection).scalar_subquery()
    themes = (_THEME.c.id.label("theme_id"), _THEME.c.name.label("theme"))
    return (
        select(*shown(collection), *themes, nearest.c.distance)
        .select_from(nearest)
        .join(rows, rows.c.id == native(collection, nearest.c.row_id))
        .outerjoin(_POINT, (_POINT.c.run_id == run) & (_POINT.c.row_id == nearest.c.row_id))
        .outerjoin(_THEME, _THEME.c.id == _POINT.c.theme_id)
        .order_by(nearest.c.distance, nearest.c.row_id)
    )
