"""Demo rows into the tables that Northlight laid out itself: in bulk, and again without harm."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, text

from queries.gate import writing
from queries.identifiers import split_name
from queries.server.migrate import FIRST_SYSTEM


class DemoRows(Protocol):
    """Rows of one table; `references` maps a column to the table and column its words are in."""

    @property
    def table(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def key(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> Sequence[tuple[Any, ...]]: ...
    @property
    def references(self) -> Mapping[str, tuple[str, str]]: ...


def laid_out(engine: Engine) -> list[str]:
    """The systems whose tables Northlight made here. A schema that was there before is not ours."""
    with writing(engine) as connection:
        made = connection.execute(
            text(
                "SELECT name FROM public.northlight_migration "
                "WHERE number >= :first AND NOT in_place ORDER BY number"
            ),
            {"first": FIRST_SYSTEM},
        )
        return list(made.scalars())


def put(connection: Connection, rows: DemoRows) -> int:
    """Insert what is new and update what differs, by the key; how many rows changed."""
    cursor = connection.connection.cursor()
    cursor.execute(_arriving(rows))
    with cursor.copy("COPY arriving FROM STDIN") as copy:
        for row in rows.rows:
            copy.write_row([_stored(value) for value in row])
    cursor.execute(_merge(rows))
    changed = cursor.rowcount
    cursor.execute("DROP TABLE arriving")
    cursor.execute(sql.SQL("ANALYZE {}").format(_table(rows.table)))
    return int(changed)


def link_keywords(connection: Connection, links: Sequence[tuple[str, str, str]]) -> None:
    """Make the keywords and link each to its pattern: (repository, pattern, keyword)."""
    cursor = connection.connection.cursor()
    cursor.execute(
        "CREATE TEMPORARY TABLE link (repository text, pattern text, keyword text) ON COMMIT DROP"
    )
    with cursor.copy("COPY link FROM STDIN") as copy:
        for link in links:
            copy.write_row(link)
    cursor.execute(
        "INSERT INTO nexus.keywords (keyword) SELECT DISTINCT keyword FROM link ORDER BY keyword "
        "ON CONFLICT DO NOTHING"
    )
    cursor.execute(
        "INSERT INTO nexus.pattern_keywords (pattern_id, keyword_id) SELECT p.id, k.id FROM link l "
        "JOIN nexus.repositories r ON r.name = l.repository "
        "JOIN nexus.patterns p ON p.repo_id = r.id AND p.name = l.pattern "
        "JOIN nexus.keywords k ON k.keyword = l.keyword ON CONFLICT DO NOTHING"
    )


def recount_playbook(connection: Connection) -> None:
    """Bring progress, insights and the two summaries up to date with the responses."""
    connection.execute(text("SELECT playbook.recount_progress()"))
    connection.execute(text("SELECT playbook.refresh_analytics_views()"))


def remove_stale_chunks(connection: Connection) -> None:
    """Remove chunks that the newer, shorter version of their document no longer has."""
    connection.execute(
        text(
            "SELECT twin.remove_stale_chunks(d ->> 'id', i.user_id, (d ->> 'chunks')::integer) "
            "FROM twin.ingestion_metadata i, jsonb_array_elements(i.documents) d"
        )
    )


def row_counts(connection: Connection, schema: str) -> dict[str, int]:
    """How many rows each table of the schema has, by `schema.table`."""
    tables = connection.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = :schema ORDER BY tablename"),
        {"schema": schema},
    )
    cursor = connection.connection.cursor()
    counts = {}
    for name in tables.scalars():
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, name)))
        counts[f"{schema}.{name}"] = int((cursor.fetchone() or (0,))[0])
    return counts


def _table(name: str) -> sql.Identifier:
    return sql.Identifier(*split_name(name))


def _stored(value: Any) -> Any:
    """Objects and lists of objects as jsonb; other lists are arrays."""
    listed = isinstance(value, list) and value and isinstance(value[0], dict)
    return Jsonb(value) if isinstance(value, dict) or listed else value


def _arriving(rows: DemoRows) -> sql.Composed:
    """A temporary table with the target's types; a reference arrives as words."""
    shape = [
        sql.SQL("NULL::text AS {}" if name in rows.references else "{}").format(
            sql.Identifier(name)
        )
        for name in rows.columns
    ]
    return sql.SQL(
        "CREATE TEMPORARY TABLE arriving ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA"
    ).format(sql.SQL(", ").join(shape), _table(rows.table))


def _merge(rows: DemoRows) -> sql.Composed:
    insert = sql.SQL(
        "INSERT INTO {} AS kept ({}) SELECT {} FROM arriving a ON CONFLICT ({}) DO "
    ).format(
        _table(rows.table),
        _listed("{}", rows.columns),
        sql.SQL(", ").join(_value(rows, name) for name in rows.columns),
        _listed("{}", rows.key),
    )
    others = [name for name in rows.columns if name not in rows.key]
    if not others:
        return insert + sql.SQL("NOTHING")
    return insert + sql.SQL("UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})").format(
        _listed("{0} = excluded.{0}", others),
        _listed("kept.{}", others),
        _listed("excluded.{}", others),
    )


def _listed(form: str, names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(form).format(sql.Identifier(name)) for name in names)


def _value(rows: DemoRows, name: str) -> sql.Composable:
    if name not in rows.references:
        return sql.SQL("a.{}").format(sql.Identifier(name))
    table, words = rows.references[name]
    return sql.SQL("(SELECT r.id FROM {} r WHERE r.{} = a.{})").format(
        _table(table), sql.Identifier(words), sql.Identifier(name)
    )
