"""The statement of the rows nearest to what a transaction aims at."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, any_, func, select

from queries.collection import Collection
from queries.collections.view_sql import NEAR_ROWS
from queries.rows.row_ids import native
from queries.statement import Statement, in_full

# Compared in full: so many that an index scan finds (it goes on once past EF_SEARCH, and has .98 of
# the true neighbours instead of .975), or so many of the nearest by their signs, which hold .998
# of the ten nearest; for more than ten, eight each hold .986 of them (docs/decisions/search.md).
CANDIDATES, BY_SIGNS, BY_SIGNS_EACH = 1024, 256, 8
SURE = 1.5  # times as many are near by the sample as are taken, for a sample tells about how many
SPARE = 2  # times as many of the best as are wanted, because rows may be gone since


@dataclass(frozen=True)
class Way:
    """How the nearest rows are found.

    Of so many `candidates` the best are taken, else every vector is compared. Candidates are those
    nearest by their `signs`, or those that the HNSW index finds. With `rows_first` only rows that
    are there and meet the conditions are looked at, which misses none of them; without, the nearest
    vectors are taken before their rows are looked up, which is several times as quick and can come
    back short where many vectors are of rows gone since.
    """

    candidates: int | None = None
    rows_first: bool = True
    signs: bool = False


EXACT = Way()


def nearest_rows(
    collection: Collection,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    way: Way,
) -> Statement:
    """`row_id, distance` of the rows that meet the conditions, nearest first."""
    met = conditions if way.rows_first else None
    if way.candidates is None:
        seen = _exact(collection.distances)
        found = select(seen) if met is None else _there(collection, seen, *met)
    else:
        candidates = _by_signs if way.signs else _through_the_index
        most = max(way.candidates, limit * (BY_SIGNS_EACH if way.signs else 1))
        seen = candidates(collection, met, most)
        found = select(seen)
    if way.rows_first:
        return _best(found, seen.c.distance, limit)
    # To ask of every vector whether its row is still there takes longer than to compare it.
    nearest = _best(found, seen.c.distance, SPARE * limit).subquery("nearest")
    return _best(_there(collection, nearest), nearest.c.distance, limit)


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
    return _exact(_best(near, vectors.c.distance, most).subquery("candidates"))


def _by_signs(
    collection: Collection, conditions: Sequence[ColumnElement[bool]] | None, most: int
) -> FromClause:
    """The distances of the rows that are nearest by their signs, which are a sixteenth to read.

    Of all rows only those are sorted that a sample tells to be near, if they are enough: PostgreSQL
    copies each row that it is to sort before it knows that it is none of the best.
    """
    signs, vectors = collection.signs, collection.distances
    near = select(signs) if conditions is None else _there(collection, signs, *conditions)
    if conditions is None and SURE * most <= NEAR_ROWS:
        near = near.where(signs.c.unlike <= signs.c.near)
    candidates = _best(near.with_only_columns(signs.c.row_id), signs.c.unlike, most)
    # An array leaves the planner one way to look them up, whatever it believes of their number.
    there = vectors.c.row_id == any_(func.array(candidates.scalar_subquery()))
    return _exact(select(vectors).where(there).subquery("candidates"))


def _best(rows: Statement, nearness: ColumnElement[float], limit: int) -> Statement:
    return rows.order_by(nearness).limit(in_full(limit))


def _there(
    collection: Collection, found: FromClause, *conditions: ColumnElement[bool]
) -> Statement:
    """What was found of rows that are in the collection and meet the conditions."""
    rows = collection.view
    kept = select(*found.c)
    return kept.join(rows, rows.c.id == native(collection, found.c.row_id)).where(*conditions)
