"""What the columns of a live table hold, seen in a bounded sample of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from queries.collections.facts import ColumnFacts
from queries.collections.tables import LiveColumn, LiveTable, driver_sql, quoted
from queries.engine import first_line
from queries.errors import DeclarationError, StatementStopped
from queries.gate import inspecting

SAMPLE_ROWS = 5_000
VECTOR_ROWS = 1_000
BIG_TABLE = 50_000
LONGEST = 4_000  # characters looked at, of any one value
COUNTED = ("text", "integer", "number", "boolean", "list", "other", "time")
DIMENSIONS_SECONDS = 20


@dataclass(frozen=True)
class VectorFacts:
    """What a vector column holds. `dimensions` are the different ones found, smallest first.

    `filled` is the share of sampled rows with a vector; the norms are of the sample's vectors.
    """

    name: str
    stated: int | None
    dimensions: tuple[int, ...]
    filled: float
    least_norm: float | None
    greatest_norm: float | None

    @property
    def usable(self) -> bool:
        """Whether all its vectors can be compared with one another."""
        return self.stated is not None or len(self.dimensions) == 1


def column_facts(engine: Engine, table: LiveTable) -> list[ColumnFacts]:
    """Facts of every column, in the table's order, from at most SAMPLE_ROWS rows.

    A view or table that takes too long to answer is described by its types alone.
    """
    counted = [column for column in table.columns if column.kind in COUNTED]
    pieces = [piece for column in counted for piece in _pieces(column)]
    sample = f"WITH sample AS MATERIALIZED ({_sample(table, counted, SAMPLE_ROWS)}) "
    statement = f"{sample} SELECT count(*), {', '.join(pieces)} FROM sample"
    try:
        with inspecting(engine) as connection:
            row = tuple(connection.exec_driver_sql(driver_sql(statement)).one()) if counted else ()
    except StatementStopped:
        row = ()
    except DBAPIError as error:
        raise DeclarationError(
            f"{table.relation.full_name} cannot be read: {first_line(error)} Mend the view or "
            "table first."
        ) from error
    if not row:
        return [ColumnFacts(column.name, column.kind) for column in table.columns]
    values = {column.name: row[1 + at * 4 : 5 + at * 4] for at, column in enumerate(counted)}
    return [
        _facts(column, row[0], values[column.name])
        if column.name in values
        else ColumnFacts(column.name, column.kind, rows=row[0])
        for column in table.columns
    ]


def vector_facts(engine: Engine, table: LiveTable) -> list[VectorFacts]:
    """Facts of every vector and halfvec column, in the table's order."""
    return [_vector(engine, table, column) for column in table.columns if column.kind == "vector"]


def some_texts(engine: Engine, table: LiveTable, names: Sequence[str], rows: int) -> list[str]:
    """What stands in the columns, one below the other, in some rows; none from a slow table."""
    columns = [column for column in table.columns if column.name in names]
    parts = ", ".join(f"left({quoted(column.name)}::text, {LONGEST})" for column in columns)
    statement = f"SELECT concat_ws(E'\n', {parts}) FROM ({_sample(table, columns, rows)}) AS sample"
    try:
        with inspecting(engine) as connection:
            return list(connection.exec_driver_sql(driver_sql(statement)).scalars())
    except StatementStopped:
        return []


def _sample(table: LiveTable, columns: list[LiveColumn], rows: int) -> str:
    """A SELECT of some rows; of a big table from all over it, not from its beginning."""
    relation = table.relation
    source = f"{quoted(relation.schema)}.{quoted(relation.name)}"
    if relation.estimate > BIG_TABLE and relation.kind in ("table", "materialized view"):
        percent = min(100.0, 300.0 * rows / relation.estimate)
        source += f" TABLESAMPLE SYSTEM ({percent:.4f}) REPEATABLE (1)"
    names = ", ".join(quoted(column.name) for column in columns) or "1"
    return f"SELECT {names} FROM {source} LIMIT {rows}"


def _pieces(column: LiveColumn) -> tuple[str, ...]:
    """Filled rows, different values, mean length, mean words."""
    name = quoted(column.name)
    if column.kind == "list":
        different = (
            f"(SELECT count(DISTINCT part) FROM sample AS s CROSS JOIN LATERAL "
            f"unnest(s.{name}::text[]) AS part)"
        )
        return f"count({name})", different, "0", "0"
    value = f"left({name}::text, {LONGEST})"
    filled = f"nullif({value}, '')"
    words = f"avg(length({filled}) - length(replace({filled}, ' ', '')) + 1)"
    return (
        f"count({filled})",
        f"count(DISTINCT {filled})",
        f"coalesce(avg(length({filled})), 0)",
        f"coalesce({words}, 0)" if column.kind == "text" else "0",
    )


def _facts(column: LiveColumn, rows: int, values: tuple[int, int, float, float]) -> ColumnFacts:
    filled, distinct, length, words = values
    return ColumnFacts(
        name=column.name,
        kind=column.kind,
        rows=rows,
        filled=filled,
        distinct=distinct,
        length=float(length),
        words=float(words),
        unique=0 < filled == distinct == rows,
        dated=1.0 if column.kind == "time" else 0.0,
    )


def _vector(engine: Engine, table: LiveTable, column: LiveColumn) -> VectorFacts:
    sample = f"WITH sample AS MATERIALIZED ({_sample(table, [column], VECTOR_ROWS)}) "
    # A halfvec has no norm function of its own name on every version; as vector it has.
    norm = f"vector_norm({quoted(column.name)}::vector)"
    with inspecting(engine) as connection:
        row = connection.exec_driver_sql(
            driver_sql(
                f"{sample} SELECT count(*), count({quoted(column.name)}), min({norm}), "
                f"max({norm}), array_agg(DISTINCT vector_dims({quoted(column.name)}::vector)) "
                f"FILTER (WHERE {quoted(column.name)} IS NOT NULL) FROM sample"
            )
        ).one()
    rows, filled, least, greatest, seen = row
    dimensions = tuple(sorted(seen or ()))
    if column.dimensions is None:
        dimensions = _all_dimensions(engine, table, column) or dimensions
    return VectorFacts(
        column.name, column.dimensions, dimensions, filled / rows if rows else 0.0, least, greatest
    )


def _all_dimensions(engine: Engine, table: LiveTable, column: LiveColumn) -> tuple[int, ...]:
    relation, name = table.relation, quoted(column.name)
    try:
        with inspecting(engine, DIMENSIONS_SECONDS) as connection:
            found = connection.exec_driver_sql(
                driver_sql(
                    f"SELECT DISTINCT vector_dims({name}::vector) FROM "
                    f"{quoted(relation.schema)}.{quoted(relation.name)} WHERE {name} IS NOT NULL"
                )
            )
            return tuple(sorted(found.scalars()))
    except StatementStopped:
        return ()
