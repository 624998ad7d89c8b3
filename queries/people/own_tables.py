"""Northlight's own tables that hold something of a person, as the database's catalogue knows them.

Nobody keeps a list of them: a table is found by its columns, so a new one is erased and exported
from the day it is made. What its columns must be called for that:

    system, owner   whose row it is, where it is about somebody whose texts are explored
    row_id          a row of a collection, beside one of the columns in ROUTES that says of which
    a reference to northlight_auth.person ON DELETE CASCADE   what somebody who signs in keeps

`tests/privacy/test_catalogue.py` fails for a table that has a person in it in any other way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from sqlalchemy import Connection, text

from queries.identifiers import identifier

# How a table with row ids says of which collection they are; `:number` is the collection's.
ROUTES = {
    "collection_id": "k.collection_id = :number",
    "run_id": "k.run_id IN (SELECT r.id FROM northlight.run r WHERE r.collection_id = :number)",
    "space_id": "k.space_id IN "
    "(SELECT s.id FROM northlight.space s WHERE s.collection_id = :number)",
    "edit_id": "k.edit_id IN "
    "(SELECT e.id FROM northlight.theme_edit e WHERE e.collection_id = :number)",
}
_OURS = (
    "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname IN ('northlight', 'northlight_auth') AND c.relkind IN ('r', 'p') "
    "AND NOT c.relispartition"
)
_NAMED = (
    "SELECT n.nspname || '.' || c.relname AS name, array_agg(a.attname::text) AS columns "
    f"FROM pg_attribute a, {_OURS} AND a.attrelid = c.oid AND a.attnum > 0 "
    "AND NOT a.attisdropped GROUP BY 1 HAVING array_agg(a.attname::text) @> :wanted ORDER BY 1"
)
# What somebody who signs in may do, not what they kept.
RIGHTS = ("assignment", "grant_to", "reason", "session", "spent")
# Columns that can name somebody else in what a person keeps: a filter, an address, a list.
_SAYING = (
    "SELECT n.nspname || '.' || c.relname AS name, a.attname AS column, t.typname AS kind "
    f"FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid, {_OURS} AND a.attrelid = c.oid "
    "AND a.attnum > 0 AND NOT a.attisdropped AND t.typname IN ('jsonb', 'text', '_text') "
    f"AND c.relname <> ALL (ARRAY{list(RIGHTS)}) AND EXISTS ("
    "SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' "
    "AND k.confrelid = 'northlight_auth.person'::regclass) ORDER BY 1, 2"
)
_SAYS = {
    "jsonb": "EXISTS (SELECT FROM jsonb_path_query({column}, "
    "'$.** ? (@.type() == \"string\")') s WHERE s #>> '{{}}' = ANY (:spelled))",
    "text": r"regexp_split_to_array({column}, '[?&=,|;\s]') && CAST(:spelled AS text[])",
    "_text": "{column} && CAST(:spelled AS text[])",
}


@dataclass(frozen=True)
class RowTable:
    """A table with row ids in it, and which of its rows (`k`) are of the collection `:number`."""

    name: str
    of_collection: str


def of_owner(connection: Connection) -> list[str]:
    """Tables in which a row is about one owner of one system."""
    found = connection.execute(text(_NAMED), {"wanted": ["system", "owner"]})
    return [row.name for row in found]


def by_row(connection: Connection) -> list[RowTable]:
    """Tables with row ids."""
    found = connection.execute(text(_NAMED), {"wanted": ["row_id"]})
    return [
        RowTable(row.name, sql)
        for row in found
        for column, sql in ROUTES.items()
        if column in row.columns
    ]


def forget_owner(connection: Connection, system: str, owner: str, kept: Iterable[str] = ()) -> None:
    """Delete what is about an owner, but for tables in `kept`, and what others kept that names it.

    A saved view with a filter of one person is that person's too.
    """
    given = {"system": system, "owner": owner}
    for table in of_owner(connection):
        if table not in kept:
            connection.execute(
                text(f"DELETE FROM {table} WHERE system = :system AND owner = :owner"), given
            )
    spelled = sorted({owner, quote(owner), quote_plus(owner)})
    for table, column, kind in connection.execute(text(_SAYING)).all():
        says = _SAYS[kind].format(column=identifier(column))
        connection.execute(text(f"DELETE FROM {table} WHERE {says}"), {"spelled": spelled})


def rows_of_owner(connection: Connection, system: str, owner: str) -> dict[str, list[Any]]:
    """What is about an owner, by table, without tables that have nothing."""
    found = {}
    for table in of_owner(connection):
        rows = connection.execute(
            text(
                "SELECT to_jsonb(t) - ARRAY['system', 'owner'] "
                f"FROM {table} t WHERE t.system = :system AND t.owner = :owner"
            ),
            {"system": system, "owner": owner},
        )
        found[table] = list(rows.scalars())
    return {table: rows for table, rows in found.items() if rows}
