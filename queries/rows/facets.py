"""How often each value of a facet occurs."""

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.statement import Statement

SECONDS = 3


def counts(
    gate: Gate, collection: Collection, facet: str, filters: Filters, limit: int = 20
) -> pd.DataFrame:
    """The commonest values of a facet, most rows first.

    Columns: `value` (text), `rows`. A row with several values counts once for each; rows without
    a value are left out. Raises StatementStopped on a table too large to count in 3 seconds.
    """
    return gate.frame(counts_statement(collection, facet, filters, limit), seconds=SECONDS)


def owners(gate: Gate, collection: Collection, filters: Filters, limit: int = 20) -> pd.DataFrame:
    """The owners with most rows, most first. Columns: `value`, `rows`."""
    return gate.frame(owners_statement(collection, filters, limit), seconds=SECONDS)


def counts_statement(collection: Collection, facet: str, filters: Filters, limit: int) -> Statement:
    """One row a value; ties in alphabetical order so that a page does not flicker."""
    named = collection.facet(facet)
    single: ColumnElement[Any] = cast(named, Text)
    if collection.is_list(facet):
        single = func.unnest(cast(named, ARRAY(Text)))
    values = (
        select(single.label("value"))
        .where(*filters.conditions(collection), named.is_not(None))
        .subquery()
    )
    rows = func.count().label("rows")
    return (
        select(values.c.value, rows)
        .where(values.c.value != "")
        .group_by(values.c.value)
        .order_by(rows.desc(), values.c.value)
        .limit(limit)
    )


def owners_statement(collection: Collection, filters: Filters, limit: int) -> Statement:
    """One row an owner."""
    owner = collection.view.c.owner
    rows = func.count().label("rows")
    return (
        select(owner.label("value"), rows)
        .where(*filters.conditions(collection), owner.is_not(None))
        .group_by(owner)
        .order_by(rows.desc(), owner)
        .limit(limit)
    )
