"""What sets two groups apart, as intervals on both sides of zero."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from charts import palette

ROW = 34  # pixels


class Interval(NamedTuple):
    """A difference in percentage points, second group less first, with its interval."""

    name: str
    middle: float
    low: float
    high: float


def contrast_figure(
    intervals: Sequence[Interval], first: str, second: str, *, dark: bool = False
) -> go.Figure:
    """One line a difference, the first at the top; the colour says in which group there is more."""
    shades = palette.DARK if dark else palette.LIGHT
    figure = go.Figure()
    for shade, name, mine in (
        (shades[0], f"more in {first}", [one for one in intervals if one.middle < 0]),
        (shades[1], f"more in {second}", [one for one in intervals if one.middle >= 0]),
    ):
        if mine:
            figure.add_trace(_dots(mine, shade, name))
    figure.add_vline(x=0, line_width=1, line_dash="dot", line_color="grey")
    figure.update_layout(
        height=90 + ROW * len(intervals),
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        xaxis={"title": "percentage points of what a person writes", "zeroline": False},
        yaxis={
            "categoryorder": "array",
            "categoryarray": [one.name for one in reversed(intervals)],
            "automargin": True,
        },
    )
    return figure


def _dots(intervals: Sequence[Interval], shade: str, name: str) -> go.Scatter:
    return go.Scatter(
        x=[one.middle for one in intervals],
        y=[one.name for one in intervals],
        name=name,
        mode="markers",
        marker={"size": 9, "color": shade},
        error_x={
            "array": [one.high - one.middle for one in intervals],
            "arrayminus": [one.middle - one.low for one in intervals],
            "thickness": 2,
            "width": 5,
            "color": shade,
        },
        customdata=[(one.low, one.high) for one in intervals],
        hovertemplate="%{x:+.1f} (%{customdata[0]:+.1f} to %{customdata[1]:+.1f})"
        "<extra>%{y}</extra>",
    )
