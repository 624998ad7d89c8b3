"""Rows over time as Plotly figures."""

from collections.abc import Mapping
from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

from charts import palette
from charts.periods import filled

HOVER = "%{y:,} rows of %{customdata[0]:,} owners<extra>%{fullData.name}</extra>"


def trend_figure(
    trend: pd.DataFrame, names: Mapping[int, str], period: str, *, dark: bool = False
) -> go.Figure:
    """A line a theme: rows in each period, those without a row drawn as 0.

    Columns used: `theme_id`, `period`, `rows`, `owners`.
    """
    figure = go.Figure()
    colours = cycle(palette.DARK if dark else palette.LIGHT)
    for theme_id, name in names.items():
        line = filled(trend[trend["theme_id"] == theme_id], trend["period"], period)
        figure.add_trace(
            go.Scatter(
                x=line.index,
                y=line["rows"],
                customdata=line[["owners"]],
                name=name,
                mode="lines",
                line={"width": 2, "color": next(colours)},
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
