"""Rows from a file into a table of the schema `loaded`: COPY straight into a new one, or into a
staging table and then one merge.

Everything here runs inside one transaction of the caller's, so a load is all or nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, text

from queries.collection import Collection
from queries.errors import ImportRefused, ServerError
from queries.identifiers import identifier, joined_name, split_name

SCHEMA = "loaded"
DUPLICATES_SHOWN = 10_000
_WENT_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)


@dataclass(frozen=True)
class Merged:
    """What the merge did, in rows."""

    inserted: int
    updated: int
    unchanged: int


def table_of(name: str) -> str:
    """The table that a collection of that name is loaded into."""
    return joined_name(SCHEMA, name)


def table_exists(connection: Connection, table_name: str) -> bool:
    """Whether there is such a table."""
    found = connection.execute(
        text("SELECT to_regclass(:name) IS NOT NULL"), {"name": identifier(table_name)}
    )
    return bool(found.scalar())


def check_loadable(collection: Collection) -> None:
    """Raises ImportRefused for a table that was not made by `load`: it belongs to somebody else."""
    if split_name(collection.table)[0] != SCHEMA:
        raise ImportRefused(
            f"{collection.name} reads the table {collection.table}, which is not Northlight's to "
            "change. Add the rows where they come from, or load the file under a new name with "
            "--create."
        )


def one_load_at_a_time(connection: Connection, name: str) -> None:
    """Wait for another load into the same collection to finish."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('northlight.load'), hashtext(:name))"),
        {"name": name},
    )


def create_table(connection: Connection, table_name: str, types: Mapping[str, str]) -> None:
    """Make the table; `types` maps its columns, in order, to PostgreSQL types."""
    columns = ", ".join(f"{identifier_of(name)} {spelled}" for name, spelled in types.items())
    with worded():
        _run(connection, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        _run(connection, f"CREATE TABLE {identifier(table_name)} ({columns})")


def add_key(connection: Connection, table_name: str, key: str) -> None:
    """Make the column the table's primary key; its index is built over the rows that are there."""
    with worded():
        _run(
            connection,
            f"ALTER TABLE {identifier(table_name)} ADD PRIMARY KEY ({identifier_of(key)})",
        )


def fill_new(connection: Connection, table_name: str, rows: Iterable[Sequence[Any]]) -> int:
    """Copy rows into a table that this transaction made; how many. Nobody has seen it, so the rows
    need no second writing once they are old (FREEZE)."""
    filled = 0
    with worded():
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {identifier(table_name)} FROM STDIN (FREEZE)") as copy:
            for row in rows:
                copy.write_row(row)
                filled += 1
    return filled


def analyze(connection: Connection, table_name: str) -> None:
    """Tell the planner what is in the table now."""
    with worded():
        _run(connection, f"ANALYZE {identifier(table_name)}")


def column_types(connection: Connection, table_name: str) -> dict[str, str]:
    """The table's columns, in order, and their types."""
    rows = connection.execute(
        text(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped "
            "ORDER BY attnum"
        ),
        {"name": identifier(table_name)},
    )
    return {row[0]: row[1] for row in rows}


def stage(
    connection: Connection, types: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]
) -> int:
    """Copy (line, values) into a staging table that ends with the transaction; how many rows."""
    columns = ", ".join(f"c{at} {spelled}" for at, spelled in enumerate(types))
    staged = 0
    with worded():
        _run(connection, "DROP TABLE IF EXISTS pg_temp.staged")
        _run(connection, f"CREATE TEMPORARY TABLE staged (line bigint, {columns}) ON COMMIT DROP")
        cursor = connection.connection.cursor()
        with cursor.copy("COPY pg_temp.staged FROM STDIN") as copy:
            for line, values in rows:
                copy.write_row((line, *values))
                staged += 1
    return staged


def duplicates(connection: Connection, key: int) -> list[tuple[str, int, int]]:
    """Staged rows whose id was there before: (id, its line, the line of the first), by line."""
    rows = connection.execute(
        text(
            f"SELECT c{key}, line, first FROM (SELECT c{key}, line, "
            f"min(line) OVER (PARTITION BY c{key}) AS first FROM pg_temp.staged) AS seen "
            "WHERE line > first ORDER BY line"
        )
    )
    return [(row[0], row[1], row[2]) for row in rows]


def drop_duplicates(connection: Connection, key: int) -> None:
    """Keep the first staged row of each id."""
    connection.execute(
        text(
            f"DELETE FROM pg_temp.staged USING (SELECT c{key} AS id, min(line) AS first "
            f"FROM pg_temp.staged GROUP BY 1) AS kept "
            f"WHERE staged.c{key} = kept.id AND staged.line > kept.first"
        )
    )


def merge(connection: Connection, table_name: str, columns: Sequence[str], key: str) -> Merged:
    """Insert staged rows whose id is new, update those that differ, leave the rest alone."""
    target = identifier(table_name)
    names = [identifier_of(name) for name in columns]
    others = [name for name in names if name != identifier_of(key)]
    changed = ", ".join(f"{name} = excluded.{name}" for name in others)
    old = ", ".join(f"t.{name}" for name in others)
    new = ", ".join(f"excluded.{name}" for name in others)
    action = f"UPDATE SET {changed} WHERE ({old}) IS DISTINCT FROM ({new})" if others else "NOTHING"
    with worded():
        cursor = _run(
            connection,
            f"WITH merged AS (INSERT INTO {target} AS t ({', '.join(names)}) "
            f"SELECT {', '.join(f'c{at}' for at in range(len(names)))} FROM pg_temp.staged "
            f"ON CONFLICT ({identifier_of(key)}) DO {action} RETURNING t.xmax = 0 AS inserted) "
            "SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted), "
            "(SELECT count(*) FROM pg_temp.staged) FROM merged",
        )
        inserted, updated, staged = cursor.fetchone() or (0, 0, 0)
    return Merged(inserted, updated, staged - inserted - updated)


def identifier_of(name: str) -> str:
    """One name, quoted whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def worded() -> Iterator[None]:
    """The driver's errors as sentences: COPY goes round SQLAlchemy, which would word them."""
    try:
        yield
    except _WENT_AWAY as error:
        raise ServerError(
            "The database went away in the middle. Nothing was half done: run the command again "
            "when the server is back."
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise ImportRefused(
            f"The login may not do this: {_first_line(error)}. Let its database's owner run "
            f"`GRANT CREATE ON DATABASE … TO …`, or make the schema {SCHEMA} for it."
        ) from error
    except psycopg.Error as error:
        raise ImportRefused(
            f"PostgreSQL refused the rows: {_first_line(error)}. Nothing was loaded."
        ) from error


def _run(connection: Connection, statement: str) -> psycopg.Cursor[Any]:
    """Past SQLAlchemy, so that neither `%` nor `:` in a column's name means anything."""
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    return cursor  # type: ignore[return-value]


def _first_line(error: psycopg.Error) -> str:
    return (str(error).splitlines() or ["no reason given"])[0].rstrip(".")
