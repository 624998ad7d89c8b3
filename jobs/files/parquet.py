"""Parquet, batch by batch. Places are row numbers, because a Parquet file has no lines."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.files.record import FileError, Record, Refused, checked_columns, refusal

BATCH_ROWS = 2_000


class ParquetFile:
    """A Parquet file. Nested values are kept as JSON text, lists of text as lists."""

    unit = "row"
    format = "Parquet"
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            names = pq.ParquetFile(path).schema_arrow.names
        except (pa.ArrowException, OSError) as error:
            raise FileError(
                f"{path.name} is a damaged Parquet file ({_first_line(error)}). Write it again."
            ) from error
        self.columns = checked_columns(names, f"{path.name}: the schema")

    def records(self) -> Iterator[Record | Refused]:
        """Every row, in the file's order."""
        row = 0
        try:
            for batch in pq.ParquetFile(self._path).iter_batches(batch_size=BATCH_ROWS):
                columns = [_values(column) for column in batch.columns]
                for values in zip(*columns, strict=True):
                    row += 1
                    yield self._record(row, values)
        except (pa.ArrowException, OSError) as error:
            raise FileError(
                f"{self._path.name} cannot be read after row {row:,} ({_first_line(error)}): the "
                "file is damaged. Write it again."
            ) from error

    def _record(self, row: int, values: tuple[Any, ...]) -> Record | Refused:
        for name, value in zip(self.columns, values, strict=True):
            if isinstance(value, _Unreadable):
                return Refused(row, f"{name} {value.reason}")
            for part in value if isinstance(value, list) else (value,):
                reason = refusal(name, part) if isinstance(part, str) else None
                if reason:
                    return Refused(row, reason)
        return Record(row, values)


class _Unreadable:
    """A value that Arrow holds and Python cannot: its row is refused, the others are not."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def _values(column: Any) -> list[Any]:
    try:
        found = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        found = [_value(scalar) for scalar in column]
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return [_flat(value) for value in found]
    return list(found)


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError as error:
        return _Unreadable(f"is not UTF-8 (byte 0x{error.object[error.start]:02X})")
    except (ValueError, OverflowError, pa.ArrowException) as error:
        return _Unreadable(f"cannot be read: {_first_line(error)}")


def _flat(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return _Unreadable("holds bytes, not text; leave the column out or decode it")
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return value
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or ["no reason given"])[0].rstrip(".")
