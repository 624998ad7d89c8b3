"""An operator's recorded reason: it opens the text of one collection for some hours.

The functions of migrations/0010_reasons.sql. Giving or ending one raises the operator's epoch, so
what was remembered for the reader before counts no more.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Text, cast, column, func, select
from sqlalchemy.types import DateTime

from queries.errors import QueryError
from queries.gate import Gate

SHORTEST, LONGEST = 10, 500
MOST_HOURS = 8


class ReasonRefused(QueryError):
    """A reason too short or too long, or for too long a time."""

    def __init__(self) -> None:
        super().__init__(
            f"A reason has {SHORTEST} to {LONGEST} letters and opens the collection for "
            f"1 to {MOST_HOURS} hours."
        )


@dataclass(frozen=True)
class Reason:
    """Why the reader reads, and until when."""

    reason: str
    until: datetime


def own_reason(gate: Gate, collection: str) -> Reason | None:
    """The reader's own reason for a collection, or None where none holds."""
    told = func.northlight_auth.own_reason(cast(collection, Text)).table_valued(
        column("reason", Text), column("until", DateTime(timezone=True))
    )
    row = gate.one(select(told))
    return None if row is None else Reason(row.reason, row.until)


def give_reason(gate: Gate, collection: str, reason: str, hours: int) -> datetime:
    """Open a collection; until when. Raises ReasonRefused, and IdentityRefused for others."""
    told = " ".join(reason.split())
    if not (SHORTEST <= len(told) <= LONGEST and 1 <= hours <= MOST_HOURS):
        raise ReasonRefused
    given = (cast(collection, Text), cast(told, Text), cast(hours, Integer))
    until: datetime = gate.value(select(func.northlight_auth.give_reason(*given)))
    return until


def end_reason(gate: Gate, collection: str) -> bool:
    """Close the collection again; whether it was open."""
    return bool(gate.value(select(func.northlight_auth.end_reason(cast(collection, Text)))))
