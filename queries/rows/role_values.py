"""The value of one role or facet for every row."""

from typing import Any

from sqlalchemy import ColumnElement, Text, cast, select

from queries.collection import Collection
from queries.errors import DeclarationError
from queries.gate import Gate


def role_values(gate: Gate, collection: Collection, role: str) -> dict[str, str | None]:
    """Row id -> its owner, or its value of a facet, as text.

    Raises DeclarationError for a role that is neither.
    """
    if role == "owner":
        if collection.owner is None:
            raise DeclarationError(f"{collection.name} declares no owner column.")
        value: ColumnElement[Any] = collection.view.c.owner
    else:
        value = collection.facet(role)
    statement = select(collection.view.c.row_id, cast(value, Text).label("value"))
    return {row.row_id: row.value for row in gate.rows(statement, seconds=120)}
