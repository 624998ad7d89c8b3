"""What depends on a thing and what it needs, as a picture to walk through."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from charts import palette

Node = tuple[int, str]
Places = dict[Node, tuple[int, float]]
MOST = 24  # names in a column; the tables below have all


def dependency_figure(
    name: str, dependents: pd.DataFrame, needs: pd.DataFrame, *, dark: bool = False
) -> go.Figure:
    """Dependents on the left, farther ones farther, what is needed on the right.

    Columns used: `repository`, `steps`, `through` of dependents; `name` of needs. Each point's
    customdata is its name.
    """
    columns = {
        -2: _first(dependents[dependents["steps"] > 1]["repository"]),
        -1: _first(dependents[dependents["steps"] == 1]["repository"]),
        0: [name],
        1: _first(needs["name"].drop_duplicates()),
    }
    tallest = max(len(names) for names in columns.values())
    places = {
        (x, each): (x, _height(place, len(names), tallest))
        for x, names in columns.items()
        for place, each in enumerate(names)
    }
    colours = palette.DARK if dark else palette.LIGHT
    farther = zip(dependents["repository"], dependents["through"], strict=True)
    ties = [((-2, who), (-1, through[-1])) for who, through in farther if len(through)]
    ties += [((x, each), (0, name)) for x in (-1, 1) for each in columns[x]]
    figure = go.Figure(_lines(ties, places, palette.OTHER[int(dark)]))
    for x, names in columns.items():
        figure.add_trace(_points(x, names, places, colours[abs(x) if x < 1 else 3]))
    figure.update_layout(
        height=max(260, 22 * tallest + 60),
        margin={"l": 0, "r": 0, "t": 8, "b": 0},
        showlegend=False,
        xaxis={"visible": False, "range": [-2.7, 1.7]},
        yaxis={"visible": False},
        dragmode=False,
    )
    return figure


def _first(names: pd.Series) -> list[str]:
    return list(names[:MOST])


def _height(place: int, many: int, tallest: int) -> float:
    return (place + 0.5) * tallest / many


def _lines(ties: Sequence[tuple[Node, Node]], places: Places, colour: str) -> go.Scatter:
    """A line for each tie between two points that are drawn."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for one, other in ties:
        if one in places and other in places:
            xs += [places[one][0], places[other][0], None]
            ys += [places[one][1], places[other][1], None]
    return go.Scatter(
        x=xs, y=ys, mode="lines", line={"width": 1, "color": colour}, opacity=0.5, hoverinfo="skip"
    )


def _points(x: int, names: Sequence[str], places: Places, colour: str) -> go.Scatter:
    return go.Scatter(
        x=[places[x, each][0] for each in names],
        y=[places[x, each][1] for each in names],
        text=list(names),
        customdata=list(names),
        mode="markers+text",
        textposition="middle left" if x < 0 else "middle right" if x > 0 else "top center",
        marker={"size": 12 if x == 0 else 8, "color": colour},
        hovertemplate="%{text}<extra></extra>",
    )
