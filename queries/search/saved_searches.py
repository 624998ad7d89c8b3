"""Searches that somebody keeps: a question under a name, with a short link (migrations/0041).

The question is in the person's own words. Nobody else is shown it, and it is never shared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import DateTime

from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate
from queries.maps.saved_views import checked_label, without_owner
from queries.sendable import sendable

LONGEST_QUESTION = 2000


class QuestionTooLong(QueryError):
    """A question that is longer than what is kept."""

    def __init__(self) -> None:
        super().__init__(f"Questions of up to {LONGEST_QUESTION:,} letters are kept.")


@dataclass(frozen=True)
class SavedSearch:
    """A kept question with the address of its filters. Rows later than `seen_at` are new to it."""

    code: str
    collection: str
    name: str
    question: str
    address: Mapping[str, str | Sequence[str]]
    made_at: datetime
    seen_at: datetime


def save(
    gate: Gate,
    collection: Collection,
    name: str,
    question: str,
    address: Mapping[str, str | Sequence[str]],
) -> str:
    """Keep a search; its code. Filters by owner are left out, as of every view.

    Raises NoName and QuestionTooLong.
    """
    label, asked = checked_label(name), sendable(question)
    if not 1 <= len(asked) <= LONGEST_QUESTION:
        raise QuestionTooLong
    words = (cast(collection.name, Text), cast(label, Text), cast(asked, Text))
    kept = cast(without_owner(address), JSONB)
    return str(gate.value(select(func.northlight_auth.save_search(*words, kept))))


def searches(gate: Gate) -> list[SavedSearch]:
    """One's own, in every collection; the newest first."""
    told = func.northlight_auth.saved_searches().table_valued(
        column("code", Text),
        column("collection", Text),
        column("name", Text),
        column("question", Text),
        column("address", JSONB),
        column("made_at", DateTime(timezone=True)),
        column("seen_at", DateTime(timezone=True)),
    )
    return [SavedSearch(**row._mapping) for row in gate.rows(select(told))]


def see(gate: Gate, code: str) -> datetime | None:
    """Say that it was looked at; when it had been before. None for a search of somebody else."""
    seen: datetime | None = gate.value(select(func.northlight_auth.see_search(cast(code, Text))))
    return seen
