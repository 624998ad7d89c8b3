"""Which ways a search by meaning takes: exactly over the rows in scope, by their signs, or through
the HNSW index.

Never a tuning accident: a coach's search is always exact; so is one of few rows, by the planner's
own estimate. An estimate that is wrong costs time, not rows: what comes back short is searched for
again exactly.
"""

from collections.abc import Hashable, Sequence
from math import log2
from time import monotonic

from sqlalchemy import ColumnElement, Connection, select

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.embeddings.vector_index import INDEX_FROM_ROWS, LINKED_FROM_ROWS
from queries.gate import Identity
from queries.search.nearest import BY_SIGNS, CANDIDATES, EXACT, Way

# Rows in scope that are compared one by one. Of 100,000 rows the index is quicker from 2,000 in
# scope on, and finds .98 of the true neighbours only from 8,000 on (docs/decisions/search.md). It
# is the share that counts: of 500,000 rows it finds .91 of the neighbours among a fiftieth, and .94
# however far it is searched. So as large a share is compared of more rows too, while that stays
# well under a second.
EXACT_UP_TO = 8_000
EXACT_SHARE, EXACT_AT_MOST = 0.08, 50_000
# Where the filters let through less than this share of the rows an index scan has looked far enough
# without being asked for more than are wanted (docs/decisions/search.md).
WIDE_FROM = 1 / 8
FRESH_SECONDS = 60
MOST_REMEMBERED = 256


def ways(
    connection: Connection,
    collection: Collection,
    space: Space,
    conditions: Sequence[ColumnElement[bool]],
    rows: int,
    reader: Identity,
    chosen: Hashable,
) -> Sequence[Way]:
    """In which ways to search, one after the other until enough rows come back; the last misses
    none.

    `rows` is about how many the collection has; `chosen` is what the conditions were made from.
    """
    compared = reader.role == "coach" or rows < INDEX_FROM_ROWS
    if not conditions:
        if compared:
            return Way(rows_first=False), EXACT
        signs = space.signed and rows < LINKED_FROM_ROWS
        return Way(BY_SIGNS if signs else CANDIDATES, rows_first=False, signs=signs), EXACT
    if compared:
        return (EXACT,)
    within = _lately_estimated(connection, collection, conditions, (reader, collection, chosen))
    if within <= max(EXACT_UP_TO, min(EXACT_SHARE * rows, EXACT_AT_MOST)):
        return (EXACT,)
    if space.signed:
        return Way(BY_SIGNS, signs=True), EXACT
    return Way(_of_scope(within / max(rows, 1))), EXACT


def _of_scope(share: float) -> int:
    """As many as CANDIDATES of all rows hold; a power of two, so that there are few statements."""
    return 1 << round(log2(CANDIDATES * min(share, 1))) if share >= WIDE_FROM else 0


def _lately_estimated(
    connection: Connection,
    collection: Collection,
    conditions: Sequence[ColumnElement[bool]],
    what: Hashable,
) -> int:
    """As estimated; for a minute the connection remembers it, for this reader and these filters.

    A figure that is no longer right costs time, not rows, as any estimate does.
    """
    known: dict[Hashable, int] = connection.info.setdefault("estimates", {})
    key = (int(monotonic() // FRESH_SECONDS), what)
    if key not in known:
        if len(known) >= MOST_REMEMBERED:
            known.clear()
        known[key] = estimated(connection, collection, conditions)
    return known[key]


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
