"""Vectors in and out of PostgreSQL in its binary format, without a Python object a number.

Layout: https://www.postgresql.org/docs/current/sql-copy.html (binary format); a halfvec is
int16 dimensions, int16 unused, then big-endian float16; a vector the same with float32; bits are
int32 how many, then eight a byte.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    cast,
    func,
    select,
    type_coerce,
)

from queries.collection import Collection
from queries.embeddings.binary_copy import HEADER, TRAILER, copied, halves
from queries.embeddings.signs import signs_of
from queries.embeddings.spaces import EMBEDDING, Space
from queries.errors import NoEmbedding, NoSuchRow
from queries.gate import Gate
from queries.rows.rows import has_id
from queries.sendable import sendable

_NULL = struct.pack(">i", -1)
READ_SECONDS = 600
# As many candidates as pgvector can keep: with fewer an index of 100,000 rows finds .94 to .97 of
# the true neighbours (docs/decisions/search.md). An HNSW scan goes on until enough rows meet the
# conditions.
EF_SEARCH = 1000
SINGLE = "%.9g"  # tells every number of single precision from the next
# A second process takes longer to start than one needs for 100,000 rows: a search is given more of
# them only where there is far more to compare.
SCAN_ON = {
    "hnsw.ef_search": str(EF_SEARCH),
    "hnsw.iterative_scan": "relaxed_order",
    "parallel_setup_cost": "20000",
}


@dataclass(frozen=True)
class Embedded:
    """A row as `embed` stores it: a vector, or the reason why there is none."""

    row_id: str
    content_hash: UUID
    vector: NDArray[np.float32] | None
    refused: str | None = None


def vector_rows(collection: Collection, space: Space) -> FromClause:
    """The rows that have an embedding, as `row_id, embedding` with the vector's full type.

    Flattened by the planner, so `ORDER BY embedding <=> ...` reaches the HNSW index.
    """
    typed: ColumnElement[Any]
    if space.storage == "column":
        typed = type_coerce(collection.view.c.embedding, vector_type(space))
        rows = select(collection.view.c.row_id, typed.label("embedding"))
        return rows.where(collection.view.c.embedding.is_not(None)).subquery("vectors")
    typed = cast(EMBEDDING.c.embedding, vector_type(space))
    rows = select(EMBEDDING.c.row_id, typed.label("embedding"))
    return rows.where(
        EMBEDDING.c.space_id == space.id, EMBEDDING.c.embedding.is_not(None)
    ).subquery("vectors")


def aim(connection: Connection, vector: NDArray[np.floating]) -> None:
    """Set the query vector that the distances of this transaction are measured to."""
    connection.execute(select(func.set_config("northlight.query", spelled(vector), True)))


def spelled(vector: NDArray[np.floating]) -> str:
    """A vector as PostgreSQL reads it."""
    numbers = np.asarray(vector, dtype=np.float32).tolist()
    return "[" + ",".join([SINGLE] * len(numbers)) % tuple(numbers) + "]"


def aim_at_row(connection: Connection, row_id: str) -> None:
    """Measure the distances of this transaction to a row, if the reader may see it."""
    connection.execute(select(func.set_config("northlight.like", sendable(row_id), True)))


def scan_on(connection: Connection) -> None:
    """Let an HNSW scan of this transaction look further until enough rows meet the conditions, and
    nothing small be done by several processes."""
    connection.execute(select(*(func.set_config(*pair, True) for pair in SCAN_ON.items())))


def vector_type(space: Space) -> HALFVEC | VECTOR:
    """The SQL type of the space's vectors: half precision in Northlight's own table."""
    return HALFVEC(space.dimensions) if space.half else VECTOR(space.dimensions)


def embeddings(
    gate: Gate, collection: Collection, space: Space
) -> tuple[list[str], NDArray[np.float32]]:
    """Ids and embeddings of every row that has one, in the order of the ids.

    Ids are a list of length n, embeddings shape (n, dimensions), float32, C-contiguous, of unit
    length as near as half precision allows; both are read from one snapshot, so they speak of the
    same rows. A zero vector in a column of the table's own has no direction and is left out.
    """
    there = directions(collection, space)
    with gate.reading(READ_SECONDS, snapshot=True) as connection:
        ids = sorted(connection.execute(select(there.c.row_id)).scalars())
        place = {row_id: number for number, row_id in enumerate(ids)}
        found = np.empty((len(ids), space.dimensions), dtype=np.float32)
        vectors = select(cast(there.c.embedding, HALFVEC), there.c.row_id)
        for block in copied(connection, vectors, [halves(space.dimensions)]):
            found[[place[row_id] for row_id in block.ids]] = block.fields["f0"]
        return ids, found


def direction_count(gate: Gate, collection: Collection, space: Space) -> int:
    """How many rows `embeddings` reads."""
    there = directions(collection, space)
    return int(gate.value(select(func.count()).select_from(there), READ_SECONDS))


def directions(collection: Collection, space: Space) -> FromClause:
    """The rows that have a direction: `row_id, stored` and `embedding`, of unit length."""
    vectors = vector_rows(collection, space)
    stored = vectors.c.embedding
    if space.storage == "own":
        there = select(vectors.c.row_id, stored.label("stored"), stored)
        there = there.where(vectors.c.row_id.in_(select(collection.view.c.row_id)))
        return there.subquery("present")
    length = func.l2_norm if space.half else func.vector_norm
    direction = func.l2_normalize(stored).label("embedding")
    there = select(vectors.c.row_id, stored.label("stored"), direction)
    return there.where(length(stored) > 0).subquery("present")


def embedding_of(
    gate: Gate, collection: Collection, space: Space, row_id: str
) -> NDArray[np.float32]:
    """One row's embedding, shape (dimensions,). Raises NoSuchRow and NoEmbedding."""
    vectors = vector_rows(collection, space)
    rows = collection.view
    mine = rows if space.storage == "column" else vectors
    statement = select(mine.c.embedding).select_from(rows).where(has_id(collection, [row_id]))
    if space.storage == "own":
        statement = statement.outerjoin(vectors, vectors.c.row_id == rows.c.row_id)
    found = gate.one(statement.with_only_columns(type_coerce(mine.c.embedding, vector_type(space))))
    if found is None:
        raise NoSuchRow(collection.name, row_id)
    stored = found[0]
    if stored is None:
        raise NoEmbedding(collection.name, row_id)
    values = stored.to_list() if hasattr(stored, "to_list") else stored
    return np.asarray(values, dtype=np.float32)


