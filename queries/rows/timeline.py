"""How many rows, of how many owners, there are in each day, week or month."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pandas as pd
from sqlalchemy import func, select

from queries.collection import Collection
from queries.errors import DeclarationError
from queries.filters import Filters
from queries.gate import Gate
from queries.statement import Statement

Period = Literal["day", "week", "month", "quarter", "year"]
LIMIT = 2000
SECONDS = 20


@dataclass(frozen=True)
class Span:
    """The first and the last moment of the rows that a reader sees; None where there is none."""

    first: datetime | None = None
    last: datetime | None = None


def span(gate: Gate, collection: Collection) -> Span:
    """From when to when the rows are, whatever is filtered."""
    if collection.time is None:
        return Span()
    found = gate.one(span_statement(collection), SECONDS)
    assert found is not None  # an aggregate always has one row
    return Span(found.first, found.last)


def span_statement(collection: Collection) -> Statement:
    """One row."""
    moment = collection.view.c.time
    return select(func.min(moment).label("first"), func.max(moment).label("last"))


def counts(
    gate: Gate, collection: Collection, filters: Filters, period: Period = "week"
) -> pd.DataFrame:
    """Rows and owners of each period, oldest first; a period without rows is not listed.

    Columns: `period` (its first moment, in UTC; weeks start on Monday), `rows`, `owners` (0 where
    the collection declares none). Raises DeclarationError without a time column.
    """
    return gate.frame(counts_statement(collection, filters, period))


def counts_statement(collection: Collection, filters: Filters, period: Period) -> Statement:
    """One row a period; of more than 2,000 periods the newest are kept."""
    if collection.time is None:
        raise DeclarationError(
            f"{collection.name} declares no time column, so nothing can be shown over time. Name "
            f"it as `time` in its catalog file ({collection.name}.toml)."
        )
    view = collection.view
    starts = func.date_trunc(period, view.c.time, "UTC").label("period")
    newest = (
        select(
            starts, func.count().label("rows"), func.count(view.c.owner.distinct()).label("owners")
        )
        .where(*filters.conditions(collection), view.c.time.is_not(None))
        .group_by(starts)
        .order_by(starts.desc())
        .limit(LIMIT)
        .subquery()
    )
    return select(newest).order_by(newest.c.period)
