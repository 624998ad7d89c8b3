"""Reading what stands beside a collection: its companions, as the reader's role sees them."""

from functools import lru_cache

import pandas as pd
from sqlalchemy import ColumnElement, TableClause, Text, column, select, table

from queries.collection import Collection
from queries.collections.companion import SHAPES
from queries.gate import Gate, Read

MOST = 5_000


@lru_cache(maxsize=500)
def beside(name: str, companion: str) -> TableClause:
    """The view of a companion of the collection of that name. One object each: see Collection."""
    roles = ("owner", *SHAPES[companion])
    return table(f"{name}__{companion}", *(column(role) for role in roles))


def has(collection: Collection, *companions: str) -> bool:
    """Whether all of these are declared."""
    return all(collection.companion(name) is not None for name in companions)


def told(
    gate: Gate,
    collection: Collection,
    companion: str,
    where: tuple[tuple[str, str], ...] = (),
    limit: int = MOST,
) -> pd.DataFrame:
    """Rows of a companion whose roles have these values, the newest first where there is a time.

    Columns: owner and the roles of its shape. Empty where the declaration has no such companion.
    """
    if not has(collection, companion):
        return pd.DataFrame(columns=["owner", *SHAPES[companion]])
    view = beside(collection.name, companion)
    conditions: list[ColumnElement[bool]] = [
        view.c[role].cast(Text) == value for role, value in where
    ]
    order = [view.c.time.desc().nulls_last()] if "time" in view.c else []
    rest = [each for each in view.c if each.name in ("name", "title", "repository", "id")]
    statement = select(*view.c).where(*conditions).order_by(*order, *rest).limit(limit)
    scope = "; ".join(f"{role} is {value}" for role, value in where) or "all rows"
    return gate.frame(statement, read=Read(companion, collection.name, scope))
