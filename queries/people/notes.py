"""A coach's private notes about a client: read and written by that coach alone.

The functions of migrations/0040_coaching.sql, which ask the signed token: nobody else has a right
to the table, no screen shows them elsewhere, no model is told them, and an erasure takes them.
"""

import pandas as pd
from sqlalchemy import Integer, Text, cast, column, func, select
from sqlalchemy.types import DateTime

from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate

LONGEST = 20_000


class NoteRefused(QueryError):
    """A note without words, or too long."""

    def __init__(self) -> None:
        super().__init__(f"A note has 1 to {LONGEST:,} letters.")


def own_notes(gate: Gate, collection: Collection, owner: str) -> pd.DataFrame:
    """The coach's notes about a client, the newest first; none for anybody else.

    Columns: id, said, written_at, changed_at (missing: never).
    """
    told = func.northlight_auth.own_notes(cast(collection.group, Text), cast(owner, Text))
    moments = (column(n, DateTime(timezone=True)) for n in ("written_at", "changed_at"))
    notes = told.table_valued(column("id", Integer), column("said", Text), *moments)
    return gate.frame(select(notes))


def write_note(gate: Gate, collection: Collection, owner: str, said: str) -> int:
    """Keep a note; its number. Raises NoteRefused, and IdentityRefused for no client of theirs."""
    given = (cast(collection.group, Text), cast(owner, Text), cast(_checked(said), Text))
    return int(gate.value(select(func.northlight_auth.write_note(*given))))


def change_note(gate: Gate, note_id: int, said: str) -> bool:
    """Put other words; whether there was such a note of theirs. Raises NoteRefused."""
    given = (cast(note_id, Integer), cast(_checked(said), Text))
    return bool(gate.value(select(func.northlight_auth.change_note(*given))))


def remove_note(gate: Gate, note_id: int) -> bool:
    """Remove a note for good; whether there was such a note of theirs."""
    return bool(gate.value(select(func.northlight_auth.remove_note(cast(note_id, Integer)))))


def _checked(said: str) -> str:
    told = said.strip()
    if not 1 <= len(told) <= LONGEST:
        raise NoteRefused
    return told
