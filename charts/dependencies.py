"""What depends on a thing and what it needs, as a picture to walk through."""

from collections.abc import Sequence

import pandas as pd

from charts import palette
from charts.drawn import CHOSEN, Chart, chart, mark, near, told

Node = tuple[int, str]
Places = dict[Node, tuple[int, float]]
MOST = 24  # names in a column; the tables below have all
ROOM = 0.95  # for the names beside a column, of the way to the next one
LESS = 0.4  # beside the thing itself, whose name stands above it


def dependency_chart(
    name: str, dependents: pd.DataFrame, needs: pd.DataFrame, *, dark: bool = False
) -> Chart:
    """Dependents on the left, farther ones farther, what is needed on the right.

    A farther one is tied to the direct one that it comes through, over however many steps.

    Columns used: `repository`, `steps`, `through` of dependents; `name` of needs. A click tells
    the point's `name`.
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
    farther = zip(dependents["repository"], dependents["through"], strict=True)
    ties = [((-2, who), (-1, through[0])) for who, through in farther if len(through)]
    ties += [((x, each), (0, name)) for x in (-1, 1) for each in columns[x]]
    across = _across([x for x, names in columns.items() if names])
    layers = [_lines(ties, places, across, palette.OTHER[int(dark)]), *_points(across, dark=dark)]
    return chart(_nodes(places, dark=dark), layers, max(260, 22 * tallest + 60))


def _first(names: pd.Series) -> list[str]:
    return list(names[:MOST])


def _height(place: int, many: int, tallest: int) -> float:
    return (place + 0.5) * tallest / many


def _nodes(places: Places, *, dark: bool) -> pd.DataFrame:
    """A row a point: x, y, name, its colour, and on which side of it the name stands."""
    shades = palette.DARK if dark else palette.LIGHT
    rows = [
        (x, y, name, shades[abs(x) if x < 1 else 3], (x > 0) - (x < 0))
        for (_, name), (x, y) in places.items()
    ]
    return pd.DataFrame(rows, columns=["x", "y", "name", "shade", "side"])


def _across(columns: Sequence[int]) -> tuple[float, float]:
    """From where to where the picture goes: no room is kept for a column that is empty."""
    first, last = min(columns), max(columns)
    return first - (ROOM if first else LESS), last + (ROOM if last else LESS)


def _lines(
    ties: Sequence[tuple[Node, Node]], places: Places, across: tuple[float, float], colour: str
) -> Chart:
    """A line for each tie between two points that are drawn."""
    ends = [
        dict(zip(("x", "y", "x2", "y2"), (*places[one], *places[other]), strict=True))
        for one, other in ties
        if one in places and other in places
    ]
    line = {**_there(across), "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    drawn = mark("rule", line, strokeWidth=1, color=colour, opacity=0.5, aria=False)
    return drawn | {"data": {"values": ends}}


def _points(across: tuple[float, float], *, dark: bool) -> list[Chart]:
    """Points, the names beside them, and around each point where it can be clicked."""
    there = _there(across)
    point = there | {"color": {"field": "shade", "type": "nominal", "scale": None}}
    point["color"]["legend"] = None
    name = {**there, "text": {"field": "name"}}
    ink = palette.MARK[dark]
    sides = ((-1, {"align": "right", "dx": -9}), (0, {"dy": -14}), (1, {"align": "left", "dx": 9}))
    free = {"expr": f"{ROOM} * width / {across[1] - across[0]} - 10"}  # until the column beside it
    texts = [
        mark("text", name, color=ink, aria=False, limit=free if side else 0, **looks)
        | {"transform": [{"filter": f"datum.side == {side}"}]}
        for side, looks in sides
    ]
    clicked = near("point", there | {"tooltip": told(("title", "name"))}, size=600)
    clicked["mark"] |= {"filled": True, "cursor": "pointer"}
    clicked["params"] = [
        {"name": CHOSEN, "select": {"type": "point", "fields": ["name"], "toggle": False}}
    ]
    return [mark("point", point, filled=True, size=80, opacity=1), *texts, clicked]


def _there(across: tuple[float, float]) -> Chart:
    axes: Chart = {
        name: {"field": name, "type": "quantitative", "axis": None} for name in ("x", "y")
    }
    axes["x"]["scale"] = {"domain": list(across), "nice": False}
    return axes
