"""Themes as an edit finds and changes them, and the record of the edit in their history."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from queries.collection import Collection
from queries.errors import EditRefused, NoSuchTheme


@dataclass(frozen=True)
class Other:
    """The second theme of an edit."""

    id: int
    name: str


def theme_of(connection: Connection, collection: Collection, theme_id: int) -> Row[Any]:
    """The theme on the current map, locked. Raises NoSuchTheme."""
    found = connection.execute(
        text(
            "SELECT h.id, h.name, h.named_by, h.pinned, h.collection_id, f.run_id, f.parent_id "
            "FROM northlight.theme h JOIN northlight.theme_in_run f ON f.theme_id = h.id "
            "JOIN northlight.run r ON r.id = f.run_id AND r.current "
            "JOIN northlight.collection c ON c.id = h.collection_id "
            "WHERE h.id = :id AND c.name = :name FOR UPDATE OF h, r"
        ),
        {"id": theme_id, "name": collection.name},
    ).first()
    if found is None:
        raise NoSuchTheme(collection.name, theme_id)
    return found


def pair_of(
    connection: Connection, collection: Collection, one: int, other: int
) -> tuple[Row[Any], Row[Any]]:
    """Two different themes of the same level."""
    if one == other:
        raise EditRefused("A theme and itself are one already: name two.")
    theme, second = (theme_of(connection, collection, id) for id in (one, other))
    if (theme.parent_id is None) != (second.parent_id is None):
        raise EditRefused(f"{theme.name!r} and {second.name!r} are not on the same level.")
    return theme, second


def record(
    connection: Connection,
    theme: Row[Any],
    kind: str,
    by: str,
    detail: Mapping[str, Any],
    other: "Row[Any] | Other | None" = None,
) -> int:
    """Keep the edit and tell it in the history of every theme it touches; its id."""
    made = connection.execute(
        text(
            "INSERT INTO northlight.theme_edit (collection_id, run_id, kind, theme_id, other_id, "
            "detail, made_by) VALUES (:collection_id, :run_id, :kind, :theme, :other, :detail, "
            ":by) RETURNING *"
        ),
        {
            "collection_id": theme.collection_id,
            "run_id": theme.run_id,
            "kind": kind,
            "theme": theme.id,
            "other": None if other is None else other.id,
            "detail": json.dumps(detail),
            "by": by,
        },
    ).one()
    told = {key: value for key, value in detail.items() if isinstance(value, str | bool)}
    for one in (theme, other):
        if one is not None:
            tell(connection, made, one.id, kind, by, told)
    return int(made.id)


def tell(
    connection: Connection,
    edit: Row[Any],
    theme_id: int,
    kind: str,
    by: str,
    detail: Mapping[str, Any],
) -> None:
    connection.execute(
        text(
            "INSERT INTO northlight.theme_event (collection_id, theme_id, run_id, kind, detail, "
            "made_by) VALUES (:collection, :theme, :run, :kind, :detail, :by)"
        ),
        {
            "collection": edit.collection_id,
            "theme": theme_id,
            "run": edit.run_id,
            "kind": kind,
            "detail": json.dumps({"edit": edit.id} | dict(detail)),
            "by": by,
        },
    )


def set_name(connection: Connection, theme_id: int, name: str, named_by: str) -> None:
    connection.execute(
        text("UPDATE northlight.theme SET name = :name, named_by = :by WHERE id = :id"),
        {"name": name, "by": named_by, "id": theme_id},
    )


def set_definition(connection: Connection, theme_id: int, told: str | None) -> str | None:
    """What was told before."""
    of = {"id": theme_id}
    before = connection.execute(
        text("SELECT definition FROM northlight.theme WHERE id = :id FOR UPDATE"), of
    ).scalar_one()
    connection.execute(
        text("UPDATE northlight.theme SET definition = :told WHERE id = :id"), of | {"told": told}
    )
    return None if before is None else str(before)


def set_pinned(connection: Connection, theme_id: int, pinned: bool) -> None:
    connection.execute(
        text("UPDATE northlight.theme SET pinned = :pinned WHERE id = :id"),
        {"pinned": pinned, "id": theme_id},
    )


def set_merged(connection: Connection, theme_id: int, into: int | None) -> None:
    connection.execute(
        text(
            "UPDATE northlight.theme SET merged_into = :into, "
            "retired_at = CASE WHEN CAST(:into AS integer) IS NULL THEN NULL ELSE now() END "
            "WHERE id = :id"
        ),
        {"into": into, "id": theme_id},
    )
