"""JSON lines: one object a line; the columns are all keys that occur, in order of appearance."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from jobs.files.held import Held, most_rows
from jobs.files.record import MAX_COLUMNS, FileError, Record, Refused, checked_columns, refusal


def _check_no_table(path: Path, row: dict[str, Any]) -> None:
    """Raises FileError where the only object of a file is a wrapping with the rows in it."""
    for key, value in row.items() if len(row) == 1 else ():
        if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
            raise FileError(
                f"{path.name} is one JSON object with the rows inside {key!r}; JSON lines have one "
                f"a line. Convert it: `jq -c '.[\"{key}\"][]' {path.name} > {path.stem}.jsonl`."
            )


class _Bad(ValueError):
    """A line that is JSON for Python only, or not an object we can take."""


class JsonLinesFile:
    """A JSON lines file. Objects and mixed lists inside a row are kept as JSON text."""

    unit = "line"
    format = "JSON lines"
    notes: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._objects = Held(self._parsed, most_rows(path))
        keys: dict[str, None] = {}
        wrong, rows, first = "", 0, None
        for line, row in self._objects:
            rows += 1
            first = first or row
            if isinstance(row, dict):
                keys.update(dict.fromkeys(row))
            else:
                wrong = wrong or f"line {line} {row}"
            if len(keys) > MAX_COLUMNS:
                raise FileError(
                    f"{path.name} uses more than {MAX_COLUMNS:,} different keys: its keys are "
                    "data. Write one object a row with the same keys."
                )
        if not keys:
            raise FileError(
                f"{path.name} has no line that is a JSON object ({wrong or 'all are empty'}). JSON "
                'lines have one a line, like {"id": 1, "text": "…"}.'
            )
        if rows == 1 and isinstance(first, dict):
            _check_no_table(path, first)
        self.columns = checked_columns(list(keys), f"{path.name}: a line")
        self._named = frozenset(self.columns)  # keys are compared without surrounding blanks
        self._records = Held(self._read, most_rows(path, len(self.columns)))

    def records(self) -> Iterator[Record | Refused]:
        """Every object, in the file's order; keys a line leaves out are None."""
        return iter(self._records)

    def _read(self) -> Iterator[Record | Refused]:
        for line, row in self._objects:
            yield Refused(line, row) if isinstance(row, str) else self._record(line, row)

    def _parsed(self) -> Iterator[tuple[int, dict[str, Any] | str]]:
        """(line, object), or (line, reason) for a line that is none."""
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n") as file:
            for line, text in enumerate(file, 1):
                if text.strip():
                    yield line, _parse(text)

    def _record(self, line: int, row: dict[str, Any]) -> Record | Refused:
        if not row.keys() <= self._named:
            row = {name.strip(): value for name, value in row.items()}
        values = [row.get(name) for name in self.columns]
        for at, value in enumerate(values):
            if isinstance(value, dict | list):
                values[at] = _flat(value)
            if reason := _refusal(self.columns[at], values[at]):
                return Refused(line, reason)
        return Record(line, values)


def _parse(text: str) -> dict[str, Any] | str:
    try:
        row = _DECODER.decode(text)
    except _Bad as error:
        return str(error)
    except json.JSONDecodeError as error:
        return f"is not JSON: {error.msg} at character {error.pos + 1}"
    except (RecursionError, ValueError) as error:
        return f"cannot be read: {str(error).split(';')[0]}"
    if not isinstance(row, dict):
        return f"is a {_NAMES.get(type(row), 'value')}, not an object; write one object a line"
    return row


_NAMES: dict[type, str] = {list: "list", str: "text", int: "number", float: "number", bool: "truth"}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _Bad(f"has the key {twice!r} twice; keep one")
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise _Bad(f"holds {name}, which is not JSON; write null")


# Made once: json.loads makes one a call when it is told anything.
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)


def _refusal(name: str, value: Any) -> str | None:
    if isinstance(value, str):
        return refusal(name, value)
    if isinstance(value, list):
        return next(filter(None, (refusal(name, part) for part in value)), None)
    return None


def _flat(value: dict[str, Any] | list[Any]) -> Any:
    """A list of text as it is; anything deeper as JSON text."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return value
    return json.dumps(value, ensure_ascii=False)
