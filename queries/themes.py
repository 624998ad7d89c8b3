"""Themes: groups of rows with a name, evidence and a history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import REAL, ColumnElement, case, cast, column, func, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY

from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters, current_run
from queries.gate import Gate
from queries.rows import shown
from queries.statement import Statement

PERIODS = ("day", "week", "month", "quarter", "year")

_THEME = table(
    "theme",
    *(column(n) for n in ("id", "collection_id", "name", "named_by", "definition", "pinned")),
    column("created_at"),
    schema="northlight",
)
_IN_RUN = table(
    "theme_in_run",
    *(column(n) for n in ("run_id", "theme_id", "parent_id", "size", "owners", "terms")),
    *(column(n) for n in ("representatives", "stability", "separation", "rival_id", "x", "y")),
    column("centroid"),
    schema="northlight",
)
_POINT = table(
    "point",
    *(column(n) for n in ("run_id", "row_id", "theme_id", "membership")),
    schema="northlight",
)
_EVENT = table(
    "theme_event",
    *(column(n) for n in ("id", "theme_id", "run_id", "kind", "detail", "made_by", "created_at")),
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
    run = current_run(collection).scalar_subquery()
    born = (
        select(_EVENT.c.id)
        .where(_EVENT.c.theme_id == _THEME.c.id, _EVENT.c.run_id == run, _EVENT.c.kind == "born")
        .exists()
    )
    found = ("parent_id", "terms", "size", "owners", "representatives", "stability", "separation")
    return (
        select(
            _THEME.c.id,
            *(_THEME.c[name] for name in ("name", "named_by", "definition", "pinned")),
            *(_IN_RUN.c[name] for name in (*found, "rival_id", "x", "y")),
            case((born, "new"), else_="steady").label("state"),
        )
        .join(_IN_RUN, _IN_RUN.c.theme_id == _THEME.c.id)
        .where(_IN_RUN.c.run_id == run)
        .order_by(_IN_RUN.c.parent_id.is_not(None), _IN_RUN.c.size.desc(), _THEME.c.id)
    )


def members(
    gate: Gate, collection: Collection, theme_id: int, filters: Filters, limit: int = 100
) -> pd.DataFrame:
    """Rows of a theme and of all themes below it, the surest first.

    Columns: row_id, text, title, owner, time, the facets, membership (0 to 1).
    """
    return gate.frame(members_statement(collection, theme_id, filters).limit(limit))


def members_statement(collection: Collection, theme_id: int, filters: Filters) -> Statement:
    """A row's membership is the strength in its own, deepest theme."""
    rows, run = collection.view, current_run(collection).scalar_subquery()
    return (
        select(*shown(collection), _POINT.c.membership)
        .join(_POINT, _POINT.c.row_id == rows.c.row_id)
        .where(_POINT.c.run_id == run, _POINT.c.theme_id.in_(_family(collection, theme_id)))
        .where(*filters.conditions(collection))
        .order_by(_POINT.c.membership.desc(), rows.c.row_id)
    )


def membership(gate: Gate, collection: Collection) -> dict[int, list[str]]:
    """Row ids of each of the deepest themes; rows in none are left out."""
    rows = collection.view
    statement = (
        select(_POINT.c.theme_id, func.array_agg(_POINT.c.row_id).label("ids"))
        .join(rows, rows.c.row_id == _POINT.c.row_id)
        .where(_POINT.c.run_id == current_run(collection).scalar_subquery())
        .where(_POINT.c.theme_id.is_not(None))
        .group_by(_POINT.c.theme_id)
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
    rows, run = collection.view, current_run(collection).scalar_subquery()
    start = func.date_trunc(period, rows.c.time).label("period")
    counted = or_(_IN_RUN.c.theme_id == _THEME.c.id, _IN_RUN.c.parent_id == _THEME.c.id)
    return (
        select(
            _THEME.c.id.label("theme_id"),
            start,
            func.count().label("rows"),
            func.count(rows.c.owner.distinct()).label("owners"),
        )
        .select_from(_THEME)
        .join(_IN_RUN, counted)
        .join(_POINT, (_POINT.c.theme_id == _IN_RUN.c.theme_id) & (_POINT.c.run_id == run))
        .join(rows, rows.c.row_id == _POINT.c.row_id)
        .where(_IN_RUN.c.run_id == run, _THEME.c.id.in_(list(theme_ids)))
        .where(rows.c.time.is_not(None))
        .group_by(_THEME.c.id, start)
        .order_by(_THEME.c.id, start)
    )


def events(gate: Gate, theme_id: int) -> pd.DataFrame:
    """A theme's history, newest first. Columns: kind, detail, made_by, created_at, run_id."""
    columns = (_EVENT.c[n] for n in ("kind", "detail", "made_by", "created_at", "run_id"))
    statement = select(*columns).where(_EVENT.c.theme_id == theme_id)
    return gate.frame(statement.order_by(_EVENT.c.id.desc()))


def known_themes(gate: Gate, collection: Collection) -> list[KnownTheme]:
    """The themes of the current run, as a refit needs them."""
    fields = ("id", "name", "named_by", "pinned", "parent_id")
    centroid = cast(_IN_RUN.c.centroid, ARRAY(REAL)).label("centroid")
    rows = gate.rows(themes_statement(collection).with_only_columns(*_known(fields), centroid))
    return [
        KnownTheme(**{**row._mapping, "centroid": np.array(row.centroid, dtype=np.float32)})
        for row in rows
    ]


def _known(fields: Sequence[str]) -> list[ColumnElement[Any]]:
    return [(_THEME if name in _THEME.c else _IN_RUN).c[name] for name in fields]


def _family(collection: Collection, theme_id: int) -> Statement:
    run = current_run(collection).scalar_subquery()
    mine = or_(_IN_RUN.c.theme_id == theme_id, _IN_RUN.c.parent_id == theme_id)
    return select(_IN_RUN.c.theme_id).where(_IN_RUN.c.run_id == run, mine)
