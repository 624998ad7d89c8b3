"""Points in time as people write them, read without guessing day from month."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|[T ]\d)")
_COMPACT = re.compile(r"(?:19|20)\d{6}")
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:,?[ T]+(.+))?$")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(.*)$")
_OFFSET = re.compile(r" (?=[+-]\d{2}:?\d{2}$)")
_MONTH_NAMED = re.compile(r"[A-Za-z]{3,9}")
_CLOCKS = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p")
_NAMED = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y")
# Seconds, milliseconds, microseconds since 1970, for times between 1980 and 2100.
_EPOCHS = ((315_532_800, 1), (315_532_800_000, 1_000), (315_532_800_000_000, 1_000_000))
_EPOCH_SPAN = 13.0


class Ambiguous(ValueError):
    """03/04/2024: the column never shows which part is the day."""


def parse(value: Any, day_first: bool | None = None, *, epochs: bool = False) -> datetime:
    """The moment, in UTC; a time without a zone is taken as UTC. Raises ValueError.

    `day_first` settles 03/04/2024. With `epochs` a number counts from 1970.
    """
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(float(value), epochs)
    return _utc(_from_text(str(value).strip(), day_first, epochs))


def slashed_parts(value: Any) -> tuple[int, int] | None:
    """The first two numbers of a date like 03/04/2024, or None for any other form."""
    found = _SLASHED.match(value.strip()) if isinstance(value, str) else None
    return (int(found[1]), int(found[3])) if found and found[2] != "." else None


def day_first(parts: Iterable[tuple[int, int]]) -> bool | None:
    """Whether the day comes first in a column of such dates; None if none of them shows it."""
    seen = list(parts)
    if any(first > 12 for first, _ in seen):
        return True
    return False if any(second > 12 for _, second in seen) else None


def _from_text(text: str, day_first: bool | None, epochs: bool) -> datetime:
    if _ISO.match(text):
        return datetime.fromisoformat(_OFFSET.sub("", _zone_named(text)))
    if found := _YEAR_FIRST.match(text):
        plain = f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}{found[4]}"
        return datetime.fromisoformat(_OFFSET.sub("", _zone_named(plain)))
    if found := _SLASHED.match(text):
        return _from_slashed(found, day_first)
    if epochs and _COMPACT.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d")
    if epochs and re.fullmatch(r"\d{9,16}(\.\d+)?", text):
        return _from_epoch(float(text), epochs)
    if _MONTH_NAMED.search(text):
        return _from_named(text)
    raise ValueError("not a date")


def _zone_named(text: str) -> str:
    for zone in (" UTC", " GMT", "UTC", "GMT"):
        if text.endswith(zone):
            return text.removesuffix(zone) + "+00:00"
    return text


def _from_slashed(found: re.Match[str], day_first: bool | None) -> datetime:
    first, second = int(found[1]), int(found[3])
    if found[2] == ".":
        day_first = True
    if day_first is None and first <= 12 and second <= 12 and first != second:
        raise Ambiguous("day and month cannot be told apart")
    if day_first is None:
        day_first = first > 12
    day, month = (first, second) if day_first else (second, first)
    clock = _clock(found[5]) if found[5] else datetime(1900, 1, 1)
    return clock.replace(year=int(found[4]), month=month, day=day)


def _clock(text: str) -> datetime:
    for form in _CLOCKS:
        try:
            return datetime.strptime(text.strip(), form)
        except ValueError:
            continue
    raise ValueError("not a time of day")


def _from_named(text: str) -> datetime:
    for form in _NAMED:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (TypeError, IndexError) as error:
        raise ValueError("not a date") from error


def _from_epoch(number: float, epochs: bool) -> datetime:
    if epochs:
        for least, unit in _EPOCHS:
            if least <= number < least * _EPOCH_SPAN:
                return datetime.fromtimestamp(number / unit, UTC)
    raise ValueError("not a date")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a date outside the calendar") from error
