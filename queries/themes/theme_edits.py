"""What a person does to themes: rename, pin, merge, split, keep apart, and undo.

An edit changes the current map at once and is kept for the runs to come, which respect it
(`standing`). Everything happens in one transaction, with an event that says who did it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Row, column, select, table, text

from queries.collection import Collection
from queries.errors import EditRefused
from queries.gate import Gate, writing
from queries.themes import theme_moves
from queries.themes.theme_records import (
    Other,
    pair_of,
    record,
    set_definition,
    set_merged,
    set_name,
    set_pinned,
    theme_of,
)

LONGEST_NAME = 120
LONGEST_DEFINITION = 600

_EDIT = table(
    "theme_edit",
    *(column(n) for n in ("id", "collection_id", "run_id", "kind", "theme_id", "other_id")),
    *(column(n) for n in ("detail", "made_by", "made_at", "undone_by", "undone_at")),
    schema="northlight",
)
_DECLARED = table("collection", column("id"), column("name"), schema="northlight")


@dataclass(frozen=True)
class Standing:
    """Decisions in force, as theme ids.

    together : themes that others were merged into; apart : pairs that must not become one
    """

    together: Sequence[int] = ()
    apart: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True)
class Part:
    """One side of a split: its rows and what a map tells of a theme."""

    rows: Sequence[str]
    described: Mapping[str, Any]


def standing(gate: Gate, collection: Collection) -> Standing:
    """The decisions that a refit must respect; names and pins are the themes' own."""
    statement = (
        select(_EDIT.c.kind, _EDIT.c.theme_id, _EDIT.c.other_id)
        .join(_DECLARED, _DECLARED.c.id == _EDIT.c.collection_id)
        .where(_DECLARED.c.name == collection.name, _EDIT.c.undone_at.is_(None))
        .order_by(_EDIT.c.id)
    )
    edits = gate.rows(statement)
    return Standing(
        sorted({edit.other_id for edit in edits if edit.kind == "merged"}),
        [(edit.theme_id, edit.other_id) for edit in edits if edit.kind in {"apart", "split"}],
    )


def edits(gate: Gate, collection: Collection) -> pd.DataFrame:
    """Every edit, newest first.

    Columns: id, kind, theme_id, other_id, detail, made_by, made_at, undone_by, undone_at.
    """
    names = ("id", "kind", "theme_id", "other_id", "detail", "made_by", "made_at")
    statement = (
        select(*(_EDIT.c[name] for name in (*names, "undone_by", "undone_at")))
        .join(_DECLARED, _DECLARED.c.id == _EDIT.c.collection_id)
        .where(_DECLARED.c.name == collection.name)
        .order_by(_EDIT.c.id.desc())
    )
    return gate.frame(statement)


def rename(engine: Engine, collection: Collection, theme_id: int, name: str, by: str) -> int:
    """Give a theme a name that no refit overwrites; the edit's id. Raises EditRefused."""
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > LONGEST_NAME:
        raise EditRefused(f"A theme's name has 1 to {LONGEST_NAME} characters.")
    with writing(engine) as connection:
        theme = theme_of(connection, collection, theme_id)
        _unlike_others(connection, theme, wanted)
        set_name(connection, theme_id, wanted, "person")
        detail = {"from": theme.name, "to": wanted, "named_by": theme.named_by}
        return record(connection, theme, "renamed", by, detail)


def define(engine: Engine, collection: Collection, theme_id: int, told: str, by: str) -> int:
    """Say what a theme is about, or nothing; the edit's id. Raises EditRefused."""
    wanted = " ".join(told.split()) or None
    if wanted is not None and len(wanted) > LONGEST_DEFINITION:
        raise EditRefused(f"A definition has at most {LONGEST_DEFINITION} characters.")
    with writing(engine) as connection:
        theme = theme_of(connection, collection, theme_id)
        before = set_definition(connection, theme_id, wanted)
        return record(connection, theme, "defined", by, {"from": before, "to": wanted})


def pin(
    engine: Engine, collection: Collection, theme_id: int, by: str, *, pinned: bool = True
) -> int:
    """Keep a theme through every refit while it has members, or no longer; the edit's id."""
    with writing(engine) as connection:
        theme = theme_of(connection, collection, theme_id)
        set_pinned(connection, theme_id, pinned)
        kind = "pinned" if pinned else "unpinned"
        return record(connection, theme, kind, by, {"from": theme.pinned})


