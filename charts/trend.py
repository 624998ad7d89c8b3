"""Rows over time as Plotly figures."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from charts import palette
from charts.periods import filled
from charts.theme_colours import Family

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
HOVER = "%{y:,} rows of %{customdata[0]:,} owners<extra>%{fullData.name}</extra>"


def trend_figure(
    trend: pd.DataFrame,
    names: Mapping[int, str],
    period: str,
    of: Mapping[int, Family],
    *,
    dark: bool = False,
) -> go.Figure:
    """A line a theme in its family's colour: rows in each period, those without a row drawn as 0.

    Columns used: `theme_id`, `period`, `rows`, `owners`. Lines of one colour have
    dashes of their own.
    """
    figure = go.Figure()
    seen: Counter[str] = Counter()
    for theme_id, name in names.items():
        colour = (of[theme_id].shades if theme_id in of else palette.OTHER)[dark]
        seen[colour] += 1
        line = filled(trend[trend["theme_id"] == theme_id], trend["period"], period)
        figure.add_trace(
            go.Scatter(
                x=line.index,
                y=line["rows"],
                customdata=line[["owners"]],
                name=name,
                mode="lines",
                line={
                    "width": 2,
                    "color": colour,
                    "dash": DASHES[(seen[colour] - 1) % len(DASHES)],
                },
                hovertemplate=HOVER,
            )
        )
    return _calm(figure, f"rows a {period}")


def _calm(figure: go.Figure, unit: str) -> go.Figure:
    figure.update_layout(
        height=300,
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        hovermode="x unified",
        legend={"orientation": "h", "y": -0.18, "x": 0},
        yaxis={"title": unit, "rangemode": "tozero"},
        xaxis={"title": None},
    )
    return figure
