"""Two groups of rows, for a comparison."""

import pandas as pd
from sqlalchemy import Text, cast, select

from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.statement import Statement

SECONDS = 120
MOST_ROWS = 200_000


class TooManyRows(QueryError):
    """A group that a comparison cannot hold."""

    def __init__(self, told: str) -> None:
        super().__init__(
            f"{told} has more than {MOST_ROWS:,} rows on the map. Narrow it with another filter."
        )


def group(gate: Gate, collection: Collection, filters: Filters) -> pd.DataFrame:
    """The rows on the map that the filters leave, by id.

    Columns: row_id, text, owner (the row's id where there is none), theme_id (missing: in no
    theme), parent_id, membership (0 to 1). Raises TooManyRows.
    """
    statement = group_statement(collection, filters).limit(MOST_ROWS + 1)
    read = Read("compare", collection.name, filters.sentence(collection))
    found = gate.frame(statement, SECONDS, read=read)
    if len(found) > MOST_ROWS:
        raise TooManyRows(filters.sentence(collection))
    found["owner"] = found["owner"].where(found["owner"].notna(), found["row_id"])
    return found.astype({"theme_id": "Int64", "parent_id": "Int64"})


def group_statement(collection: Collection, filters: Filters) -> Statement:
    """One row a row of the collection; only what is on the current map."""
    rows, points, themes = collection.view, collection.points, collection.themes
    return (
        select(
            rows.c.row_id,
            rows.c.text,
            cast(rows.c.owner, Text).label("owner"),
            points.c.theme_id,
            themes.c.parent_id,
            points.c.membership,
        )
        .join(points, points.c.row_id == rows.c.row_id)
        .outerjoin(themes, themes.c.id == points.c.theme_id)
        .where(*filters.conditions(collection))
        .order_by(rows.c.row_id)
    )
