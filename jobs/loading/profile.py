"""A look at every value of a file: what each column holds, before any column has a role."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.files.record import Record, Refused
from jobs.loading import dates, values
from queries.collections.facts import DISTINCT_LIMIT, ColumnFacts

DATE_TRIES = 50


@dataclass(frozen=True)
class FileColumn:
    """A column of a file: its facts, the kind that keeps its values, and how its dates are written.

    `day_first` is None where no date shows it; `ambiguous` if that matters.
    """

    facts: ColumnFacts
    kind: str
    day_first: bool | None
    ambiguous: bool


class _Look:
    """The running look at one column."""

    def __init__(self, name: str, watch_dates: bool, watch_keys: bool) -> None:
        self.name = name
        self.watch_dates = watch_dates
        self.kind: str | None = None
        self.filled = self.characters = self.blanks = self.dated = self.tried = 0
        self.distinct: set[Any] = set()
        self.keys: set[int] | None = set() if watch_keys else None
        self.unique = True
        self.slashed: set[tuple[int, int]] = set()
        self.example = ""

    def see(self, value: Any) -> None:
        """Take one value into account."""
        if value is None or value == "":
            return
        self.filled += 1
        if self.kind != "text":
            self.kind = values.wider(self.kind, values.kind_of(value))
        text = value if isinstance(value, str) else values.as_text(value)
        self.characters += len(text)
        self.blanks += text.count(" ")
        if len(self.distinct) <= DISTINCT_LIMIT:
            self._count(value, text)
        if self.keys is not None:
            self._key(text)
        if self.watch_dates or self.tried == self.dated or self.tried < DATE_TRIES:
            self._date(value)

    def _count(self, value: Any, text: str) -> None:
        if isinstance(value, list):
            self.distinct.update(value)
        else:
            self.distinct.add(text if len(text) <= 200 else hash(text))
        self.example = self.example or text[:60]

    def _key(self, text: str) -> None:
        assert self.keys is not None
        before = len(self.keys)
        self.keys.add(hash(text))
        if len(self.keys) == before:
            self.unique = False
            self.keys = None

    def _date(self, value: Any) -> None:
        self.tried += 1
        try:
            # Which part is the day is settled later; here 03/04/2024 counts as a date.
            dates.parse(value, None, epochs=self.watch_dates)
        except dates.Ambiguous:
            pass
        except (ValueError, OverflowError):
            return
        self.dated += 1
        if (parts := dates.slashed_parts(value)) is not None:
            self.slashed.add(parts)

    def column(self, rows: int) -> FileColumn:
        """What was seen."""
        kind = "text" if self.kind in (None, "notfinite") else str(self.kind)
        first = dates.day_first(self.slashed)
        return FileColumn(
            facts=ColumnFacts(
                name=self.name,
                kind={"decimal": "number", "double": "number"}.get(kind, kind),
                rows=rows,
                filled=self.filled,
                distinct=len(self.distinct),
                length=self.characters / self.filled if self.filled else 0.0,
                words=(self.blanks / self.filled + 1) if self.filled else 0.0,
                unique=self.unique and self.keys is not None and 0 < self.filled == rows,
                dated=self.dated / self.tried if self.tried else 0.0,
                example=self.example,
            ),
            kind=kind,
            day_first=first,
            ambiguous=first is None and any(one != other for one, other in self.slashed),
        )


def profile(
    columns: Sequence[str],
    records: Iterable[Record | Refused],
    *,
    watch_dates: Callable[[str], bool],
    watch_keys: Callable[[str], bool],
) -> list[FileColumn]:
    """The file's columns, in its order. Refused rows are passed over: loading names them.

    Columns that `watch_dates` are tried as dates to the last value, the others until one is none;
    of columns that `watch_keys` it is known whether a value occurs twice.
    """
    looks = [_Look(name, watch_dates(name), watch_keys(name)) for name in columns]
    rows = 0
    for record in records:
        if isinstance(record, Refused):
            continue
        rows += 1
        for look, value in zip(looks, record.values, strict=True):
            look.see(value)
    return [look.column(rows) for look in looks]
