"""What the readers hand on: a record, or a row that cannot be one, with its place and reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jobs.errors import JobError

MAX_FIELD_BYTES = 1024 * 1024
MAX_NAME_BYTES = 63  # PostgreSQL cuts longer names, and two could become one
MAX_COLUMNS = 1000
SYSTEM_COLUMNS = {"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"}


class FileError(JobError):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a file. `line` is where it starts: a physical line, or a Parquet row."""

    line: int
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not loaded, and why."""

    line: int
    reason: str


class Source(Protocol):
    """An opened file. It can be read more than once, each time from the start."""

    columns: tuple[str, ...]
    unit: str  # what `line` counts: "line" or "row"
    format: str
    notes: tuple[str, ...]  # what looks odd about the file, for whoever loads it the first time

    def records(self) -> Iterator[Record | Refused]:
        """The rows in the file's order; a row that breaks the format as Refused."""


def checked_columns(names: Sequence[str], where: str) -> tuple[str, ...]:
    """The column names, if a table can have them. Raises FileError."""
    names = [name.strip() for name in names]
    unnamed = [str(at) for at, name in enumerate(names, 1) if not name]
    if unnamed:
        raise FileError(
            f"{where} has no name for column {', '.join(unnamed)}. Name every column in the header."
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileError(
            f"{where} names {', '.join(twice)} more than once. Give each column its own name."
        )
    if len(names) > MAX_COLUMNS:
        raise FileError(
            f"{where} has {len(names):,} columns; a table takes {MAX_COLUMNS:,}. "
            "Keep the ones you need, or turn columns into rows."
        )
    for name in names:
        _check_name(name, where)
    return tuple(names)


def _check_name(name: str, where: str) -> None:
    shown = name if len(name) <= 40 else name[:40] + "…"
    if not name.isprintable() or unencodable(name):
        raise FileError(
            f"{where} has a column name with control characters: {shown!r}. Rename the column."
        )
    if len(name.encode()) > MAX_NAME_BYTES:
        raise FileError(
            f"{where} has a column name of {len(name.encode())} bytes ({shown}); PostgreSQL keeps "
            f"{MAX_NAME_BYTES}. Shorten it."
        )
    if name in SYSTEM_COLUMNS:
        raise FileError(
            f"{where} has a column {name}, a name PostgreSQL keeps for itself. Rename the column."
        )


def refusal(name: str, value: str) -> str | None:
    """Why PostgreSQL or we would not take this text, or None."""
    if "\x00" in value:
        return f"{name} contains a NUL byte, which PostgreSQL cannot store; remove it"
    if len(value) > MAX_FIELD_BYTES or (
        len(value) * 4 > MAX_FIELD_BYTES and len(value.encode(errors="replace")) > MAX_FIELD_BYTES
    ):
        size = len(value.encode(errors="replace")) / 1024 / 1024
        return f"{name} holds {size:.1f} MiB, more than the 1 MiB a field may have; split the text"
    if not value.isascii() and (bad := unencodable(value)) is not None:
        return f"{name} {bad}"
    return None


def unencodable(value: str) -> str | None:
    """What is wrong with text that is not Unicode: an undecoded byte or half a character."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        code = ord(value[error.start])
        if 0xDC80 <= code <= 0xDCFF:
            return f"is not UTF-8 (byte 0x{code - 0xDC00:02X}); convert the file"
        return f"holds half of a character (the lone surrogate \\u{code:04x}); write it whole"
    return None
