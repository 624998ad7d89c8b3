"""What one person did and how it goes, as Vega-Lite charts."""

import html

import pandas as pd

from charts import palette
from charts.drawn import (
    BROKEN,
    CHOSEN,
    NEAR,
    Chart,
    chart,
    days,
    mark,
    names,
    near,
    plain,
    times,
    told,
)
from charts.progress import colour, of_measure

# The shape of each kind on the timeline, and the letter that stands for it in the legend.
KINDS = {"answer": "circle", "entry": "diamond", "session": "square", "avatar talk": "triangle-up"}
LETTERS = {"answer": "●", "entry": "◆", "session": "■", "avatar talk": "▲"}
NO_THEME, OTHER_THEMES = "no theme", "other themes"
MARK = '<span aria-hidden="true" style="color:{shade};font-size:1.2em">{letter}</span>'
FAMILY = f"<span>{MARK} {{name}}</span>"


def course_chart(values: pd.DataFrame, measure: str, *, dark: bool = False) -> Chart:
    """One person's values as points, and the mean of three in a row as a line with gaps.

    Columns used: time, value, smooth (NaN breaks the line), about (for the hover).
    """
    line = colour(measure, dark=dark)
    rows = values.assign(time=plain(values["time"]), day=days(values["time"]))
    there = {"x": times("time"), "y": of_measure("value", measure)}
    mean = there | {"y": of_measure("smooth", measure)}
    says = told(("Day", "day"), (measure.capitalize(), "value", ".2f"), ("About", "about"))
    layers = [
        mark("point", there, color=line, filled=True, size=55, opacity=0.55),
        mark("line", mean, color=line, strokeWidth=2, **BROKEN),
        near("point", there | {"tooltip": says}, size=NEAR),
    ]
    return chart(rows[["time", "day", "value", "smooth", "about"]], layers, 220)


def timeline_chart(rows: pd.DataFrame, *, dark: bool = False) -> Chart:
    """Everything one person did, a line a kind, each theme in the colour it has on the map.

    Columns used: time, kind, theme (missing: in none), about (for the hover), family (the upper
    theme, for the legend), shades (its colour on a light and a dark page), row_id (what a click
    opens); missing where there is none.
    """
    shapes = {"domain": list(KINDS), "range": list(KINDS.values())}
    shape = {"field": "kind", "type": "nominal", "scale": shapes, "legend": None}
    y = names("kind") | {"sort": list(KINDS)}
    says = told(("Day", "day"), ("About", "about"), ("Theme", "theme"))
    points = {"x": times("time"), "y": y, "shape": shape, "tooltip": says}
    points["description"] = {"field": "aloud"}  # without it, the colour is read aloud too
    points["color"] = {"field": "shade", "type": "nominal", "scale": None, "legend": None}
    looks = {"size": 130, "opacity": 1, "cursor": "pointer", "filled": True}
    layer = mark("point", points, **looks, stroke="#808080", strokeOpacity=0.6, strokeWidth=0.5)
    layer["params"] = [
        {"name": CHOSEN, "select": {"type": "point", "fields": ["row_id"], "toggle": False}}
    ]
    return chart(_points(rows, dark=dark), [layer], 240)


def _points(rows: pd.DataFrame, *, dark: bool) -> pd.DataFrame:
    day = days(rows["time"])
    drawn = _coloured(rows, dark=dark).assign(
        time=plain(rows["time"]),
        day=day,
        theme=rows["theme"].astype(object).fillna(NO_THEME),
        row_id=rows["row_id"].astype(object).fillna(""),
        aloud=rows["kind"] + ", " + day + ": " + rows["about"],
    )
    return drawn[["time", "day", "kind", "theme", "about", "row_id", "shade", "aloud"]]


def timeline_legend(rows: pd.DataFrame, *, dark: bool = False) -> str:
    """The families of each kind as HTML that breaks where the page ends; columns as above."""
    coloured = _coloured(rows, dark=dark)
    lines = (_of_kind(kind, coloured[coloured["kind"] == kind]) for kind in KINDS)
    return f'<div style="font-size:.85rem">{"".join(lines)}</div>'


def _of_kind(kind: str, rows: pd.DataFrame) -> str:
    """The commonest family first; the small ones and none last."""
    last = {OTHER_THEMES: 1, NO_THEME: 2}
    counted = rows["named"].value_counts()
    order = sorted(counted.index, key=lambda name: (last.get(name, 0), -counted[name]))
    shades = dict(zip(rows["named"], rows["shade"], strict=True))
    each = [
        FAMILY.format(shade=shades[name], letter=LETTERS[kind], name=html.escape(name))
        for name in order
    ]
    row = "display:flex;flex-wrap:wrap;gap:.1rem .9rem"
    return f'<div style="{row}"><b>{kind}</b>{"".join(each)}</div>' if each else ""


def _coloured(rows: pd.DataFrame, *, dark: bool) -> pd.DataFrame:
    """With `named`, the family or what stands for it, and `shade`, its colour on this page."""
    grey = rows["shades"].map(lambda told: told == palette.OTHER)
    named = rows["family"].astype(object).mask(grey, OTHER_THEMES).fillna(NO_THEME)
    shades = rows["shades"].map(lambda told: told[dark], na_action="ignore")
    return rows.assign(named=named, shade=shades.astype(object).fillna(palette.UNSORTED[dark]))
