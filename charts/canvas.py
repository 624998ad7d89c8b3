"""Points of the map as the bytes that the canvas draws: 7 or 9 bytes a point, and a header.

Layout: a uint32 with the header's length, the header (JSON, UTF-8, padded to an even end), then
as uint16 each: x and y from 0 to 65535 across the corners, the theme as its place among the labels,
and, where the collection has a time, the moment; then the class as uint8. 65535 is no theme, and no
time.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from charts import palette

FULL = 65535
NONE = 65535
LAST = 65534  # the latest moment
MARGIN = 0.03


@dataclass(frozen=True)
class Class:
    """A colour of the map and what it stands for. `light` and `dark` are its two shades."""

    name: str
    rows: int
    light: str
    dark: str
    quiet: bool = False


@dataclass(frozen=True)
class Label:
    """A theme's name where its rows are. `level` 0 stands above level 1."""

    id: int
    name: str
    x: float
    y: float
    rows: int
    level: int
    parent: int | None = None


@dataclass(frozen=True)
class Frame:
    """What points are drawn on: the map of a run, of which `rows` rows there are to be drawn."""

    run: int
    rows: int
    corners: "Corners"
    legend: Sequence[Class]
    labels: Sequence[Label]


@dataclass(frozen=True)
class Corners:
    """The map's extent in its own coordinates, with a margin around the outermost points."""

    x0: float
    x1: float
    y0: float
    y1: float

    @classmethod
    def around(cls, x0: float, x1: float, y0: float, y1: float) -> "Corners":
        """A margin of 3%; one point alone gets some room too."""
        wide, high = max(x1 - x0, 1e-6) * MARGIN, max(y1 - y0, 1e-6) * MARGIN
        return cls(x0 - wide, x1 + wide, y0 - high, y1 + high)


def encoded(points: pd.DataFrame, classes: NDArray[np.uint8], frame: Frame) -> bytes:
    """The bytes for the canvas. Columns used: `x`, `y`, `theme_id`, `time`; one class a point.

    Raises ValueError unless there is one class a point.
    """
    if len(points) != len(classes):
        raise ValueError(f"{len(points)} points but {len(classes)} classes")
    corners = frame.corners
    span, moments = _moments(points["time"])
    body = (
        _scaled(points["x"].to_numpy(float), corners.x0, corners.x1),
        _scaled(points["y"].to_numpy(float), corners.y0, corners.y1),
        _places(points["theme_id"], frame.labels),
        moments,
        classes.astype(np.uint8),
    )
    header = {
        "count": len(points),
        "rows": max(frame.rows, len(points)),
        "run": frame.run,
        "corners": asdict(corners),
        "time": span,
        "classes": [asdict(one) for one in frame.legend],
        "labels": [asdict(one) for one in frame.labels],
    }
    return _with_header(header, b"".join(part.tobytes() for part in body))


def stamp(payload: bytes) -> str:
    """A short name of exactly these points: a question about point 7 is about 7 of these."""
    return hashlib.blake2b(payload, digest_size=6).hexdigest()


def decoded_header(payload: bytes) -> dict[str, Any]:
    """The header, for tests and for the table beside the map."""
    length = int.from_bytes(payload[:4], "little")
    found: dict[str, Any] = json.loads(payload[4 : 4 + length])
    return found


def _with_header(header: dict[str, Any], body: bytes) -> bytes:
    told = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    told += b" " * (-len(told) % 4)
    return len(told).to_bytes(4, "little") + told + body


def _scaled(values: NDArray[np.floating[Any]], low: float, high: float) -> NDArray[np.uint16]:
    share = (values - low) / (high - low)
    scaled: NDArray[np.uint16] = np.clip(np.rint(share * FULL), 0, FULL).astype("<u2")
    return scaled


def _places(themes: pd.Series, labels: Sequence[Label]) -> NDArray[np.uint16]:
    """Each theme's place among the labels."""
    place = {label.id: number for number, label in enumerate(labels)}
    found: NDArray[np.uint16] = themes.map(place).fillna(NONE).to_numpy().astype("<u2")
    return found


def _moments(times: pd.Series) -> tuple[dict[str, float] | None, NDArray[np.uint16]]:
    """The span in milliseconds since 1970, and each moment from 0 to LAST across it."""
    known = pd.to_datetime(times, utc=True)
    if known.nunique() < 2:
        return None, np.empty(0, "<u2")
    since = (known - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(milliseconds=1)
    first, last = float(since.min()), float(since.max())
    told = ((since - first) / (last - first) * LAST).round().fillna(NONE)
    moments: NDArray[np.uint16] = told.to_numpy().astype("<u2")
    return {"from": first, "until": last, "last": LAST}, moments


def steps(count: int) -> list[tuple[str, str]]:
    """That many shades from early to late, light and dark."""
    chosen = np.linspace(0, len(palette.STEPS_LIGHT) - 1, count).round().astype(int)
    return [(palette.STEPS_LIGHT[i], palette.STEPS_DARK[i]) for i in chosen]
