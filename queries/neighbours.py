"""Rows similar to a row: nearest by the cosine distance of their embeddings."""

from typing import Any

import pandas as pd
from numpy import floating
from numpy.typing import NDArray
from sqlalchemy import column, func, select, table

from queries.collection import Collection
from queries.filters import Filters, current_run
from queries.gate import Gate
from queries.row_ids import native
from queries.rows import shown
from queries.spaces import Space, active_space
from queries.statement import Statement
from queries.vectors import bound, embedding_of, vector_rows

_POINT = table("point", *(column(n) for n in ("run_id", "row_id", "theme_id")), schema="northlight")
_THEME = table("theme", column("id"), column("name"), schema="northlight")


def of_row(
    gate: Gate, collection: Collection, row_id: str, filters: Filters, limit: int = 20
) -> pd.DataFrame:
    """The nearest other rows, nearest first.

    Columns: row_id, text, title, owner, time, the facets, theme_id, theme, distance (cosine, 0 to
    2). Raises NotEmbedded, and NoSuchRow where the row has no embedding.
    """
    space = active_space(gate, collection)
    vector = embedding_of(gate, collection, space, row_id)
    statement = nearest_statement(collection, space, vector, filters, limit + 1)
    with gate.reading() as connection:
        settings = {"hnsw.ef_search": "200", "hnsw.iterative_scan": "relaxed_order"}
        connection.execute(select(*(func.set_config(*pair, True) for pair in settings.items())))
        result = connection.execute(statement)
        found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    others = found[found["row_id"] != row_id].head(limit)
    return others.reset_index(drop=True)


def nearest_statement(
    collection: Collection,
    space: Space,
    vector: NDArray[floating[Any]],
    filters: Filters,
    limit: int,
) -> Statement:
    """Rows by distance to a vector. ORDER BY is the bare distance, or the index goes unused."""
    vectors, rows = vector_rows(collection, space), collection.view
    distance = vectors.c.embedding.cosine_distance(bound(vector, space))
    run = current_run(collection).scalar_subquery()
    nearest = (
        select(*shown(collection), distance.label("distance"))
        .select_from(vectors)
        .join(rows, rows.c.id == native(collection, vectors.c.row_id))
        .where(*filters.conditions(collection))
        .order_by(distance)
        .limit(limit)
        .subquery("nearest")
    )
    return (
        select(nearest, _THEME.c.id.label("theme_id"), _THEME.c.name.label("theme"))
        .outerjoin(_POINT, (_POINT.c.run_id == run) & (_POINT.c.row_id == nearest.c.row_id))
        .outerjoin(_THEME, _THEME.c.id == _POINT.c.theme_id)
        .order_by(nearest.c.distance, nearest.c.row_id)
    )
