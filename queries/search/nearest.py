"""The statement of the rows nearest to what a transaction aims at."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, select

from queries.collection import Collection
from queries.rows.row_ids import native
from queries.statement import Statement, in_full

SPARE = 2  # times as many of the best as are wanted, because rows may be gone since


@dataclass(frozen=True)
class Way:
    """How the nearest rows are found.

    Through the HNSW index the best are taken of so many `candidates`; without, every vector is
    compared. With `rows_first` only those of rows that are there and meet the conditions, which
    misses none; without, the nearest vectors are taken before their rows are looked up, which is
    several times as quick and can come back short where many vectors are of rows gone since.
    """

    candidates: int | None = None
    rows_first: bool = True


EXACT = Way()


def nearest_rows(
    collection: Collection,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    way: Way,
) -> Statement:
    """`row_id, distance` of the rows that meet the conditions, nearest first."""
    if way.candidates is None:
        seen = _exact(collection.distances)
        found = _there(collection, seen, *conditions) if way.rows_first else select(seen)
    else:
        most = max(limit, way.candidates)
        seen = _through_the_index(collection, conditions if way.rows_first else None, most)
        found = select(seen)
    if way.rows_first:
        return _best(found, seen, limit)
    # To ask of every vector whether its row is still there takes longer than to compare it.
    nearest = _best(found, seen, SPARE * limit).subquery("nearest")
    return _best(_there(collection, nearest), nearest, limit)


def _exact(vectors: FromClause) -> FromClause:
    """The distances in a form that is sorted by comparing them all: the index serves only an ORDER
    BY of the bare distance, and a scan that goes on is only nearly in order."""
    exact = (vectors.c.distance + in_full(0)).label("distance")
    return select(vectors.c.row_id, exact).subquery("compared")


def _through_the_index(
    collection: Collection, conditions: Sequence[ColumnElement[bool]] | None, most: int
) -> FromClause:
    """What the index finds; with conditions only of rows that are there and meet them."""
    vectors = collection.distances
    near = select(vectors) if conditions is None else _there(collection, vectors, *conditions)
    return _exact(_best(near, vectors, most).subquery("candidates"))


def _best(rows: Statement, distances: FromClause, limit: int) -> Statement:
    return rows.order_by(distances.c.distance).limit(in_full(limit))


def _there(
    collection: Collection, found: FromClause, *conditions: ColumnElement[bool]
) -> Statement:
    """`row_id, distance` of those that are rows of the collection and meet the conditions."""
    rows = collection.view
    kept = select(found.c.row_id, found.c.distance)
    return kept.join(rows, rows.c.id == native(collection, found.c.row_id)).where(*conditions)
