"""Rows with a vector out of PostgreSQL by binary COPY, in blocks, without an object a number.

Layout: https://www.postgresql.org/docs/current/sql-copy.html (binary format). Every column but the
last has a fixed length, so that a block of rows is one structured array.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select
from sqlalchemy.dialects.postgresql.base import PGDialect

from queries.access.transaction import worded

HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
BLOCK = 8192  # rows
# Types as they travel, by NumPy's names; a NULL has no length, so no column may have one.
BIGINT, FLOAT = ">i8", ">f4"


@dataclass(frozen=True)
class Block:
    """Some rows: their ids, and the other columns as the fields of a structured array."""

    ids: list[str]
    fields: NDArray[Any]


def halves(dimensions: int) -> tuple[str, str, tuple[int]]:
    """The type of a halfvec's numbers, and the four bytes before them."""
    return ("V4", ">f2", (dimensions,))


def copied(
    connection: Connection, statement: Select[Any], types: Sequence[Any], rows: int = BLOCK
) -> Iterator[Block]:
    """The rows of a statement, whose columns are of these types and then a text, the row's id.

    The fields are named f0, f1, ... in the order of the columns.
    """
    record = _record(types)
    ids: list[str] = []
    fixed: list[bytes] = []
    for row in _rows(connection, statement, record.itemsize):
        fixed.append(row[: record.itemsize])
        ids.append(row[record.itemsize + 4 :].decode())
        if len(ids) == rows:
            yield Block(ids, np.frombuffer(b"".join(fixed), record))
            ids, fixed = [], []
    if ids:
        yield Block(ids, np.frombuffer(b"".join(fixed), record))


def empty(types: Sequence[Any]) -> NDArray[Any]:
    """The fields of no rows."""
    return np.empty(0, dtype=_record(types))


def _record(types: Sequence[Any]) -> np.dtype[Any]:
    """A row's columns of fixed length: each after four bytes that tell its length."""
    parts: list[tuple[Any, ...]] = [("columns", "V2")]
    for number, kind in enumerate(types):
        parts.append((f"length{number}", "V4"))
        if isinstance(kind, tuple):
            parts += [(f"head{number}", kind[0]), (f"f{number}", *kind[1:])]
        else:
            parts.append((f"f{number}", kind))
    return np.dtype(parts)


def _rows(connection: Connection, statement: Select[Any], fixed: int) -> Iterator[bytes]:
    """Each row as it travels; how the server cuts the stream into messages does not matter."""
    left, header = bytearray(), len(HEADER)
    for message in _messages(connection, statement):
        left += message
        start = min(header, len(left))
        header -= start
        while (end := _end(left, start, fixed)) is not None:
            yield bytes(left[start:end])
            start = end
        del left[:start]


def _messages(connection: Connection, statement: Select[Any]) -> Iterator[Any]:
    # Named parameters, of which there are none: the style that leaves a % as it is.
    dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]
    compiled = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    cursor = connection.connection.cursor()
    with (
        worded(str(compiled)),
        cursor.copy(f"COPY ({compiled}) TO STDOUT (FORMAT binary)") as copy,
    ):
        yield from copy


def _end(received: bytearray, start: int, fixed: int) -> int | None:
    """Where the row that begins at `start` ends; None when it has not arrived whole."""
    length_at = start + fixed
    if len(received) < length_at + 4:
        return None
    end = length_at + 4 + struct.unpack_from(">i", received, length_at)[0]
    return end if len(received) >= end else None
