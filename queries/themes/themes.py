"""Themes: groups of rows with a name, evidence and a history."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import REAL, cast, column, func, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY

from queries.collection import THEME_COLUMNS, Collection
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.maps.points import with_rows
from queries.maps.selected import surest_statement
from queries.rows.rows import shown
from queries.statement import Statement

NEARLY = 0.5  # of its own strength a row has in another theme when it is a borderline one
PERIODS = ("day", "week", "month", "quarter", "year")

_CENTROID = table(
    "theme_in_run",
    *(column(n) for n in ("run_id", "theme_id", "centroid")),
    schema="northlight",
)


@dataclass(frozen=True)
class KnownTheme:
    """What a refit must know of a theme that is there: who named it what, and where it stands."""

    id: int
    name: str
    named_by: str
    pinned: bool
    parent_id: int | None
    centroid: NDArray[np.float32]


def themes(gate: Gate, collection: Collection) -> pd.DataFrame:
    """The themes of the current run, largest first, a theme above others before those below it.

    Columns: id, parent_id, name, named_by, definition, pinned, terms (list), size (rows), owners,
    representatives (row ids), stability (0 to 1), separation (-1 to 1), rival_id, state ('new' when
    born in this run, else 'steady'), x, y.
    """
    return gate.frame(themes_statement(collection))


def themes_statement(collection: Collection) -> Statement:
    """`size` of a theme above others counts the rows of all below it."""
    themes = collection.themes
    columns = [themes.c[name] for name in THEME_COLUMNS if name not in {"run_id", "created_at"}]
    return select(*columns).order_by(
        themes.c.parent_id.is_not(None), themes.c.size.desc(), themes.c.id
    )


def members(
    gate: Gate, collection: Collection, theme_id: int, filters: Filters, limit: int = 100
) -> pd.DataFrame:
    """Rows of a theme and of all themes below it, the surest first.

    Columns: row_id, text, title, owner, time, the facets, membership (0 to 1).
    """
    scope = f"theme {theme_id}; {filters.sentence(collection)}"
    chosen = collection.points.c.theme_id.in_(_family(collection, theme_id))
    statement = surest_statement(collection, chosen, filters, limit)
    return gate.frame(statement, read=Read("members", collection.name, scope))


def members_statement(collection: Collection, theme_id: int, filters: Filters) -> Statement:
    """A row's membership is the strength in its own, deepest theme."""
    rows, points = collection.view, collection.points
    return (
        select(*shown(collection), points.c.membership)
        .join(points, points.c.row_id == rows.c.row_id)
        .where(points.c.theme_id.in_(_family(collection, theme_id)))
        .where(*filters.conditions(collection))
        .order_by(points.c.membership.desc(), rows.c.row_id)
    )


def borderline(
    gate: Gate, collection: Collection, theme_id: int, filters: Filters, limit: int = 100
) -> pd.DataFrame:
    """Rows of a theme that could as well be in another, the most torn first.

    Columns: those of members, then second_id, second_name and second_membership (0 to 1) of the
    other theme, in which the row is at least half as strong.
    """
    scope = f"borderline rows of theme {theme_id}; {filters.sentence(collection)}"
    statement = borderline_statement(collection, theme_id, filters).limit(limit)
    return gate.frame(statement, read=Read("members", collection.name, scope))


def borderline_statement(collection: Collection, theme_id: int, filters: Filters) -> Statement:
    """A second theme that was merged away or retired since is none."""
    points, other = collection.points, collection.themes.alias("other")
    torn = points.c.second_membership / func.greatest(points.c.membership, 1e-6)
    statement = members_statement(collection, theme_id, filters)
    statement = statement.join(other, other.c.id == points.c.second_id)
    statement = statement.add_columns(
        points.c.second_id, other.c.name.label("second_name"), points.c.second_membership
    )
    mostly = statement.where(torn >= NEARLY, points.c.second_id != points.c.theme_id)
    return mostly.order_by(None).order_by(torn.desc(), collection.view.c.row_id)


def membership(gate: Gate, collection: Collection) -> dict[int, list[str]]:
    """Row ids of each of the deepest themes; rows in none are left out."""
    rows, points = collection.view, collection.points
    statement = (
        select(points.c.theme_id, func.array_agg(points.c.row_id).label("ids"))
        .join(rows, rows.c.row_id == points.c.row_id)
        .where(points.c.theme_id.is_not(None))
        .group_by(points.c.theme_id)
    )
    return {int(row.theme_id): list(row.ids) for row in gate.rows(statement, seconds=60)}


def trend(
    gate: Gate, collection: Collection, theme_ids: Sequence[int], period: str = "week"
) -> pd.DataFrame:
    """Rows and owners of themes over time; a theme counts all below it.

    Columns: theme_id, period (its first day), rows, owners. Periods without a row are left out.
    Raises QueryError for a collection without a time and for an unknown period.
    """
    if collection.time is None:
        raise QueryError(f"{collection.title} declares no time column, so there is no trend.")
    if period not in PERIODS:
        raise QueryError(f"{period!r} is no period. Choose one of {', '.join(PERIODS)}.")
    return gate.frame(trend_statement(collection, theme_ids, period), seconds=30)


def trend_statement(collection: Collection, theme_ids: Sequence[int], period: str) -> Statement:
    """Each row counts for its own theme and for the one above."""
    rows, points = collection.view, collection.points
    told, below = collection.themes.alias("told"), collection.themes.alias("below")
    counted = (
        select(points.c.row_id, told.c.id.label("theme_id"))
        .select_from(told)
        .join(below, or_(below.c.id == told.c.id, below.c.parent_id == told.c.id))
        .join(points, points.c.theme_id == below.c.id)
        .where(told.c.id.in_(list(theme_ids)))
        .subquery("counted")
    )
    start = func.date_trunc(period, rows.c.time).label("period")
    return (
        select(
            counted.c.theme_id,
            start,
            func.count().label("rows"),
            func.count(rows.c.owner.distinct()).label("owners"),
        )
        .select_from(with_rows(collection, counted))
        .where(rows.c.time.is_not(None))
        .group_by(counted.c.theme_id, start)
        .order_by(counted.c.theme_id, start)
    )


def events(gate: Gate, collection: Collection, theme_id: int) -> pd.DataFrame:
    """A theme's history, newest first. Columns: kind, detail, made_by, created_at, run_id."""
    told = collection.events
    columns = (told.c[n] for n in ("kind", "detail", "made_by", "created_at", "run_id"))
    statement = select(*columns).where(told.c.theme_id == theme_id)
    return gate.frame(statement.order_by(told.c.id.desc()))


def known_themes(gate: Gate, collection: Collection) -> list[KnownTheme]:
    """The themes of the current run, as a refit needs them."""
    themes = collection.themes
    fields = [themes.c[name] for name in ("id", "name", "named_by", "pinned", "parent_id")]
    centroid = cast(_CENTROID.c.centroid, ARRAY(REAL)).label("centroid")
    same = (_CENTROID.c.run_id == themes.c.run_id) & (_CENTROID.c.theme_id == themes.c.id)
    statement = themes_statement(collection).with_only_columns(*fields, centroid)
    rows = gate.rows(statement.join(_CENTROID, same))
    return [
        KnownTheme(**{**row._mapping, "centroid": np.array(row.centroid, dtype=np.float32)})
        for row in rows
    ]


def _family(collection: Collection, theme_id: int) -> Statement:
    themes = collection.themes
    return select(themes.c.id).where(or_(themes.c.id == theme_id, themes.c.parent_id == theme_id))
