"""The column that tells the rows of a live table apart."""

import shlex

from jobs.connect.role_names import ID_NAMES, plain
from jobs.connect.roles import Choice
from jobs.errors import JobError
from queries.collections.tables import LiveTable, repeated
from queries.gate import Gate
from queries.identifiers import identifier, joined_name, quoted


def id_of(gate: Gate, live: LiveTable, given: str | None) -> Choice:
    """The column that tells rows apart. Raises JobError, with the cure, if there is none."""
    if given:
        return _checked_id(gate, live, given)
    if len(live.key) == 1:
        return Choice("id", live.key, "the primary key")
    if live.unique:
        best = min(live.unique, key=_id_rank)
        return Choice("id", (best,), "unique and never NULL")
    named = sorted(
        (name for name in live.names if plain(name) in ID_NAMES or plain(name).endswith("_id")),
        key=_id_rank,
    )
    for name in named[:3] if not live.key else ():
        if repeated(gate.engine, live.relation, name) == (0, 0):
            return Choice("id", (name,), "by its name; no value is missing or occurs twice")
    raise JobError(_no_key(live))


def _id_rank(name: str) -> int:
    bare = plain(name)
    return ID_NAMES.index(bare) if bare in ID_NAMES else len(ID_NAMES)


def _checked_id(gate: Gate, live: LiveTable, name: str) -> Choice:
    if name in live.unique or live.key == (name,):
        return Choice("id", (name,), "given; unique by the table's own rule")
    counted = repeated(gate.engine, live.relation, name)
    if counted is None:
        return Choice("id", (name,), "given; too many rows to check that no value repeats")
    empty, repeats = counted
    if empty or repeats:
        raise JobError(
            f"{name} cannot tell the rows of {live.relation.full_name} apart: {empty:,} have none "
            f"and {repeats:,} repeat another's. Name a column that is unique with --id."
        )
    return Choice("id", (name,), "given; no value is missing or occurs twice")


def _no_key(live: LiveTable) -> str:
    name, table = live.relation.full_name, live.relation.in_sql
    if live.key:
        parts = " || ':' || ".join(quoted(column) for column in live.key)
        view = joined_name(live.relation.schema, f"{live.relation.name}_keyed")
        return (
            f"{name} has a key of {len(live.key)} columns ({', '.join(live.key)}); a collection "
            "needs one column that names a row. Make a view that has it and connect the view: "
            f"`CREATE VIEW {identifier(view)} AS SELECT {parts} AS row_key, * FROM {table}`, then "
            f"`./northlight collections connect {shlex.quote(view)} --id row_key`."
        )
    if live.relation.kind != "table":
        return (
            f"No column of {name} is known to tell its rows apart: a {live.relation.kind} has no "
            f"key of its own. Name the one that does with --id; its columns: "
            f"{', '.join(live.names)}."
        )
    return (
        f"{name} has no column that tells its rows apart. Name one with --id, or let its owner add "
        f"one: `ALTER TABLE {table} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`."
    )
