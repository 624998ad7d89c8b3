"""What one person did and how it goes, as Plotly figures."""

from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go

from charts import palette
from charts.progress import SCALES, UNITS, calm, colour

KINDS = {"answer": "circle", "entry": "diamond", "session": "square", "avatar talk": "triangle-up"}
NO_THEME, OTHER_THEMES = "no theme", "other themes"
OUTLINE = {"width": 0.5, "color": "rgba(128,128,128,.6)"}


def course_figure(values: pd.DataFrame, measure: str, *, dark: bool = False) -> go.Figure:
    """One person's values as points, and the mean of three in a row as a line with gaps.

    Columns used: time, value, smooth (NaN breaks the line), about (for the hover).
    """
    line = colour(measure, dark=dark)
    figure = go.Figure()
    figure.add_scatter(
        x=values["time"],
        y=values["value"],
        mode="markers",
        marker={"color": line, "size": 8, "opacity": 0.55},
        customdata=values[["about"]],
        hovertemplate="%{x|%-d %B %Y}: %{y:.2f}<br>%{customdata[0]}<extra></extra>",
    )
    figure.add_scatter(
        x=values["time"],
        y=values["smooth"],
        mode="lines",
        connectgaps=False,
        line={"color": line, "width": 2},
        hoverinfo="skip",
    )
    figure.update_yaxes(title=UNITS[measure], range=SCALES[measure])
    return calm(figure, 220)


def timeline_figure(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """Everything one person did, a line a kind, each theme in the colour it has on the map.

    Columns used: time, kind, theme (missing: in none), about (for the hover), family (the upper
    theme, for the legend), shades (its colour on a light and a dark page), row_id (what a click
    opens); missing where there is none.
    """
    figure = go.Figure()
    for kind, symbol in KINDS.items():
        of_kind = rows[rows["kind"] == kind]
        for name, part in _by_family(of_kind):
            colour = palette.UNSORTED if name == NO_THEME else part["shades"].tolist()[0]
            figure.add_scatter(
                x=part["time"],
                y=part["kind"],
                name=name,
                legendgroup=kind,
                legendgrouptitle={"text": kind},
                mode="markers",
                marker={"size": 11, "color": colour[dark], "symbol": symbol, "line": OUTLINE},
                customdata=part[["about", "theme", "row_id"]]
                .astype(object)
                .fillna({"theme": NO_THEME, "row_id": ""}),
                unselected={"marker": {"opacity": 1}},
                hovertemplate="%{x|%-d %B %Y}<br>%{customdata[0]}<extra>%{customdata[1]}</extra>",
            )
    figure.update_yaxes(categoryorder="array", categoryarray=list(KINDS)[::-1])
    figure.update_layout(showlegend=True, legend={"groupclick": "toggleitem"})
    return calm(figure, 320)


def _by_family(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The families with colours of their own, the commonest first; all others; those in none."""
    grey = rows["shades"].map(lambda told: told == palette.OTHER)
    named = rows["family"].astype(object).mask(grey, OTHER_THEMES).fillna(NO_THEME)
    last = {OTHER_THEMES: 1, NO_THEME: 2}
    counted = named.value_counts()
    for name in sorted(counted.index, key=lambda name: (last.get(name, 0), -counted[name])):
        yield name, rows[named == name]
