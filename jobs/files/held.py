"""The rows of a file that is read more than once: of a small file kept from the first time."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

MOST_BYTES = 32 * 1024 * 1024  # of a file; past it each time is read from the disk
MOST_VALUES = 500_000

Row = TypeVar("Row")


class Held(Generic[Row]):
    """What `read` gives, as often as it is asked for; nothing is kept of more than `most` rows.

    Rows are kept once they were read to the end; whoever stops before that keeps nothing.
    """

    def __init__(self, read: Callable[[], Iterator[Row]], most: int) -> None:
        self._read = read
        self._most = most
        self._rows: list[Row] | None = None

    def __iter__(self) -> Iterator[Row]:
        return self._reading() if self._rows is None else iter(self._rows)

    def _reading(self) -> Iterator[Row]:
        kept: list[Row] = []
        count = 0
        for count, row in enumerate(self._read(), 1):
            if count <= self._most:
                kept.append(row)
            else:
                kept.clear()
            yield row
        if count <= self._most:
            self._rows = kept


def most_rows(path: Path, columns: int = 1) -> int:
    """How many rows of so many columns are kept of a file; none of a large one."""
    return MOST_VALUES // max(columns, 1) if path.stat().st_size <= MOST_BYTES else 0
