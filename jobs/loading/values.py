"""A file's values as PostgreSQL takes them: one converter a kind of column."""

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jobs.loading import dates

INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,17})")
DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")
BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
MOST_DIGITS = 1000
LARGEST_INTEGER = 2**63 - 1

# kind -> the column's type in PostgreSQL
TYPES = {
    "text": "text",
    "integer": "bigint",
    "decimal": "numeric",
    "double": "double precision",
    "boolean": "boolean",
    "list": "text[]",
    "time": "timestamptz",
}
KINDS = {name: kind for kind, name in TYPES.items()} | {"timestamp with time zone": "time"}
Converter = Callable[[Any], Any]


class BadValue(ValueError):
    """A value that does not fit its column; the message is the reason, with the column's name."""


def kind_of(value: Any) -> str:
    """The narrowest kind that holds a value that is not empty; `notfinite` for NaN and Infinity."""
    if isinstance(value, str):
        return _kind_of_text(value)
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if abs(value) <= LARGEST_INTEGER else "text"
    if isinstance(value, float):
        return "double" if math.isfinite(value) else "notfinite"
    if isinstance(value, Decimal):
        return "decimal" if value.is_finite() else "notfinite"
    return "list" if isinstance(value, list) else "text"


def _kind_of_text(value: str) -> str:
    if INTEGER.fullmatch(value):
        return "integer"
    if len(value) <= MOST_DIGITS and DECIMAL.fullmatch(value):
        return "decimal"
    if BOOLEAN.fullmatch(value):
        return "boolean"
    return "notfinite" if NOT_FINITE.fullmatch(value) else "text"


def wider(one: str | None, other: str) -> str:
    """The kind that holds values of both; None is the kind of nothing yet."""
    if one is None or one == other:
        return other
    numbers = ("notfinite", "integer", "decimal", "double")
    if one in numbers and other in numbers:
        return numbers[max(numbers.index(one), numbers.index(other))]
    return "text"


def converter(name: str, kind: str, day_first: bool | None = None) -> Converter:
    """From a file's value to what COPY writes into a column of that kind. Empty becomes NULL."""
    convert = _CONVERTERS[kind] if kind != "time" else _moments(day_first)

    def checked(value: Any) -> Any:
        if value is None or value == "":
            return None
        try:
            return convert(value)
        except BadValue as error:
            raise BadValue(f"{name} {error}") from None

    return checked


def as_text(value: Any) -> str:
    """Any value as the text a person would have written."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _number(pattern: re.Pattern[str], what: str) -> Converter:
    def convert(value: Any) -> str:
        text = as_text(value)
        if NOT_FINITE.fullmatch(text):
            raise BadValue(f"is {text}, not a number; leave it empty")
        if len(text) > MOST_DIGITS or not pattern.fullmatch(text):
            raise BadValue(f"is {_shown(text)}, not {what}")
        return text

    return convert


def _boolean(value: Any) -> str:
    text = as_text(value)
    if not BOOLEAN.fullmatch(text):
        raise BadValue(f"is {_shown(text)}, not true or false")
    return text


def _list(value: Any) -> list[str]:
    return [as_text(part) for part in value] if isinstance(value, list) else [as_text(value)]


def _moments(day_first: bool | None) -> Converter:
    def convert(value: Any) -> str:
        try:
            return dates.parse(value, day_first, epochs=True).isoformat()
        except (ValueError, OverflowError):
            shown = _shown(as_text(value))
            raise BadValue(
                f"is {shown}, not a date; write 2026-03-31 or 2026-03-31T14:05Z"
            ) from None

    return convert


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


_DOUBLE = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
_CONVERTERS: dict[str, Converter] = {
    "text": as_text,
    "integer": _number(INTEGER, "a whole number"),
    "decimal": _number(DECIMAL, "a number"),
    "double": _number(_DOUBLE, "a number"),
    "boolean": _boolean,
    "list": _list,
}