def copy_in(connection: Connection, target: str, rows: Sequence[Embedded], space: Space) -> None:
    """Append rows to `target` (row_id, content_hash, embedding, refused) by binary COPY."""
    columns = "(space_id, row_id, content_hash, embedding, refused)"
    _append(connection, f"{target} {columns}", _records(rows, space))


def copy_signs(connection: Connection, rows: Sequence[Embedded], space: Space) -> None:
    """Append the signs of those that have a vector to the space's own by binary COPY."""
    _append(connection, f"northlight.{space.signs} (space_id, row_id, signs)", _signs(rows, space))


def _append(connection: Connection, target: str, records: Iterable[bytes]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {target} FROM STDIN (FORMAT binary)") as copy:
        copy.write(HEADER)
        copy.write(b"".join(records))
        copy.write(TRAILER)


def _records(rows: Sequence[Embedded], space: Space) -> Iterator[bytes]:
    """One record a row; the vectors are turned into bytes all at once."""
    start = struct.pack(">hii", 5, 4, space.id)
    packed = _halfvecs([row.vector for row in rows if row.vector is not None])
    for row in rows:
        yield start
        yield _field(row.row_id.encode())
        yield _field(row.content_hash.bytes)
        yield _NULL if row.vector is None else next(packed)
        yield _NULL if row.refused is None else _field(row.refused.encode())


def _signs(rows: Sequence[Embedded], space: Space) -> Iterator[bytes]:
    """One record a vector."""
    made = [row for row in rows if row.vector is not None]
    if not made:
        return
    signs = signs_of(np.array([row.vector for row in made], dtype=np.float32))
    start = struct.pack(">hii", 3, 4, space.id)
    length = struct.pack(">ii", 4 + signs.shape[1], 3 * space.dimensions)
    for row, bits in zip(made, signs, strict=True):
        yield start
        yield _field(row.row_id.encode())
        yield length + bits.tobytes()


def _field(value: bytes) -> bytes:
    return len(value).to_bytes(4) + value


def _halfvecs(vectors: Sequence[NDArray[np.float32]]) -> Iterator[bytes]:
    if not vectors:
        return
    packed = np.array(vectors, dtype=">f2")
    dimensions = packed.shape[1]
    start = struct.pack(">ihh", 4 + 2 * dimensions, dimensions, 0)
    for values in packed:
        yield start + values.tobytes()
