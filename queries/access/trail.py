"""The audit trail as an operator reads it: who did what when, over which scope. Never any text."""

from datetime import date

import pandas as pd
from sqlalchemy import Date, Integer, Text, Uuid, cast, column, func, select

from queries.gate import Gate

MOST = 1000

_ENTRY = ("at", "person", "role", "action", "collection", "scope", "row_count")


def entries(
    gate: Gate,
    person_id: str | None = None,
    action: str | None = None,
    day: date | None = None,
    limit: int = MOST,
) -> pd.DataFrame:
    """Entries, the latest first; `day` in UTC. Empty for whoever is no operator.

    Columns: at, person (the name), role, action, collection, scope (in words), row_count.
    """
    asked = (cast(person_id, Uuid(as_uuid=False)), cast(action, Text), cast(day, Date))
    found = func.northlight_auth.audit_trail(*asked, cast(limit, Integer))
    return gate.frame(select(found.table_valued(*(column(name) for name in _ENTRY))))


def people(gate: Gate) -> pd.DataFrame:
    """Who is in the trail. Columns: person_id, person, action, entries; by name and action."""
    names = ("person_id", "person", "action", "entries")
    found = func.northlight_auth.audit_people()
    frame = gate.frame(select(found.table_valued(*(column(name) for name in names))))
    return frame.astype({"person_id": str})


def breaks(gate: Gate) -> pd.DataFrame:
    """Where the chain does not hold. Columns: person, place in that person's chain."""
    found = func.northlight_auth.audit_breaks()
    return gate.frame(select(found.table_valued(column("person"), column("place"))), seconds=60)
