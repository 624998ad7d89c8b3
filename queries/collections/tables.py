"""The tables that are there: their columns, keys and rights. Looks, and never alters."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, DBAPIError, ProgrammingError

from queries.engine import first_line
from queries.errors import DeclarationError, StatementStopped
from queries.gate import inspecting
from queries.identifiers import identifier, joined_name

UNIQUE_SECONDS = 20

_RELATIONS = text(
    """
    SELECT c.oid::bigint AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS relkind,
           greatest(c.reltuples, 0)::bigint AS estimate,
           has_schema_privilege(n.oid, 'USAGE')
           AND has_table_privilege(c.oid, 'SELECT') AS readable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND n.nspname <> 'northlight' AND n.nspname NOT LIKE 'northlight\\_%'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY n.nspname, c.relname
    """
)
_COLUMNS = text(
    """
    SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
           coalesce(base.typname, t.typname) AS base, t.typtype = 'e' AS enumerated,
           coalesce(element.typname, '') AS element,
           CASE WHEN t.typname IN ('vector', 'halfvec') AND a.atttypmod > 0
                THEN a.atttypmod END AS dimensions
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type base ON base.oid = t.typbasetype
    LEFT JOIN pg_type element ON element.oid = t.typelem AND t.typcategory = 'A'
    WHERE a.attrelid = :oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
    """
)
_KEYS = text(
    """
    SELECT i.indisprimary AS is_primary,
           array_agg(a.attname::text ORDER BY k.place) AS columns,
           bool_and(a.attnotnull) AS not_null
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = :oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
      AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
    GROUP BY i.indexrelid, i.indisprimary
    ORDER BY i.indisprimary DESC, i.indexrelid
    """
)

_KINDS = {"r": "table", "v": "view", "m": "materialized view", "p": "table", "f": "foreign table"}
_TYPES = {
    **dict.fromkeys(("text", "varchar", "bpchar", "citext", "name"), "text"),
    **dict.fromkeys(("int2", "int4", "int8"), "integer"),
    **dict.fromkeys(("numeric", "float4", "float8"), "number"),
    **dict.fromkeys(("timestamptz", "timestamp", "date"), "time"),
    **dict.fromkeys(("json", "jsonb"), "json"),
    **dict.fromkeys(("vector", "halfvec"), "vector"),
    "bool": "boolean",
}


@dataclass(frozen=True)
class Relation:
    """A table or view. `estimate` is the planner's number of rows; 0 where it knows none."""

    oid: int
    schema: str
    name: str
    kind: str
    estimate: int
    readable: bool

    @property
    def full_name(self) -> str:
        """Schema and name, quoted where a catalog file needs it."""
        return joined_name(self.schema, self.name)

    @property
    def in_sql(self) -> str:
        """Schema and name as a statement needs them."""
        return identifier(self.full_name)


@dataclass(frozen=True)
class LiveColumn:
    """A column as it is now. `kind` as in ColumnFacts; `dimensions` of a vector, where stated."""

    name: str
    type: str
    kind: str
    dimensions: int | None = None


@dataclass(frozen=True)
class LiveTable:
    """A relation with its columns. `key` is the primary key; `unique` columns never repeat."""

    relation: Relation
    columns: tuple[LiveColumn, ...]
    key: tuple[str, ...]
    unique: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in the table's order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> LiveColumn | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def relations(engine: Engine) -> list[Relation]:
    """Every table and view but the server's, an extension's and Northlight's own; by name."""
    with inspecting(engine) as connection:
        rows = connection.execute(_RELATIONS).fetchall()
    return [
        Relation(r.oid, r.schema, r.name, _KINDS[r.relkind], r.estimate, r.readable) for r in rows
    ]


def live_table(engine: Engine, relation: Relation) -> LiveTable:
    """The relation's columns and keys."""
    with inspecting(engine) as connection:
        columns = tuple(
            LiveColumn(r.name, r.type, _kind(r.base, r.enumerated, r.element), r.dimensions)
            for r in connection.execute(_COLUMNS, {"oid": relation.oid})
        )
        keys = connection.execute(_KEYS, {"oid": relation.oid}).fetchall()
    primary = next((tuple(key.columns) for key in keys if key.is_primary), ())
    single = [key.columns[0] for key in keys if len(key.columns) == 1 and key.not_null]
    return LiveTable(relation, columns, primary, tuple(dict.fromkeys(single)))


def repeated(engine: Engine, relation: Relation, column: str) -> tuple[int, int] | None:
    """(rows without a value, values that repeat) in a column; None if counting takes too long."""
    try:
        with inspecting(engine, UNIQUE_SECONDS) as connection:
            row = connection.exec_driver_sql(
                driver_sql(
                    f"SELECT count(*) - count({quoted(column)}), "
                    f"count({quoted(column)}) - count(DISTINCT {quoted(column)}) "
                    f"FROM {quoted(relation.schema)}.{quoted(relation.name)}"
                )
            ).one()
    except StatementStopped:
        return None
    return int(row[0]), int(row[1])


def can_ask(engine: Engine, relation: Relation, condition: str) -> bool:
    """Whether an SQL condition fits the relation: columns are there, values of their type."""
    named = f"{quoted(relation.schema)}.{quoted(relation.name)}"
    try:
        with inspecting(engine) as connection:
            connection.exec_driver_sql(
                driver_sql(f"SELECT 1 FROM {named} WHERE ({condition}) LIMIT 0")
            )
    except (DataError, ProgrammingError):
        return False
    return True


def quoted(name: str) -> str:
    """One name, quoted whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def why_no_time(engine: Engine, table: str, column: str) -> str | None:
    """Why a column's values cannot be read as moments, or None if they can.

    None, too, where reading all of them takes too long.
    """
    statement = f"SELECT max({quoted(column)}::timestamptz) FROM {identifier(table)}"
    try:
        with inspecting(engine, UNIQUE_SECONDS) as connection:
            connection.exec_driver_sql(driver_sql(statement))
    except StatementStopped:
        return None
    except DBAPIError as error:
        return first_line(error)
    except DeclarationError as error:
        return str(error.__cause__).splitlines()[0] + "."
    return None


def driver_sql(statement: str) -> str:
    """A statement without parameters as the driver wants it: `%` stands for itself."""
    return statement.replace("%", "%%")


def _kind(base: str, enumerated: bool, element: str) -> str:
    if enumerated:
        return "text"
    if element:
        return "list" if _TYPES.get(element) == "text" else "other"
    return _TYPES.get(base, "other")


def exists(connection: Connection, oid: int) -> bool:
    """Whether the relation is still there."""
    found = connection.execute(text("SELECT 1 FROM pg_class WHERE oid = :oid"), {"oid": oid})
    return found.first() is not None
