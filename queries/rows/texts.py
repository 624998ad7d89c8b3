"""The text of many rows at once, for terms and passages."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select, text

from queries.collection import Collection
from queries.gate import Gate, Read, writing
from queries.people.known_names import plain_names
from queries.rows.rows import has_id

READ_SECONDS = 600
FEW = 5_000  # ids up to which they are sent along; past that all rows are read and chosen from


def texts(
    gate: Gate, collection: Collection, row_ids: Sequence[str], action: str = "texts"
) -> list[str]:
    """The texts of these rows, in their order; empty for a row that is gone or has none.

    `action` is what the audit calls it.
    """
    rows = collection.view
    statement = select(rows.c.row_id, func.coalesce(rows.c.text, "").label("text"))
    wanted = set(row_ids)
    if len(wanted) <= FEW:
        statement = statement.where(has_id(collection, sorted(wanted)))
    found: dict[str, str] = {}
    read = Read(action, collection.name, f"{len(wanted)} rows by id")
    with gate.recorded(read, READ_SECONDS) as told:
        streamed = told.connection.execution_options(yield_per=10_000).execute(statement)
        found.update((row.row_id, row.text) for row in streamed if row.row_id in wanted)
        told.rows = len(found)
    return [found.get(row_id, "") for row_id in row_ids]


def nameless(gate: Gate, collection: Collection, row_ids: Sequence[str]) -> list[str]:
    """As `texts`, but of a personal collection without names: for what many see of it, as terms.

    For the worker, who alone knows the names.
    """
    told = texts(gate, collection, row_ids)
    if not collection.personal:
        return told
    names = plain_names(gate.engine)

    def kept(word: re.Match[str]) -> str:
        return "" if word[0].lower() in names else word[0]

    return [re.sub(r"\w+", kept, said) for said in told]


def masked(gate: Gate, collection: Collection, row_ids: Sequence[str]) -> list[str]:
    """As `texts`, but of a personal collection as an analyst reads them: for who is outside."""
    told = texts(gate, collection, row_ids)
    if not collection.personal:
        return told
    shown = text(
        "SELECT northlight_auth.masked(t.said) FROM unnest(CAST(:told AS text[])) "
        "WITH ORDINALITY AS t (said, place) ORDER BY t.place"
    )
    with writing(gate.engine) as connection:
        return list(connection.execute(shown, {"told": told}).scalars())
