"""The vectors of a collection and their index: what would make a search wrong or slow."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, text

from queries.collection import Collection
from queries.collections.check import Finding
from queries.collections.tables import driver_sql, quoted
from queries.embeddings.spaces import UNKNOWN_MODEL, Space
from queries.embeddings.vector_index import INDEX_FROM_ROWS, indexed_from
from queries.gate import Gate, inspecting
from queries.identifiers import identifier

SAMPLE = 1_000
SAMPLE_SECONDS = 20
MOST_INDEXED = {"vector": 2_000, "halfvec": 4_000}

_INDEXES = text(
    """
    SELECT c.relname AS name, n.nspname AS schema, am.amname AS method, o.opcname AS operators,
           i.indisvalid AS valid, i.indexprs IS NOT NULL AS expression,
           i.indpred IS NOT NULL AS partial
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_am am ON am.oid = c.relam
    JOIN pg_opclass o ON o.oid = i.indclass[0]
    WHERE i.indrelid = to_regclass(:table) AND am.amname IN ('hnsw', 'ivfflat')
      AND (i.indkey[0] = (SELECT attnum FROM pg_attribute
                          WHERE attrelid = i.indrelid AND attname = :column)
           OR strpos(pg_get_indexdef(i.indexrelid), :column) > 0)
    """
)


@dataclass(frozen=True)
class Index:
    """An approximate index on the embedding column."""

    name: str
    method: str
    operators: str
    valid: bool
    expression: bool
    partial: bool


def sample(gate: Gate, collection: Collection, space: Space, rows: int) -> NDArray[np.float32]:
    """Up to SAMPLE vectors of a space of so many rows, shape (vectors, dimensions).

    From all over Northlight's own; of a column in place the first that the table gives.
    """
    if space.storage == "own":
        percent = min(100.0, 300.0 * SAMPLE / max(rows, 1))
        source = f"northlight.{space.partition} TABLESAMPLE SYSTEM ({percent:.4f}) REPEATABLE (1)"
    else:
        source = quoted(collection.name)
    statement = (
        f"SELECT embedding::vector::real[] FROM {source} WHERE embedding IS NOT NULL "
        f"AND vector_dims(embedding::vector) = {space.dimensions} LIMIT {SAMPLE}"
    )
    with gate.reading(SAMPLE_SECONDS) as connection:
        found = connection.exec_driver_sql(driver_sql(statement)).scalars().all()
    if not found:
        return np.empty((0, space.dimensions), dtype=np.float32)
    return np.asarray(found, dtype=np.float32)


def lengths(collection: Collection, vectors: NDArray[np.float32]) -> Iterator[Finding]:
    """Zero vectors, numbers that are none, and lengths other than one, in a sample."""
    finite = np.isfinite(vectors).all(axis=1)
    norms = np.linalg.norm(vectors[finite], axis=1)
    column = collection.embedding or "the embeddings"
    if not finite.all():
        yield Finding(
            "error",
            f"{np.mean(~finite):.0%} of a sample of {column} holds NaN or Infinity.",
            "Set those to NULL where they are made, and embed them again.",
        )
    if norms.size and (norms == 0).any():
        yield Finding(
            "warning",
            f"{np.mean(norms == 0):.1%} of a sample of {column} are zero vectors, which have no "
            "direction: they come from embeddings that failed and are near nothing.",
            f"Set them to NULL (its owner: `UPDATE {collection.table} SET {column} = NULL WHERE "
            f"vector_norm({column}) = 0`), then embed them again.",
        )
    if norms.size and np.abs(norms[norms > 0] - 1).max(initial=0) > 0.01:
        yield Finding(
            "info",
            f"The vectors are not of unit length ({norms.min():.2f} to {norms.max():.2f}).",
            "Nothing to do: Northlight compares directions. An index must be for cosine distance.",
        )


def column_findings(
    engine: Engine, collection: Collection, space: Space, column_type: str, rows: int
) -> Iterator[Finding]:
    """The embedding column in place: its dimensions, its model, its index."""
    kind, _, stated = column_type.rstrip(")").partition("(")
    if space.model == UNKNOWN_MODEL:
        yield Finding(
            "warning",
            f"Which model made {collection.embedding} is not known: a question cannot be embedded.",
            f"Say it: `./northlight collections connect {collection.table} --name "
            f"{collection.name} --model NAME`.",
        )
    if stated and int(stated) != space.dimensions:
        yield Finding(
            "error",
            f"{collection.embedding} has {stated} dimensions now; it had {space.dimensions} when "
            "it was declared.",
            f"Declare it again: `./northlight collections connect {collection.table} --name "
            f"{collection.name}`.",
        )
    if not stated:
        yield from _unstated(engine, collection, kind)
    elif rows >= INDEX_FROM_ROWS or _indexes(engine, collection):
        yield from _index_findings(engine, collection, kind, int(stated))


def own_index(engine: Engine, collection: Collection, space: Space, rows: int) -> Iterator[Finding]:
    """The index of Northlight's own vectors."""
    with inspecting(engine) as connection:
        valid = connection.execute(
            text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"),
            {"name": f"northlight.{space.partition}_hnsw"},
        ).scalar()
    cure = f"Run `./northlight embed {collection.name}`: it builds the index."
    if valid is False:
        yield Finding(
            "error", "The index of the embeddings is INVALID: its making was cut off.", cure
        )
    elif valid is None and rows >= indexed_from(space):
        yield Finding(
            "warning", f"{rows:,} embeddings have no index; searches read them all.", cure
        )


