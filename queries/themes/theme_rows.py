"""The rows of one theme from other sides than the surest: its border, and who wrote them."""

import pandas as pd
from sqlalchemy import func, or_, select

from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.themes.themes import members_statement

SECONDS = 20


def borderline(
    gate: Gate, collection: Collection, theme_id: int, filters: Filters, limit: int
) -> pd.DataFrame:
    """The rows that belong to the theme least clearly, the least clear first.

    Columns: as `themes.members`.
    """
    points = collection.points
    least = members_statement(collection, theme_id, filters).order_by(None)
    statement = least.order_by(points.c.membership, points.c.row_id).limit(limit)
    read = Read("members", collection.name, f"border of theme {theme_id}")
    return gate.frame(statement, SECONDS, read=read)


def people(
    gate: Gate, collection: Collection, theme_id: int, filters: Filters, limit: int
) -> pd.DataFrame:
    """Who wrote in the theme, most rows first, as the reader may know them.

    Columns: owner, rows, last (moment of the newest row). Empty where no owner is declared.
    """
    rows, points, themes = collection.view, collection.points, collection.themes
    family = select(themes.c.id).where(or_(themes.c.id == theme_id, themes.c.parent_id == theme_id))
    count = func.count().label("rows")
    statement = (
        select(rows.c.owner, count, func.max(rows.c.time).label("last"))
        .join(points, points.c.row_id == rows.c.row_id)
        .where(points.c.theme_id.in_(family), rows.c.owner.is_not(None))
        .where(*filters.conditions(collection))
        .group_by(rows.c.owner)
        .order_by(count.desc(), rows.c.owner)
        .limit(limit)
    )
    return gate.frame(statement, SECONDS)
