"""How people come along, as Plotly figures. One colour a measure, the same on every screen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import palette

# Place in the palette: the same thing has the same colour everywhere.
PLACE = {"sentiment": 0, "confidence": 1, "people": 2, "answers": 3, "completed": 2, "paused": 4}
PLACE |= {"abandoned": 1, "begun": 5, "started": 6, "days": 2}
SCALES = {"sentiment": (-1.05, 1.05), "confidence": (0.5, 10.5)}
UNITS = {"sentiment": "sentiment, -1 to 1", "confidence": "confidence, 1 to 10"}
BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}
MOST_TICKS, LEAST_DAYS = 20, 7


def colour(measure: str, *, dark: bool) -> str:
    """The measure's colour."""
    return (palette.DARK if dark else palette.LIGHT)[PLACE[measure]]


def trajectory_figure(weeks: pd.DataFrame, measure: str, *, dark: bool = False) -> go.Figure:
    """A mean over people by week with its interval; a gap where nobody gave a value.

    Columns used: week, mean, low, high, people, before (the mean as many weeks earlier as the
    period is long: dotted).
    """
    line = colour(measure, dark=dark)
    figure = go.Figure()
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    for start, end in _stretches(weeks["low"].notna().to_numpy()):
        part = weeks.iloc[start:end]
        figure.add_scatter(x=part["week"], y=part["high"], **band)
        figure.add_scatter(
            x=part["week"], y=part["low"], fill="tonexty", fillcolor=_faint(line), **band
        )
    figure.add_scatter(
        x=weeks["week"],
        y=weeks["mean"],
        mode="lines+markers",
        connectgaps=False,
        line={"color": line, "width": 2},
        marker={"size": 5},
        customdata=weeks[["people", "low", "high"]],
        name="this period",
        hovertemplate="%{y:.2f} (%{customdata[1]:.2f} to %{customdata[2]:.2f}), "
        "%{customdata[0]} people<extra></extra>",
    )
    if weeks["before"].notna().any():
        figure.add_scatter(
            x=weeks["week"],
            y=weeks["before"],
            mode="lines",
            connectgaps=False,
            name="the period before",
            line={"color": palette.OTHER[dark], "width": 2, "dash": "dot"},
            hovertemplate="%{y:.2f} in the period before<extra></extra>",
        )
        figure.update_layout(showlegend=True, legend=BELOW)
    figure.update_yaxes(title=UNITS[measure], range=SCALES[measure])
    return calm(figure, 280)