def keep_apart(
    engine: Engine, collection: Collection, theme_id: int, other_id: int, by: str
) -> int:
    """Mark two themes as never to be one; the edit's id. Raises EditRefused."""
    with writing(engine) as connection:
        theme, other = pair_of(connection, collection, theme_id, other_id)
        detail = {"other": other.name, "name": theme.name}
        return record(connection, theme, "apart", by, detail, other)


def merge(engine: Engine, collection: Collection, theme_id: int, into: int, by: str) -> int:
    """Make one theme of two, now and in every refit; the edit's id. Raises EditRefused."""
    with writing(engine) as connection:
        theme, target = pair_of(connection, collection, theme_id, into)
        _refuse_apart(connection, theme, target)
        before = {
            "mine": theme_moves.stored(connection, theme.run_id, theme_id),
            "target": theme_moves.stored(connection, theme.run_id, into),
            "children": theme_moves.children(connection, theme.run_id, theme_id),
        }
        detail = {"name": theme.name, "into": target.name, **before}
        edit = record(connection, theme, "merged", by, detail, target)
        theme_moves.remember_rows(connection, edit, theme.run_id, theme_id)
        theme_moves.join(connection, theme.run_id, theme_id, into)
        set_merged(connection, theme_id, into)
        theme_moves.recount(connection, collection, theme.run_id)
        return edit


def split(
    engine: Engine, collection: Collection, theme_id: int, kept: Part, part: Part, by: str
) -> tuple[int, int]:
    """Take some rows of a theme out as a theme of their own, which it then stays.

    The edit's id and the new theme's. Raises EditRefused.
    """
    with writing(engine) as connection:
        theme = theme_of(connection, collection, theme_id)
        if theme.parent_id is None:
            raise EditRefused("A broad theme is split by splitting the themes under it.")
        name = _free_name(connection, theme, str(part.described["name"]))
        new_id = _new_theme(connection, theme, name)
        before = {"mine": theme_moves.stored(connection, theme.run_id, theme_id)}
        other = Other(new_id, name)
        edit = record(connection, theme, "split", by, {"name": theme.name, **before}, other)
        theme_moves.divide(connection, edit, theme.run_id, theme_id, new_id, part.rows)
        theme_moves.describe(connection, theme.run_id, theme_id, kept.described)
        theme_moves.describe(connection, theme.run_id, new_id, part.described)
        theme_moves.recount(connection, collection, theme.run_id)
        return edit, new_id


def _new_theme(connection: Connection, like: Row[Any], name: str) -> int:
    made = connection.execute(
        text(
            "INSERT INTO northlight.theme (collection_id, name, named_by) "
            "VALUES (:collection, :name, 'terms') RETURNING id"
        ),
        {"collection": like.collection_id, "name": name},
    )
    return int(made.scalar_one())


def _names(connection: Connection, theme: Row[Any]) -> set[str]:
    """Names on the same map, other than the theme's own, as they are compared."""
    found = connection.execute(
        text(
            "SELECT h.name FROM northlight.theme h JOIN northlight.theme_in_run f "
            "ON f.theme_id = h.id WHERE f.run_id = :run AND h.id <> :id"
        ),
        {"run": theme.run_id, "id": theme.id},
    )
    return {name.casefold() for name in found.scalars()}


def _unlike_others(connection: Connection, theme: Row[Any], name: str) -> None:
    if name.casefold() in _names(connection, theme):
        raise EditRefused(f"Another theme is called {name!r}: no two may be alike. Merge them?")


def _free_name(connection: Connection, theme: Row[Any], name: str) -> str:
    taken = _names(connection, theme) | {theme.name.casefold()}
    choices = [name, *(f"{name} ({number})" for number in range(2, len(taken) + 3))]
    return next(choice for choice in choices if choice.casefold() not in taken)


def _refuse_apart(connection: Connection, theme: Row[Any], other: Row[Any]) -> None:
    found = connection.execute(
        text(
            "SELECT id FROM northlight.theme_edit WHERE undone_at IS NULL AND kind = 'apart' "
            "AND (theme_id, other_id) IN ((:one, :two), (:two, :one))"
        ),
        {"one": theme.id, "two": other.id},
    ).scalar()
    if found is not None:
        raise EditRefused(
            f"{theme.name!r} and {other.name!r} are marked to be kept apart: undo edit {found} "
            "first."
        )