def _unstated(engine: Engine, collection: Collection, kind: str) -> Iterator[Finding]:
    name = quoted(collection.embedding or "")
    with inspecting(engine, SAMPLE_SECONDS) as connection:
        found = connection.exec_driver_sql(
            driver_sql(
                f"SELECT DISTINCT vector_dims({name}::vector) FROM {identifier(collection.table)} "
                f"WHERE {name} IS NOT NULL"
            )
        )
        sizes = sorted(found.scalars())
    if len(sizes) > 1:
        yield Finding(
            "error",
            f"{collection.embedding} mixes vectors of {' and '.join(map(str, sizes))} dimensions, "
            "which cannot be compared.",
            "Connect a view with one kind of them, or use embeddings beside the table: "
            f"`./northlight embed {collection.name} --switch`.",
        )
    elif sizes:
        yield Finding(
            "warning",
            f"{collection.embedding} states no dimensions, so no index can serve it.",
            f"Its owner: `ALTER TABLE {collection.table} ALTER COLUMN {name} TYPE "
            f"{kind}({sizes[0]})`.",
        )


def _indexes(engine: Engine, collection: Collection) -> list[Index]:
    with inspecting(engine) as connection:
        rows = connection.execute(
            _INDEXES, {"table": identifier(collection.table), "column": collection.embedding}
        )
        return [
            Index(f"{r.schema}.{r.name}", r.method, r.operators, r.valid, r.expression, r.partial)
            for r in rows
        ]


def _index_findings(
    engine: Engine, collection: Collection, kind: str, dimensions: int
) -> Iterator[Finding]:
    indexes = _indexes(engine, collection)
    for index in indexes:
        if not index.valid:
            yield Finding(
                "error",
                f"The index {index.name} is INVALID: its making was cut off, and it is not used.",
                f"Its owner: `REINDEX INDEX CONCURRENTLY {index.name}`.",
            )
    wanted = f"{kind}_cosine_ops"
    valid = [index for index in indexes if index.valid]
    if any(i.operators == wanted and not i.expression and not i.partial for i in valid):
        return
    yield Finding("warning", _why_unused(valid, wanted), _index_cure(collection, kind, dimensions))


def _why_unused(valid: list[Index], wanted: str) -> str:
    for index in valid:
        if index.operators.endswith("cosine_ops"):
            reason = "covers only some rows" if index.partial else "is on another precision"
            return f"The index {index.name} {reason}, so searches do not use it."
        return (
            f"The index {index.name} is for {index.operators}, not {wanted}: Northlight compares "
            "by cosine, so searches do not use it."
        )
    return "The embedding column has no index; searches read every row."


def _index_cure(collection: Collection, kind: str, dimensions: int) -> str:
    if dimensions > MOST_INDEXED[kind]:
        return (
            f"An index on {kind} takes {MOST_INDEXED[kind]:,} dimensions, this has {dimensions:,}: "
            f"`./northlight embed {collection.name} --switch` keeps smaller ones beside the table."
        )
    return (
        f"Its owner: `CREATE INDEX CONCURRENTLY ON {collection.table} USING hnsw "
        f"({quoted(collection.embedding or '')} {kind}_cosine_ops)`."
    )
