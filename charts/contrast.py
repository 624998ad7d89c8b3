"""What sets two groups apart, as intervals on both sides of zero."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from charts import palette
from charts.drawn import WHOLE_ROW, ZERO, Chart, by_field, chart, mark, names, near, number, told

ROW = 34  # pixels
SIGNED: dict[str, Any] = {"format": "+~f", "labelExpr": "datum.value ? datum.label : '0'"}
UNIT = "percentage points of what a person writes"


class Interval(NamedTuple):
    """A difference in percentage points, second group less first, with its interval."""

    name: str
    middle: float
    low: float
    high: float


def contrast_chart(
    intervals: Sequence[Interval], first: str, second: str, *, dark: bool = False
) -> Chart:
    """One line a difference, the first at the top; the colour says in which group there is more."""
    groups = [f"more in {name}" for name in (first, second)]
    shades = dict(zip(groups, palette.DARK if dark else palette.LIGHT, strict=False))
    rows = pd.DataFrame(intervals, columns=list(Interval._fields))
    rows["more"] = [groups[one.middle >= 0] for one in intervals]
    rows["reach"] = [f"{one.low:+.1f} to {one.high:+.1f}" for one in intervals]
    there = {"y": names("name"), "color": {"field": "more", **by_field(shades)}}
    reach = there | {"x": number("low", "", **SIGNED), "x2": {"field": "high"}}
    middle = there | {"x": number("middle", UNIT, **SIGNED)}
    says = told(("title", "name"), ("Difference", "middle", "+.1f"), ("Interval", "reach"))
    layers = [
        ZERO,
        mark("rule", reach, strokeWidth=2),
        mark("point", middle, filled=True, size=80, opacity=1),
        near("bar", {"y": names("name"), **WHOLE_ROW, "tooltip": says}),
    ]
    return chart(rows, layers, 130 + ROW * len(intervals))
