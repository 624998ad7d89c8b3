"""What a map is made of: every row that has an embedding and whose owner may be on a map.

What changed since is found by the server, from a digest of each embedding that it works out itself:
placing some rows on a map of a million reads the vectors of those, and of as many others as they
are placed by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    REAL,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Text,
    and_,
    cast,
    column,
    func,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import BIT

from queries.collection import Collection
from queries.embeddings.binary_copy import BIGINT, FLOAT, Block, copied, empty, halves
from queries.embeddings.spaces import Space
from queries.embeddings.vectors import READ_SECONDS, directions
from queries.gate import Gate
from queries.maps.runs import UNSORTED, Run
from queries.statement import Statement

UNKNOWN = 0  # digest of a point that was placed before digests were kept
BITS = 20  # of a row's hash that decide whether it is drawn

_POINT = table(
    "point",
    *(column(n) for n in ("run_id", "row_id", "x", "y", "theme_id", "digest")),
    schema="northlight",
)
_OFF = table("off_the_map", column("system"), column("owner"), schema="northlight")


@dataclass(frozen=True)
class Rows:
    """Rows with their embeddings. Arrays share their first dimension with `ids`.

    digests : int64, of the embeddings as they are stored; never 0
    vectors : shape (rows, dimensions), float32, unit length
    """

    ids: list[str]
    digests: NDArray[np.int64]
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Ground:
    """Rows that have their place, to place others by: vectors, shape (rows, 2) points, theme ids.

    `themes` is UNSORTED where a row is in none.
    """

    vectors: NDArray[np.float32]
    points: NDArray[np.float32]
    themes: NDArray[np.int64]


@dataclass(frozen=True)
class Changes:
    """What is new on a map since it was stored.

    arrived : ids of rows to place; gone : ids that leave the map. A row embedded anew is in both.
    kept : rows that stay where they are
    """

    arrived: Sequence[str]
    gone: Sequence[str]
    kept: int


def everything(gate: Gate, collection: Collection, space: Space) -> Rows:
    """Every row to be mapped, in the order of the ids, from one snapshot."""
    there = _mappable(collection, space)
    with gate.reading(READ_SECONDS, snapshot=True) as connection:
        ids = sorted(connection.execute(select(there.c.row_id)).scalars())
        return _read(connection, there, space, ids)


def changes(gate: Gate, collection: Collection, space: Space, run: Run) -> Changes:
    """Which rows arrived and which are gone since the run was stored or last placed on."""
    now, was = _mappable(collection, space), _on_map(run)
    statement = (
        select(now.c.row_id.label("here"), was.c.row_id.label("there"))
        .select_from(now.join(was, was.c.row_id == now.c.row_id, full=True))
        .where(or_(now.c.row_id.is_(None), was.c.row_id.is_(None), _changed(now, was)))
    )
    found = gate.rows(statement, READ_SECONDS)
    arrived = sorted(row.here for row in found if row.here is not None)
    gone = sorted(row.there for row in found if row.there is not None)
    return Changes(arrived, gone, run.rows - len(gone))


def arrivals(
    gate: Gate, collection: Collection, space: Space, run: Run, found: Changes, at_most: int
) -> tuple[Rows, Ground]:
    """The rows that arrived, and what to place them by: at most about so many rows that stay.

    Of more, the same are drawn every time, by a hash of their ids. A row that was changed while
    this is read counts as not there.
    """
    now, was = _mappable(collection, space), _on_map(run)
    new = or_(was.c.row_id.is_(None), _changed(now, was))
    fields = (
        cast(new, Integer).cast(BigInteger),
        now.c.digest,
        func.coalesce(was.c.x, 0).cast(REAL),
        func.coalesce(was.c.y, 0).cast(REAL),
        func.coalesce(was.c.theme_id, UNSORTED).cast(BigInteger),
        cast(now.c.embedding, HALFVEC),
    )
    statement = (
        select(*fields, now.c.row_id)
        .select_from(now.outerjoin(was, was.c.row_id == now.c.row_id))
        .where(or_(new, _drawn(now.c.row_id, at_most, found.kept)))
    )
    types = [BIGINT, BIGINT, FLOAT, FLOAT, BIGINT, halves(space.dimensions)]
    with gate.reading(READ_SECONDS) as connection:
        blocks = list(copied(connection, statement, types))
    return _parted(blocks, set(found.arrived), types)


def _parted(
    blocks: Sequence[Block], arrived: set[str], types: Sequence[Any]
) -> tuple[Rows, Ground]:
    """The rows that arrived, by id, and the others."""
    ids = [row_id for block in blocks for row_id in block.ids]
    told = np.concatenate([block.fields for block in blocks]) if blocks else empty(types)
    new = told["f0"] == 1
    expected = [row for row in np.flatnonzero(new).tolist() if ids[row] in arrived]
    order = np.array(sorted(expected, key=lambda row: ids[row]), dtype=np.intp)
    rows = Rows(
        [ids[row] for row in order], told["f1"][order].astype(np.int64), _unit(told["f5"][order])
    )
    points = np.column_stack([told["f2"], told["f3"]])[~new].astype(np.float32)
    return rows, Ground(_unit(told["f5"][~new]), points, told["f4"][~new].astype(np.int64))


def _read(connection: Connection, there: FromClause, space: Space, ids: list[str]) -> Rows:
    place = {row_id: number for number, row_id in enumerate(ids)}
    digests = np.empty(len(ids), dtype=np.int64)
    vectors = np.empty((len(ids), space.dimensions), dtype=np.float32)
    statement = select(there.c.digest, cast(there.c.embedding, HALFVEC), there.c.row_id)
    for block in copied(connection, statement, [BIGINT, halves(space.dimensions)]):
        stands = [place[row_id] for row_id in block.ids]
        digests[stands] = block.fields["f0"]
        vectors[stands] = _unit(block.fields["f1"])
    return Rows(ids, digests, vectors)


def _unit(vectors: NDArray[np.float16]) -> NDArray[np.float32]:
    """At length 1: half precision rounds lengths as well."""
    exact = vectors.astype(np.float32)
    return np.asarray(exact / np.linalg.norm(exact, axis=1, keepdims=True), dtype=np.float32)


def _mappable(collection: Collection, space: Space) -> FromClause:
    """`row_id, embedding, digest` of the rows that belong on a map."""
    there = directions(collection, space)
    digest = _digest(there.c.stored, space.half).label("digest")
    statement = select(there.c.row_id, there.c.embedding, digest)
    if collection.owner is not None:
        statement = statement.where(there.c.row_id.in_(_allowed(collection)))
    return statement.subquery("mappable")


def _allowed(collection: Collection) -> Statement:
    """Rows of nobody, and of owners who did not withdraw consent to research."""
    rows = collection.view
    withdrew = select(_OFF.c.owner).where(_OFF.c.system == collection.group)
    owner = cast(rows.c.owner, Text)
    return select(rows.c.row_id).where(or_(owner.is_(None), owner.not_in(withdrew)))


def _digest(embedding: ColumnElement[Any], half: bool) -> ColumnElement[Any]:
    """Eight bytes of MD5 of the embedding as the server would send it; never UNKNOWN."""
    sent = (func.halfvec_send if half else func.vector_send)(embedding)
    bits = func.concat("x", func.left(func.md5(sent), 16))
    return func.coalesce(func.nullif(cast(cast(bits, BIT(64)), BigInteger), UNKNOWN), 1)


def _on_map(run: Run) -> FromClause:
    return select(_POINT).where(_POINT.c.run_id == run.id).subquery("was")


def _changed(now: FromClause, was: FromClause) -> ColumnElement[bool]:
    """Whether a row was embedded anew since it was placed."""
    return and_(was.c.digest != UNKNOWN, was.c.digest != now.c.digest)


def _drawn(row_id: ColumnElement[Any], at_most: int, there: int) -> ColumnElement[bool]:
    bar = min(1 << BITS, (at_most << BITS) // max(there, 1))
    return func.hashtextextended(row_id, 0).op("&")((1 << BITS) - 1) < bar
