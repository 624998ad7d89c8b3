"""Points of the map as the bytes that the canvas draws: 5 bytes a point, and a header.

Layout: a uint32 with the header's length, the header (JSON, UTF-8, padded to an even end), then
x and y as uint16 each from 0 to 65535 across the map's extent, then the class as uint8.
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

    name: str
    x: float
    y: float
    rows: int
    level: int


@dataclass(frozen=True)
class Corners:
    """The map's extent in its own coordinates, with a margin around the outermost points."""

    x0: float
    x1: float
    y0: float
    y1: float

    @classmethod
    def around(cls, x0: float, x1: float, y0: float, y1: float) -> "Corners":
        """A margin of 3 %; one point alone gets some room too."""
        wide, high = max(x1 - x0, 1e-6) * MARGIN, max(y1 - y0, 1e-6) * MARGIN
        return cls(x0 - wide, x1 + wide, y0 - high, y1 + high)


def encoded(
    points: pd.DataFrame,
    classes: NDArray[np.uint8],
    legend: Sequence[Class],
    labels: Sequence[Label],
    corners: Corners,
) -> bytes:
    """The bytes for the canvas. Columns used: `x`, `y`; one class a point.

    Raises ValueError unless there is one class a point.
    """
    if len(points) != len(classes):
        raise ValueError(f"{len(points)} points but {len(classes)} classes")
    body = b"".join(
        (
            _scaled(points["x"].to_numpy(float), corners.x0, corners.x1).tobytes(),
            _scaled(points["y"].to_numpy(float), corners.y0, corners.y1).tobytes(),
            classes.astype(np.uint8).tobytes(),
        )
    )
    header = {
        "count": len(points),
        "corners": asdict(corners),
        "classes": [asdict(one) for one in legend],
        "labels": [asdict(one) for one in labels],
    }
    return _with_header(header, body)


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


def steps(count: int) -> list[tuple[str, str]]:
    """That many shades from early to late, light and dark."""
    chosen = np.linspace(0, len(palette.STEPS_LIGHT) - 1, count).round().astype(int)
    return [(palette.STEPS_LIGHT[i], palette.STEPS_DARK[i]) for i in chosen]
