"""What is known about a column before it has a role: told by a live table, or by a file."""

from dataclasses import dataclass

DISTINCT_LIMIT = 500


@dataclass(frozen=True)
class ColumnFacts:
    """A column of a table or file, as a look at its values shows it.

    `kind` is text, integer, number, boolean, time, list, json, vector or other. `distinct` stops
    counting past DISTINCT_LIMIT. `length` and `words` are means over the filled values. `dated` is
    the share of filled values that are points in time. `unique` means: no value seen twice.
    """

    name: str
    kind: str
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    length: float = 0.0
    words: float = 0.0
    unique: bool = False
    dated: float = 0.0
    example: str = ""

    @property
    def fill(self) -> float:
        """The share of rows with a value, 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0
