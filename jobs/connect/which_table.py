"""Which table a person means, and what to call its collection."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from jobs.connect.role_names import plain
from jobs.errors import JobError
from queries.catalog import collections, declared_in
from queries.collection import checked_name
from queries.collections.tables import Relation
from queries.gate import Gate
from queries.identifiers import quoted, split_name

SUGGESTIONS = 5


def find(known: Sequence[Relation], table: str) -> Relation:
    """The relation a person means. Raises JobError with suggestions if it is none or several."""
    parts = split_name(table)
    exact = [r for r in known if parts in ((r.schema, r.name), (r.name,)) or table == r.name]
    lower = tuple(part.lower() for part in parts)
    found = exact or [
        r for r in known if lower in ((r.schema.lower(), r.name.lower()), (r.name.lower(),))
    ]
    if len(found) > 1:
        preferred = [r for r in found if r.schema == "public" and not exact]
        names = ", ".join(r.full_name for r in found)
        if len(preferred) != 1:
            raise JobError(f"Several tables are named {table}: {names}. Say which schema.")
        found = preferred
    if not found:
        raise JobError(_not_found(known, table))
    if not found[0].readable:
        raise JobError(f"{no_rights(found[0])}.")
    return found[0]


def _not_found(known: Sequence[Relation], table: str) -> str:
    names = {r.full_name: r.full_name for r in known} | {r.name: r.full_name for r in known}
    lower = {name.lower(): full for name, full in names.items()}
    close = get_close_matches(table.lower(), list(lower), n=SUGGESTIONS, cutoff=0.6)
    meant = list(dict.fromkeys(lower[name] for name in close))
    if meant:
        return f"There is no table {table}. Did you mean {' or '.join(meant)}?"
    there = ", ".join(r.full_name for r in known[:20]) or "none"
    return f"There is no table {table} in this database. Its tables: {there}."


def no_rights(relation: Relation) -> str:
    """What the owner must run so that a table can be read."""
    return (
        f"The login may not read {relation.full_name}. Let its owner run `GRANT USAGE ON SCHEMA "
        f"{quoted(relation.schema)} TO …; GRANT SELECT ON {relation.in_sql} TO …`"
    )


def chosen_name(
    gate: Gate, folders: Sequence[Path], relation: Relation, wanted: str | None, base: str = ""
) -> str:
    """A free name for the relation's collection; its present one if it has it already."""
    taken = {c.name: c.table for c in declared_in(folders, _told_before)}
    taken |= {c.name: c.table for c in collections(gate)}
    if wanted:
        if taken.get(checked_name(wanted), relation.full_name) != relation.full_name:
            raise JobError(
                f"The name {wanted} belongs to the collection of {taken[wanted]}. Choose another "
                "with --name."
            )
        return wanted
    base = base or relation.name
    for name in (_as_name(base), _as_name(f"{relation.schema}_{base}")):
        if taken.get(name, relation.full_name) == relation.full_name:
            return name
    raise JobError(
        f"The names {_as_name(base)} and {_as_name(f'{relation.schema}_{base}')} are taken. "
        "Choose one with --name."
    )


def _as_name(table: str) -> str:
    bare = plain(table)
    bare = bare if bare[:1].isascii() and bare[:1].isalpha() else f"table_{bare}"
    return re.sub(r"[^a-z0-9_]", "", bare)[:48].rstrip("_")


def _told_before(_problem: str) -> None:
    """Problems of catalog files were told when the command began."""
