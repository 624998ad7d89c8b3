"""CSV, with whichever delimiter its header uses."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from jobs.files.held import Held, most_rows
from jobs.files.record import FileError, Record, Refused, checked_columns, refusal

DELIMITERS = ",;\t|"
VALUE = re.compile(r"[+-]?\d+(?:[.,]\d+)?|\d{4}-\d\d-\d\d.*")
# Above our own limit on a field, so that an oversized one is read to its end and named exactly.
csv.field_size_limit(64 * 1024 * 1024)


class DelimitedFile:
    """A CSV file. Lines are physical lines: a quoted field may run over several."""

    unit = "line"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._delimiter = _delimiter(path)
        self.format = "CSV" if self._delimiter == "," else f"CSV separated by {self._delimiter!r}"
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=self._delimiter, strict=True)
            try:
                header = next(row for row in reader if row)
            except csv.Error as error:
                raise FileError(
                    f"{path.name}: the header in line 1 cannot be read: {error}. Check its quotes."
                ) from error
        self.columns = checked_columns(header, f"{path.name}: the header")
        self.notes = _notes(self.columns)
        self._records = Held(self._read, most_rows(path, len(self.columns)))

    def records(self) -> Iterator[Record | Refused]:
        """Every record after the header, in the file's order."""
        return iter(self._records)

    def _read(self) -> Iterator[Record | Refused]:
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(file, delimiter=self._delimiter, strict=True)
            headed = False
            while True:
                line = reader.line_num + 1
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Refused(line, _worded(error, line, reader.line_num))
                    continue
                if not any(row):
                    continue  # a spreadsheet writes its empty rows as commas
                if headed:
                    yield self._record(line, row)
                headed = True

    def _record(self, line: int, row: list[str]) -> Record | Refused:
        if len(row) != len(self.columns):
            return Refused(
                line,
                f"has {len(row)} field{'s' * (len(row) != 1)}, the header {len(self.columns)}; "
                "quote a field that contains the separator",
            )
        for name, value in zip(self.columns, row, strict=True):
            reason = refusal(name, value)
            if reason:
                return Refused(line, reason)
        return Record(line, row)


def _notes(columns: Sequence[str]) -> tuple[str, ...]:
    """Whether the header may be a row: numbers and dates are in it. Sentences may be questions."""
    for name in columns:
        if VALUE.fullmatch(name):
            return (
                f"The first line was taken for the names of the columns, but {name!r} reads like "
                "a value. If it is one, put a line with names above it and load the file anew.",
            )
    return ()


def _worded(error: csv.Error, first: int, last: int) -> str:
    reason = str(error)
    if "unexpected end of data" in reason:
        return f"a quote is opened and never closed (lines {first} to {last}); close it"
    if "expected after" in reason:
        until = f" (lines {first} to {last})" if last > first else ""
        return f"a closing quote is followed by more text{until}; double the quotes inside a field"
    if "field larger" in reason:
        return "a field holds more than 64 MiB, or a quote is never closed; close it"
    return f"cannot be read as CSV: {reason}"


def _delimiter(path: Path) -> str:
    """The one that splits the header into most columns; a comma when none does."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        header = next((line for line in file if line.strip()), "")
    # On a tie `max` keeps the first, the comma.
    return max(DELIMITERS, key=lambda delimiter: _columns_by(header, delimiter))


def _columns_by(header: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([header], delimiter=delimiter), []))
    except csv.Error:
        return 0
