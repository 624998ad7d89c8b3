"""How people come along, as Plotly figures. One colour a measure, the same on every screen."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from charts import palette

# Place in the palette: the same thing has the same colour everywhere.
PLACE = {"sentiment": 0, "confidence": 1, "people": 2, "answers": 3, "completed": 2, "paused": 4}
PLACE |= {"abandoned": 1, "started": 5, "days": 2}
SCALES = {"sentiment": (-1.05, 1.05), "confidence": (0.5, 10.5)}
UNITS = {"sentiment": "sentiment, -1 to 1", "confidence": "confidence, 1 to 10"}
MOST_TICKS = 20
KINDS = {"answer": "circle", "entry": "diamond", "session": "square", "avatar talk": "triangle-up"}


def colour(measure: str, *, dark: bool) -> str:
    """The measure's colour."""
    return (palette.DARK if dark else palette.LIGHT)[PLACE[measure]]


def trajectory_figure(weeks: pd.DataFrame, measure: str, *, dark: bool = False) -> go.Figure:
    """A mean over people by week with its interval; a gap where nobody gave a value.

    Columns used: week, mean, low, high, people.
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
        hovertemplate="%{y:.2f} (%{customdata[1]:.2f} to %{customdata[2]:.2f}), "
        "%{customdata[0]} people<extra></extra>",
    )
    figure.update_yaxes(title=UNITS[measure], range=SCALES[measure])
    return _calm(figure, 280)


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
    return _calm(figure, 220)


def timeline_figure(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """Everything one person did, a line a kind, each theme in the colour it has on the map.

    Columns used: time, kind, theme (missing: in none), about (for the hover), family (the upper
    theme, for the legend), shades (its colour on a light and a dark page); missing without a theme.
    """
    figure = go.Figure()
    for kind, symbol in KINDS.items():
        of_kind = rows[rows["kind"] == kind]
        for name, part in _by_family(of_kind):
            colour = part["shades"].iat[0] if name != NO_THEME else palette.UNSORTED
            figure.add_scatter(
                x=part["time"],
                y=part["kind"],
                name=name,
                legendgroup=kind,
                legendgrouptitle={"text": kind},
                mode="markers",
                marker={"size": 11, "color": colour[dark], "symbol": symbol, "line": OUTLINE},
                customdata=part[["about", "theme"]].fillna(NO_THEME),
                hovertemplate="%{x|%-d %B %Y}<br>%{customdata[0]}<extra>%{customdata[1]}</extra>",
            )
    figure.update_yaxes(categoryorder="array", categoryarray=list(KINDS)[::-1])
    figure.update_layout(showlegend=True, legend={"groupclick": "toggleitem"})
    return _calm(figure, 320)


NO_THEME, OTHER_THEMES = "no theme", "other themes"
OUTLINE = {"width": 0.5, "color": "rgba(128,128,128,.6)"}


def _by_family(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The families with colours of their own, the commonest first; all others; those in none."""
    grey = rows["shades"].map(lambda told: told == palette.OTHER)
    named = rows["family"].mask(grey, OTHER_THEMES).fillna(NO_THEME)
    last = {OTHER_THEMES: 1, NO_THEME: 2}
    counted = named.value_counts()
    for name in sorted(counted.index, key=lambda name: (last.get(name, 0), -counted[name])):
        yield name, rows[named == name]


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
    figure.add_scatter(
        y=rows["name"],
        x=rows["before"],
        mode="markers",
        name="the period before",
        marker={
            "symbol": "line-ns-open",
            "size": 14,
            "line": {"width": 3},
            "color": palette.OTHER[dark],
        },
        hovertemplate="%{x:,} in the period before<extra>%{y}</extra>",
    )
    figure.update_xaxes(title=unit, rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    )
    return _calm(figure, 110 + 26 * len(rows))


def funnel_figure(rows: pd.DataFrame, *, dark: bool = False) -> go.Figure:
    """Where begun sessions went. Columns used: status, sessions, share."""
    figure = go.Figure(
        go.Bar(
            y=rows["status"],
            x=rows["sessions"],
            orientation="h",
            marker={"color": [colour(status, dark=dark) for status in rows["status"]]},
            text=[f"{share:.0%}" for share in rows["share"]],
            textposition="auto",
            hovertemplate="%{x:,} sessions, %{text}<extra>%{y}</extra>",
        )
    )
    figure.update_xaxes(title="sessions", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return _calm(figure, 220)


def histogram_figure(values: Sequence[int], unit: str, *, dark: bool = False) -> go.Figure:
    """How many people have each value, from 0."""
    counts = pd.Series(values).value_counts().sort_index()
    figure = go.Figure(
        go.Bar(
            x=counts.index,
            y=counts.to_numpy(),
            marker={"color": colour("days", dark=dark)},
            hovertemplate="%{y:,} people with %{x}<extra></extra>",
        )
    )
    few = {"dtick": 1} if len(values) and max(values) <= MOST_TICKS else {}  # whole numbers
    figure.update_xaxes(title=unit, rangemode="tozero", **few)
    figure.update_yaxes(title="people", rangemode="tozero")
    return _calm(figure, 260)


def cohort_figure(shares: pd.DataFrame, people: Sequence[int], *, dark: bool = False) -> go.Figure:
    """Share of each cohort (row) that came back in each week since it began (column), 0 to 1."""
    steps = palette.STEPS_DARK if dark else palette.STEPS_LIGHT
    scale = [[n / (len(steps) - 1), shade] for n, shade in enumerate(steps)]
    figure = go.Figure(
        go.Heatmap(
            z=shares.to_numpy(),
            x=list(shares.columns),
            y=[f"{week} ({number:,})" for week, number in zip(shares.index, people, strict=True)],
            zmin=0,
            zmax=1,
            colorscale=scale,
            colorbar={"title": "came back", "tickformat": ".0%"},
            hovertemplate="began %{y}: %{z:.0%} in week %{x}<extra></extra>",
        )
    )
    figure.update_xaxes(title="weeks since the first")
    figure.update_yaxes(autorange="reversed", title="began in the week of (people)")
    return _calm(figure, max(260, 90 + 20 * len(shares)))


def _stretches(there: "np.ndarray") -> list[tuple[int, int]]:
    """Runs of True as (start, end)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]]).astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def _calm(figure: go.Figure, height: int) -> go.Figure:
    if figure.layout.showlegend is None:
        figure.update_layout(showlegend=False)
    figure.update_layout(height=height, margin={"l": 0, "r": 0, "t": 8, "b": 0})
    return figure
