"""Views that people keep: an address under a name, with a short link (migrations/0028)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Text, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import DateTime

from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate

LONGEST_NAME = 80


class NoName(QueryError):
    """A view without a name to find it by."""

    def __init__(self) -> None:
        super().__init__(f"Give the view a name of 1 to {LONGEST_NAME} letters.")


@dataclass(frozen=True)
class SavedView:
    """A kept address. `by` is the person's name; `mine` says that it is the reader."""

    code: str
    name: str
    by: str
    mine: bool
    shared: bool
    made_at: datetime
    address: Mapping[str, str | Sequence[str]]


def save(
    gate: Gate,
    collection: Collection,
    name: str,
    address: Mapping[str, str | Sequence[str]],
    *,
    shared: bool,
) -> str:
    """Keep an address; its code. Of whom it shows rows is left out: no view keeps an owner.

    Raises NoName.
    """
    kept = cast(without_owner(address), JSONB)
    given = (cast(collection.name, Text), cast(checked_label(name), Text), kept)
    saved = func.northlight_auth.save_view(*given, cast(shared, Boolean))
    return str(gate.value(select(saved)))


def views(gate: Gate, collection: Collection) -> list[SavedView]:
    """One's own, and what others of the same role share; the newest first."""
    told = func.northlight_auth.saved_views(cast(collection.name, Text)).table_valued(
        column("code", Text),
        column("name", Text),
        column("by", Text),
        column("mine", Boolean),
        column("shared", Boolean),
        column("made_at", DateTime(timezone=True)),
        column("address", JSONB),
    )
    return [SavedView(**row._mapping) for row in gate.rows(select(told))]


def forget(gate: Gate, code: str) -> bool:
    """Drop a view of one's own; whether there was one."""
    return bool(gate.value(select(func.northlight_auth.forget_view(cast(code, Text)))))


def checked_label(name: str) -> str:
    """The name on one line. Raises NoName."""
    told = " ".join(name.split())
    if not 1 <= len(told) <= LONGEST_NAME:
        raise NoName
    return told


def without_owner(
    address: Mapping[str, str | Sequence[str]],
) -> dict[str, str | Sequence[str]]:
    """The address without the filters that say of whom."""
    return {key: value for key, value in address.items() if not key.endswith(".owner")}
