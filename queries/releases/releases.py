"""Releases: rounded counts for the product role, and the people behind one that is made.

A release is about one closed week, or four, of a collection or of what people use. It counts each
person once in each dimension and never changes. `earlier` and `store` work as the owner of
Northlight's schema; `releases` and `cells` read what the reader at the gate may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, TableClause, column, func, insert, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Date, Integer, Text

from queries.errors import QueryError
from queries.gate import Gate, writing

RULE = ("people", "coaches", "share", "base")
PRODUCT_ROLE = "northlight_product"

_RELEASE_COLUMNS = ("id", "collection", "week", "revision", "made_at", "rule", "weeks")
_CELL_COLUMNS = ("measure", "dim1", "value1", "dim2", "value2", "people_rounded", "rows_rounded")
_STORED = table(
    "release",
    column("id", Integer),
    column("collection", Text),
    column("week", Date),
    column("revision", Integer),
    column("weeks", Integer),
    column("rule", JSONB),
    column("dimensions", JSONB),
    schema="northlight",
)
_STORED_CELL = table(
    "release_cell",
    *(column(n) for n in ("release_id", "place", *_CELL_COLUMNS, "decided_in")),
    schema="northlight",
)
_BASIS = table(
    "release_basis",
    column("release_id", Integer),
    column("system", Text),
    column("owner", Text),
    column("profile", ARRAY(Text)),
    schema="northlight_auth",
)


class NoSuchRelease(QueryError):
    """No release of that number, or the reader may not see it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no release {number}. `./northlight release list` lists them.")


@dataclass(frozen=True)
class Dimension:
    """What people are counted by: its values in order, as (key, label)."""

    name: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Made:
    """Which release it is: of what, in whose system, from which Monday, for how many weeks."""

    subject: str
    system: str
    measure: str
    week: date
    weeks: int
    revision: int


@dataclass(frozen=True)
class Stored:
    """An earlier release: its dimensions, its people's values and its cells in their order.

    `decided` says for each cell which release decided on it; None stands for a hidden cell. `rule`
    is what a cell needed: the fields of analysis.release_rule.Rule.
    """

    id: int
    week: date
    revision: int
    dimensions: tuple[Dimension, ...]
    profiles: dict[str, tuple[str, ...]]
    people: tuple[int | None, ...]
    rows: tuple[int | None, ...]
    decided: tuple[int, ...]
    rule: dict[str, Any]


@dataclass(frozen=True)
class NewCell:
    """A cell of a new release. `decided_in` is None when the release itself decided on it."""

    where: tuple[tuple[str, str], ...]
    people: int | None
    rows: int | None
    decided_in: int | None


def releases(gate: Gate, limit: int = 500) -> pd.DataFrame:
    """Releases, the latest week first and of a week the latest correction.

    Columns: id, collection (what is counted), week (its Monday), revision, made_at, rule, weeks,
    shown (how many of its cells have a number).
    """
    released = _seen(gate, "released", _RELEASE_COLUMNS)
    cell = _seen(gate, "released_cell", ("release_id", "people_rounded"))
    shown = select(func.count(cell.c.people_rounded)).where(cell.c.release_id == released.c.id)
    newest = (released.c.week.desc(), released.c.revision.desc(), released.c.id.desc())
    listed = select(*released.c, shown.scalar_subquery().label("shown"))
    return gate.frame(listed.order_by(*newest).limit(limit))


def cells(gate: Gate, release_id: int) -> pd.DataFrame:
    """The cells of a release: the total, each dimension, each pair of dimensions.

    Columns: measure, dim1, value1, dim2, value2, people_rounded and rows_rounded (both missing
    where hidden), as_of (the week whose number stands). Raises NoSuchRelease.
    """
    cell = _seen(gate, "released_cell", ("release_id", "place", *_CELL_COLUMNS, "as_of"))
    chosen = select(*(cell.c[n] for n in (*_CELL_COLUMNS, "as_of")))
    frame = gate.frame(chosen.where(cell.c.release_id == release_id).order_by(cell.c.place))
    if frame.empty:
        raise NoSuchRelease(release_id)
    return frame.astype({"people_rounded": "Int64", "rows_rounded": "Int64"})


def _seen(gate: Gate, name: str, columns: Sequence[str]) -> TableClause:
    """The view of that name for this reader; its schema is named, for any collection may be called
    like it."""
    role = gate.identity.database_role
    schema = role if role == PRODUCT_ROLE else "northlight"
    return table(name, *(column(n) for n in columns), schema=schema)


def stretch(connection: Connection, names: Sequence[str]) -> int | None:
    """Of how many weeks the last release under one of these names was; None before the first."""
    last = select(_STORED.c.weeks).where(_STORED.c.collection.in_(names))
    return connection.execute(last.order_by(_STORED.c.id.desc()).limit(1)).scalar()