def bars_figure(rows: pd.DataFrame, unit: str, measure: str, *, dark: bool = False) -> go.Figure:
    """A bar a row from 0, the period before as a thin mark. Columns used: name, value, before."""
    figure = go.Figure()
    figure.add_bar(
        y=rows["name"],
        x=rows["value"],
        orientation="h",
        name="this period",
        marker={"color": colour(measure, dark=dark)},
        hovertemplate="%{x:,}<extra>%{y}</extra>",
    )
    _mark_before(figure, rows["name"], rows["before"], dark=dark)
    figure.update_xaxes(title=unit, rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return calm(figure, 110 + 26 * len(rows))


def funnel_figure(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """All sessions begun and where they went, those of the period before as a thin mark.

    Columns used: status, sessions, sessions_before, share.
    """
    counted = rows[["sessions", "sessions_before"]]
    begun = {"status": "begun", "share": 1.0, **counted.sum()}
    every = pd.concat([pd.DataFrame([begun]), rows], ignore_index=True)
    shares = every["share"].map("{:.0%}".format)
    names = every["status"].replace({"started": "not ended"}) + ", " + shares
    figure = go.Figure(
        go.Bar(
            y=names,
            x=every["sessions"],
            orientation="h",
            showlegend=False,
            marker={"color": [colour(status, dark=dark) for status in every["status"]]},
            hovertemplate="%{x:,} sessions<extra>%{y}</extra>",
        )
    )
    _mark_before(figure, names, every["sessions_before"], dark=dark)
    figure.update_xaxes(title="sessions", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return calm(figure, 290)


def _mark_before(figure: go.Figure, names: pd.Series, before: pd.Series, *, dark: bool) -> None:
    figure.add_scatter(
        y=names,
        x=before,
        mode="markers",
        name="the period before",
        marker={
            "symbol": "line-ns-open",
            "size": 14,
            "line": {"width": 3},
            "color": palette.MARK[dark],
        },
        hovertemplate="%{x:,} in the period before<extra>%{y}</extra>",
    )
    figure.update_layout(showlegend=True, legend=BELOW)


def histogram_figure(values: Sequence[int], unit: str, *, dark: bool = False) -> go.Figure:
    """How many people have each value, from 1; a few values are not drawn as wide as a page."""
    counts = pd.Series(values).value_counts().sort_index()
    figure = go.Figure(
        go.Bar(
            x=counts.index,
            y=counts.to_numpy(),
            marker={"color": colour("days", dark=dark)},
            hovertemplate="%{y:,} people with %{x}<extra></extra>",
        )
    )
    most = max(values, default=0)
    few = {"dtick": 1} if most <= MOST_TICKS else {}  # whole numbers
    figure.update_xaxes(title=unit, range=[0.5, max(most, LEAST_DAYS) + 0.5], **few)
    figure.update_yaxes(title="people", rangemode="tozero")
    return calm(figure, 260)


def cohort_figure(shares: pd.DataFrame, people: Sequence[int], *, dark: bool = False) -> go.Figure:
    """Share of each cohort (row) that came back in each week since it began (column), 0 to 1."""
    steps = palette.SHARE_DARK if dark else palette.SHARE_LIGHT
    scale = [[n / (len(steps) - 1), shade] for n, shade in enumerate(steps)]
    figure = go.Figure(
        go.Heatmap(
            z=shares.to_numpy(),
            x=list(shares.columns),
            y=[f"{week} ({number:,})" for week, number in zip(shares.index, people, strict=True)],
            zmin=0,
            zmax=1,
            xgap=1,
            ygap=1,
            colorscale=scale,
            colorbar={"title": "came back", "tickformat": ".0%"},
            hovertemplate="began %{y}: %{z:.0%} in week %{x}<extra></extra>",
        )
    )
    figure.update_xaxes(title="weeks since the first")
    figure.update_yaxes(autorange="reversed", title="began in the week of (people)")
    return calm(figure, max(260, 90 + 20 * len(shares)))


def association_figure(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """Rank correlations with their intervals around 0, in the colour of what they go with.

    Columns used: what, goes with, measure, rho, low, high, people.
    """
    figure = go.Figure()
    for (goes_with, measure), part in rows.groupby(["goes with", "measure"], sort=False):
        shade = colour(str(measure), dark=dark)
        reach = {"array": part["high"] - part["rho"], "arrayminus": part["rho"] - part["low"]}
        figure.add_scatter(
            x=part["rho"],
            y=[part["what"], [goes_with] * len(part)],
            mode="markers",
            name=str(goes_with),
            marker={"size": 9, "color": shade},
            error_x={"type": "data", "symmetric": False, "color": shade, "thickness": 2, **reach},
            customdata=part[["low", "high", "people"]],
            hovertemplate="%{x:+.2f} (%{customdata[0]:+.2f} to %{customdata[1]:+.2f}), "
            "%{customdata[2]:,} people<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(title="rank correlation, -1 to 1", range=[-1, 1], zeroline=True)
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(showlegend=True, legend=BELOW)
    return calm(figure, 130 + 26 * len(rows))


def _stretches(there: "np.ndarray") -> list[tuple[int, int]]:
    """Runs of True as (start, end)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def calm(figure: go.Figure, height: int) -> go.Figure:
    """Without margins, and a legend only where one was asked for."""
    if figure.layout.showlegend is None:
        figure.update_layout(showlegend=False)
    figure.update_layout(height=height, margin={"l": 0, "r": 0, "t": 8, "b": 0})
    return figure
