"""Outlines drawn on the map: a selection of rows, as a short text and as an SQL condition.

A row is inside an outline by the nonzero rule, which is also how a canvas fills it: where an
outline crosses itself, everything that it goes around counts. What lies on the line is inside.
"""

import base64
import binascii
import math
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Double, and_, cast, false, func, literal, or_
from sqlalchemy.types import UserDefinedType

from queries.errors import QueryError

MOST_CORNERS = 500
MOST_OUTLINES = 20
LONGEST_CODE = 8000
# PostgreSQL takes what is nearer than 1e-6 for equal. Enlarged by a power of two, which changes no
# digit, that is far below what a coordinate of the map can tell.
ENLARGED = float(2**30)

Corner = tuple[float, float]


class NoOutline(QueryError):
    """What is no selection on a map."""

    def __init__(self, told: str) -> None:
        super().__init__(f"This is no selection on the map: {told}. Draw it again.")


@dataclass(frozen=True)
class Outline:
    """A closed line through three or more corners, in the map's coordinates.

    `takes` says that its rows are taken out of those that the outlines before it hold.
    """

    corners: tuple[Corner, ...]
    takes: bool = False


Selection = tuple[Outline, ...]


def checked(selection: Sequence[Outline]) -> Selection:
    """The selection, corners as the map's own numbers have them. Raises NoOutline."""
    if len(selection) > MOST_OUTLINES:
        raise NoOutline(f"it has {len(selection)} outlines, the most are {MOST_OUTLINES}")
    if sum(len(outline.corners) for outline in selection) > MOST_CORNERS:
        raise NoOutline(f"it has more than {MOST_CORNERS} corners")
    return tuple(_checked(outline) for outline in selection)


def encoded(selection: Selection) -> str:
    """The selection as a text for an address: of each outline a kind, a count, and its corners."""
    told = b"".join(
        struct.pack("<BH", outline.takes, len(outline.corners))
        + b"".join(struct.pack("<ff", *corner) for corner in outline.corners)
        for outline in selection
    )
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def decoded(code: str) -> Selection:
    """The inverse of `encoded`. Raises NoOutline."""
    if len(code) > LONGEST_CODE:
        raise NoOutline("it is too long")
    try:
        told = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        return checked(tuple(_outlines(told)))
    except (binascii.Error, struct.error, ValueError) as error:
        raise NoOutline("its text is damaged") from error


def inside(points: Any, selection: Selection) -> ColumnElement[bool]:
    """Whether a point of a table with `x` and `y` is in the selection, outline after outline."""
    held: ColumnElement[bool] = false()
    for outline in checked(selection):
        within = _within(points, outline)
        held = held & ~within if outline.takes else or_(held, within)
    return held


def _within(points: Any, outline: Outline) -> ColumnElement[bool]:
    """PostgreSQL's own test of a point in a polygon, after its bounding box."""
    xs, ys = zip(*outline.corners, strict=True)
    corners = ",".join(f"({x * ENLARGED!r},{y * ENLARGED!r})" for x, y in outline.corners)
    polygon = cast(literal(f"({corners})"), _Polygon())
    point = func.point(*(cast(points.c[name], Double) * ENLARGED for name in ("x", "y")))
    return and_(
        points.c.x.between(min(xs), max(xs)),
        points.c.y.between(min(ys), max(ys)),
        polygon.op("@>", is_comparison=True)(point),
    )


def _checked(outline: Outline) -> Outline:
    if len(outline.corners) < 3:
        raise NoOutline("an outline has three corners or more")
    corners = tuple((_single(x), _single(y)) for x, y in outline.corners)
    return Outline(corners, outline.takes)


def _single(value: float) -> float:
    """The nearest number of single precision, as the points themselves are."""
    if not math.isfinite(value) or abs(value) > 1e30:
        raise NoOutline("a corner is no place")
    rounded: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return rounded


def _outlines(told: bytes) -> Iterator[Outline]:
    place = 0
    while place < len(told):
        takes, count = struct.unpack_from("<BH", told, place)
        numbers = struct.unpack_from(f"<{2 * count}f", told, place + 3)
        yield Outline(tuple(zip(numbers[::2], numbers[1::2], strict=True)), bool(takes))
        place += 3 + 8 * count


class _Polygon(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "polygon"