def overlapping(
    connection: Connection, names: Sequence[str], week: date, weeks: int
) -> tuple[str, date, int] | None:
    """A release under one of these names that tells a part of that time by another stretch.

    Its name, the Monday it begins on and its weeks; None when there is none.
    """
    end = _STORED.c.week + 7 * _STORED.c.weeks
    found = connection.execute(
        select(_STORED.c.collection, _STORED.c.week, _STORED.c.weeks)
        .where(_STORED.c.collection.in_(names), _STORED.c.weeks != weeks)
        .where(_STORED.c.week < week + timedelta(weeks=weeks), end > week)
        .limit(1)
    ).one_or_none()
    return None if found is None else (found.collection, found.week, found.weeks)


def totals(
    connection: Connection, name: str, start: date, weeks: int
) -> list[tuple[date, int, bool, dict[str, Any]]]:
    """The totals shown of the weeks released from a Monday on.

    Each as (week, people as shown, whether decided then and not before, rule).
    """
    cell = _STORED_CELL.c
    found = connection.execute(
        select(_STORED.c.week, cell.people_rounded, cell.decided_in == _STORED.c.id, _STORED.c.rule)
        .join(_STORED_CELL, cell.release_id == _STORED.c.id)
        .where(_STORED.c.collection == name, cell.dim1.is_(None), cell.people_rounded.is_not(None))
        .where(_STORED.c.week >= start, _STORED.c.week < start + timedelta(weeks=weeks))
        .order_by(_STORED.c.id)
    )
    return [(week, people, fresh, _rule(rule)) for week, people, fresh, rule in found]


def _rule(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: stored[name] for name in RULE}


def last_closed_week(engine: Engine) -> date:
    """The Monday of the last week that is over, by the server's clock, in UTC."""
    with writing(engine) as connection:
        monday = "date_trunc('week', now() AT TIME ZONE 'UTC')::date - 7"
        found: date = connection.execute(text(f"SELECT {monday}")).scalar_one()
    return found


def earlier(connection: Connection, subject: str) -> list[Stored]:
    """Every release of this subject so far, in the order they were made."""
    chosen = select(*_STORED.c).where(_STORED.c.collection == subject)
    found = connection.execute(chosen.order_by(_STORED.c.id)).fetchall()
    return [_stored(connection, release) for release in found]


def _stored(connection: Connection, release: Any) -> Stored:
    basis = select(_BASIS.c.owner, _BASIS.c.profile).where(_BASIS.c.release_id == release.id)
    fields = ("people_rounded", "rows_rounded", "decided_in")
    chosen = select(*(_STORED_CELL.c[n] for n in fields))
    numbers = connection.execute(
        chosen.where(_STORED_CELL.c.release_id == release.id).order_by(_STORED_CELL.c.place)
    ).fetchall()
    dimensions = tuple(
        Dimension(d["name"], tuple((v["key"], v["label"]) for v in d["values"]))
        for d in release.dimensions
    )
    profiles = {row.owner: tuple(row.profile) for row in connection.execute(basis)}
    people, rows, decided = zip(*numbers, strict=True)
    named = (release.id, release.week, release.revision)
    return Stored(*named, dimensions, profiles, people, rows, decided, _rule(release.rule))


def store(
    connection: Connection,
    which: Made,
    rule: dict[str, Any],
    dimensions: Sequence[Dimension],
    profiles: dict[str, tuple[str, ...]],
    new_cells: Sequence[NewCell],
) -> int:
    """Store a release, whole, in this transaction; its number."""
    described = [
        {"name": d.name, "values": [{"key": key, "label": label} for key, label in d.values]}
        for d in dimensions
    ]
    made = {"collection": which.subject, "week": which.week, "weeks": which.weeks}
    made |= {"revision": which.revision, "rule": rule, "dimensions": described}
    added = insert(_STORED).values(**made).returning(_STORED.c.id)
    number: int = connection.execute(added).scalar_one()
    placed = [_cell(number, place, which.measure, cell) for place, cell in enumerate(new_cells)]
    connection.execute(insert(_STORED_CELL), placed)
    if profiles:
        basis = {"release_id": number, "system": which.system}
        people = [{**basis, "owner": who, "profile": list(p)} for who, p in profiles.items()]
        connection.execute(insert(_BASIS), people)
    return number


def _cell(number: int, place: int, measure: str, cell: NewCell) -> dict[str, Any]:
    (dim1, value1), (dim2, value2) = (*cell.where, (None, None), (None, None))[:2]
    return {
        "release_id": number,
        "place": place,
        "measure": measure,
        "dim1": dim1,
        "value1": value1,
        "dim2": dim2,
        "value2": value2,
        "people_rounded": cell.people,
        "rows_rounded": cell.rows,
        "decided_in": cell.decided_in or number,
    }
