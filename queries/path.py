"""Which way a search by meaning takes: exactly over the rows in scope, or through the HNSW index.

Never a tuning accident: a coach's search is always exact; so is one of few rows, by the planner's
own estimate. An estimate that is wrong costs time, not rows: what comes back short through the
index is searched again exactly.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select

from queries.collection import Collection
from queries.gate import Identity
from queries.spaces import INDEX_FROM_ROWS

# Rows in scope that are compared one by one. A judgement from a few timings on a busy machine at
# 100,000 rows, not a measured crossing.
EXACT_UP_TO = 5_000


def takes_exact_path(
    connection: Connection,
    collection: Collection,
    conditions: Sequence[ColumnElement[bool]],
    rows: int,
    reader: Identity,
) -> bool:
    """Whether to compare every row in scope; `rows` is about how many the collection has."""
    if reader.role == "coach" or rows < INDEX_FROM_ROWS:
        return True
    return bool(conditions) and estimated(connection, collection, conditions) <= EXACT_UP_TO


def estimated(
    connection: Connection, collection: Collection, conditions: Sequence[ColumnElement[bool]]
) -> int:
    """About how many rows meet the conditions, from the planner's statistics; nothing is read."""
    scope = select(collection.view.c.row_id).where(*conditions)
    compiled = scope.compile(
        dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
    )
    told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {compiled}", compiled.params)
    return int(told.scalar_one()[0]["Plan"]["Plan Rows"])
