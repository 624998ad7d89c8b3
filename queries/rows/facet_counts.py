"""Counts of every facet at once: exact where that is quick, else estimated and said so."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, FromClause, Text, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from queries.collection import Collection
from queries.errors import StatementStopped
from queries.filters import Filters
from queries.gate import Gate
from queries.statement import Statement

EXACT_SECONDS = 0.5
SAMPLE_SECONDS = 5
SAMPLED = 16  # one row in so many, chosen by its id's hash: the same rows every time


@dataclass(frozen=True)
class FacetCounts:
    """Columns of `values`: facet, value (text), rows; the commonest values first.

    `estimated` says that `rows` was worked out from every sixteenth row.
    """

    values: pd.DataFrame
    estimated: bool


def all_counts(
    gate: Gate, collection: Collection, filters: Filters, limit: int = 20
) -> FacetCounts:
    """The commonest values of each facet. Raises StatementStopped when not even that is quick."""
    if not collection.facets:
        return FacetCounts(pd.DataFrame(columns=["facet", "value", "rows"]), False)
    try:
        exact = all_counts_statement(collection, filters, limit)
        return FacetCounts(gate.frame(exact, seconds=EXACT_SECONDS), False)
    except StatementStopped:
        sampled = all_counts_statement(collection, filters, limit, sampled=SAMPLED)
        found = gate.frame(sampled, seconds=SAMPLE_SECONDS)
        return FacetCounts(found.assign(rows=found["rows"] * SAMPLED), True)


def all_counts_statement(
    collection: Collection, filters: Filters, limit: int, *, sampled: int = 1
) -> Statement:
    """`facet, value, rows`; ties in alphabetical order so that a page does not flicker."""
    conditions = filters.conditions(collection)
    if sampled > 1:
        conditions.append(func.mod(func.hashtext(collection.view.c.row_id), sampled) == 0)
    columns = [collection.facet(facet) for facet in collection.facets]
    rows = select(*columns).where(*conditions)
    # Each count reads the table by itself, in parallel; a sample is drawn once and then counted.
    drawn = rows.cte("drawn") if sampled > 1 else None
    parts = [
        _one(collection, facet, rows.subquery() if drawn is None else drawn, limit)
        for facet in collection.facets
    ]
    every = union_all(*(select(part.subquery(f"f{n}")) for n, part in enumerate(parts))).subquery()
    return select(every).order_by(every.c.facet, every.c.rows.desc(), every.c.value)


def _one(collection: Collection, facet: str, source: FromClause, limit: int) -> Statement:
    named = source.c[facet]
    single: ColumnElement[Any] = cast(named, Text)
    if collection.is_list(facet):
        single = func.unnest(cast(named, ARRAY(Text)))
    values = select(single.label("value")).where(named.is_not(None)).subquery(f"values_{facet}")
    rows = func.count().label("rows")
    return (
        select(literal(facet).label("facet"), values.c.value, rows)
        .where(values.c.value != "")
        .group_by(values.c.value)
        .order_by(rows.desc(), values.c.value)
        .limit(limit)
    )
