"""What the charts have in common. A chart is a Vega-Lite specification with its rows as `data`."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

Chart = dict[str, Any]
NOW, BEFORE = "this period", "the period before"
GAP = 0.06  # between cells, of a cell
WHOLE_ROW = {"x": {"value": 0}, "x2": {"value": "width"}}
CHOSEN = "chosen"  # the selection of a chart whose points can be clicked
PHONE = "windowSize()[0] < 640"
LABEL = {"expr": f"{PHONE} ? 110 : 210"}  # pixels of a name by an axis; an ellipsis cuts more
TICKS = 6
WIDE = {"expr": "max(2, width / 110)"}  # ticks that have room for a day
ABREAST = {"expr": "max(1, floor(width / 220))"}  # names of a legend
MOMENT = "timeFormat(datum.value, hours(datum.value) ? '%H:%M' : '%-d %b %Y')"
NEAR = 350  # square pixels around a point in which it is pointed at
STROKE = {"symbolType": "stroke", "symbolStrokeWidth": 2, "symbolSize": 300, "symbolOpacity": 1}
UPRIGHT = {"symbolType": "M-.2,-1h.4v2h-.4Z"}  # a thin mark, in a legend
OWN_COLOURS = {"resolve": {"scale": {"color": "independent"}}}  # each layer has its own legend
BROKEN = {"invalid": "break-paths-show-path-domains"}  # a gap where a value is missing


def chart(rows: pd.DataFrame, layers: Sequence[Chart], height: int, **more: Any) -> Chart:
    """Layers over the same rows, as wide as the page; `height` in pixels, axes and legend in it."""
    room = {"left": 0, "top": 6, "right": 14, "bottom": 0}  # for half of the last label
    return {"data": rows, "layer": list(layers), "height": height, "padding": room, **more}


def mark(kind: str, encoding: Chart, **looks: Any) -> Chart:
    """A layer: a mark a row, or one line or band through all rows."""
    return {"mark": {"type": kind, **looks}, "encoding": dict(encoding)}


def near(kind: str, encoding: Chart, **looks: Any) -> Chart:
    """An unseen layer that is easier to point at than the marks, which say the same aloud."""
    return mark(kind, encoding, opacity=0, aria=False, **looks)


def number(field: str, title: str, *, scale: Chart | None = None, **axis: Any) -> Chart:
    """Numbers along an axis, which begins at 0 unless the scale says otherwise."""
    told = {"field": field, "type": "quantitative", "title": title}
    return told | {"scale": scale or {"zero": True}, "axis": {"tickCount": TICKS} | axis}


def names(field: str, title: str | None = None, **scale: Any) -> Chart:
    """Names along an axis, in the order of the rows."""
    axis = {"labelLimit": LABEL, "labelFlush": False, "ticks": False, "domain": False}
    told = {"field": field, "type": "nominal", "title": title, "sort": None, "axis": axis}
    return told | ({"scale": scale} if scale else {})


def times(field: str) -> Chart:
    """Moments along an axis, without a zone: as they are in the rows, wherever they are read."""
    axis = {"grid": False, "labelOverlap": True, "labelExpr": MOMENT, "tickCount": WIDE}
    edge = {"padding": 10}  # pixels, so that no point is cut
    return {"field": field, "type": "temporal", "title": None, "axis": axis, "scale": edge}


def told(*fields: tuple[str, ...]) -> list[Chart]:
    """What a mark says when it is pointed at: (title, column, and the format of a number)."""
    return [
        {"field": field, "title": title, "type": "quantitative", "format": spelling[0]}
        if spelling
        else {"field": field, "title": title, "type": "nominal"}
        for title, field, *spelling in fields
    ]


def kind(name: str, shades: Mapping[str, str], **legend: Any) -> Chart:
    """The colour of a layer, and what all colours stand for, below the chart."""
    return {"datum": name, **by_field(shades, **legend)}


def by_field(ranges: Mapping[str, Any], **legend: Any) -> Chart:
    """The colour or the shape that each value has, explained below the chart."""
    below = {"orient": "bottom", "title": None, "labelLimit": 300, "columns": ABREAST, **legend}
    scale = {"domain": list(ranges), "range": list(ranges.values())}
    return {"type": "nominal", "scale": scale, "legend": below}


ZERO = mark("rule", {"x": {"datum": 0}}, color="gray") | {"data": {"values": [{}]}}


def plain(moments: pd.Series) -> pd.Series:
    """The moments in UTC, without saying so: a browser would move them to its own zone."""
    return pd.to_datetime(moments, utc=True).dt.tz_localize(None)


def days(moments: pd.Series) -> pd.Series:
    """Each as its day in words, `3 June 2026`."""
    told: pd.Series = plain(moments).dt.strftime("%-d %B %Y")
    return told
