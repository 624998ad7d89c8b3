"""Counts of two things at once, as a grid."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from charts import palette

ROWS = 16


def grid_figure(cells: pd.DataFrame, themes: Sequence[str], *, dark: bool = False) -> go.Figure:
    """Repositories down, themes across, the number of patterns as shade and in words.

    Columns used: repository, theme, patterns. The repositories with most of these themes are shown.
    """
    wide = cells.pivot_table(index="repository", columns="theme", values="patterns", fill_value=0)
    wide = wide.reindex(columns=list(themes), fill_value=0)
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False).index[:ROWS]][::-1]
    steps = palette.STEPS_DARK if dark else palette.STEPS_LIGHT
    figure = go.Figure(
        go.Heatmap(
            z=wide,
            x=[_short(name) for name in wide.columns],
            y=list(wide.index),
            customdata=[[name] * len(wide.columns) for name in wide.index],
            colorscale=[[place / (len(steps) - 1), colour] for place, colour in enumerate(steps)],
            hovertemplate="%{customdata}: %{z:,} patterns<br>%{x}<extra></extra>",
            colorbar={"title": "patterns", "thickness": 10},
            xgap=1,
            ygap=1,
        )
    )
    figure.update_layout(
        height=110 + 24 * len(wide),
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        xaxis={"tickangle": -35, "title": None},
        yaxis={"title": None, "automargin": True},
    )
    return figure


def _short(name: str) -> str:
    return name if len(name) <= 28 else name[:27] + "…"
