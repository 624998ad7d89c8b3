"""How people come along, as Vega-Lite charts. One colour a measure, the same on every screen."""

from collections.abc import Sequence

import pandas as pd

from charts import palette
from charts.drawn import (
    BEFORE,
    BROKEN,
    GAP,
    NEAR,
    NOW,
    OWN_COLOURS,
    STROKE,
    UPRIGHT,
    WHOLE_ROW,
    ZERO,
    Chart,
    by_field,
    chart,
    days,
    kind,
    mark,
    names,
    near,
    number,
    plain,
    times,
    told,
)

# Place in the palette: the same thing has the same colour everywhere.
PLACE = {"sentiment": 0, "confidence": 1, "people": 2, "answers": 3, "completed": 2, "paused": 4}
PLACE |= {"abandoned": 1, "begun": 5, "started": 6, "days": 2}
SCALES = {"sentiment": (-1.05, 1.05), "confidence": (0.5, 10.5)}
UNITS = {"sentiment": "sentiment, -1 to 1", "confidence": "confidence, 1 to 10"}
SHAPES = ("circle", "diamond")  # told apart without colour
DOTS = (2, 3)
MOST_TICKS, LEAST_DAYS = 20, 7
ROW = 26  # pixels


def colour(measure: str, *, dark: bool) -> str:
    """The measure's colour."""
    return (palette.DARK if dark else palette.LIGHT)[PLACE[measure]]


def of_measure(field: str, measure: str) -> Chart:
    """The axis of a measure: all of its scale, whatever the values."""
    scale = {"domain": SCALES[measure], "nice": False, "zero": False}
    return number(field, UNITS[measure], scale=scale, format="~f")


def trajectory_chart(weeks: pd.DataFrame, measure: str, *, dark: bool = False) -> Chart:
    """A mean over people by week with its interval; a gap where nobody gave a value.

    Columns used: week, mean, low, high, people, before (the mean as many weeks earlier as the
    period is long: dotted).
    """
    rows = weeks.assign(week=plain(weeks["week"]), day=days(weeks["week"]), interval=_reach(weeks))
    x, y, band = times("week"), of_measure("mean", measure), of_measure("low", measure)
    shade, both = colour(measure, dark=dark), bool(weeks["before"].notna().any())
    says = [("Week of", "day"), ("Mean", "mean", ".2f"), ("Interval", "interval")]
    says += [("People", "people", ","), *([("Before", "before", ".2f")] if both else [])]
    line = {"x": x, "y": y}
    lines = [mark("line", line, color=shade, strokeWidth=2, **BROKEN)]
    if both:
        before = {"x": x, "y": of_measure("before", measure)}
        lines[0]["encoding"]["color"] = kind(NOW, {NOW: shade}, **STROKE)
        before["color"] = kind(BEFORE, {BEFORE: palette.OTHER[dark]}, symbolDash=DOTS, **STROKE)
        lines.insert(0, mark("line", before, strokeWidth=2, strokeDash=DOTS, **BROKEN))
    interval = {"x": x, "y": band, "y2": {"field": "high"}}
    layers = [
        mark("area", interval, color=shade, opacity=0.18, **BROKEN),
        *lines,
        mark("point", line, color=shade, filled=True, size=30, opacity=1),
        near("point", line | {"tooltip": told(*says)}, size=NEAR),
    ]
    return chart(rows, layers, 280, **OWN_COLOURS)


def _reach(rows: pd.DataFrame) -> pd.Series:
    """`0.10 to 0.30`; a dash where there is none."""
    said = [f"{low:.2f} to {high:.2f}" for low, high in zip(rows["low"], rows["high"], strict=True)]
    return pd.Series(said, rows.index).where(rows["low"].notna(), "–")


def bars_chart(rows: pd.DataFrame, unit: str, measure: str, *, dark: bool = False) -> Chart:
    """A bar a row from 0, the period before as a thin mark. Columns used: name, value, before."""
    now = kind(NOW, {NOW: colour(measure, dark=dark)}, symbolType="square")
    says = told(
        ("title", "name"), (NOW.capitalize(), "value", ","), (BEFORE.capitalize(), "before", ",")
    )
    y, value = names("name"), number("value", unit, tickMinStep=1)
    layers = [
        mark("bar", {"y": y, "x": value, "color": now}),
        _before_mark("before", dark=dark),
        near("bar", {"y": y, **WHOLE_ROW, "tooltip": says}),
    ]
    return chart(rows[["name", "value", "before"]], layers, 110 + ROW * len(rows), **OWN_COLOURS)


def _before_mark(field: str, *, dark: bool) -> Chart:
    shade = kind(BEFORE, {BEFORE: palette.MARK[dark]}, **UPRIGHT)
    there = {"y": names("name"), "x": number(field, ""), "color": shade}
    return mark("tick", there, thickness=3, height={"band": 0.6}, opacity=1)


def funnel_chart(rows: pd.DataFrame, *, dark: bool = False) -> Chart:
    """All sessions begun and where they went, those of the period before as a thin mark.

    Columns used: status, sessions, sessions_before, share.
    """
    counted = rows[["sessions", "sessions_before"]]
    begun = {"status": "begun", "share": 1.0, **counted.sum()}
    every = pd.concat([pd.DataFrame([begun]), rows], ignore_index=True)
    named = every["status"].replace({"started": "not ended"})
    every["name"] = named + ", " + every["share"].map("{:.0%}".format)
    every["shade"] = [colour(status, dark=dark) for status in every["status"]]
    own = {"field": "shade", "type": "nominal", "scale": None, "legend": None}
    says = told(
        ("title", "name"), ("Sessions", "sessions", ","), ("Before", "sessions_before", ",")
    )
    y, value = names("name"), number("sessions", "sessions", tickMinStep=1)
    layers = [
        mark("bar", {"y": y, "x": value, "color": own}),
        _before_mark("sessions_before", dark=dark),
        near("bar", {"y": y, **WHOLE_ROW, "tooltip": says}),
    ]
    every = every[["name", "shade", "sessions", "sessions_before"]]
    return chart(every, layers, 290, **OWN_COLOURS)


def histogram_chart(values: Sequence[int], unit: str, *, dark: bool = False) -> Chart:
    """How many people have each value, from 1; a few values are not drawn as wide as a page."""
    counts = pd.Series(values, dtype=int).value_counts().sort_index()
    rows = pd.DataFrame({"value": counts.index, "people": counts.to_numpy()})
    rows = rows.assign(start=rows["value"] - 0.4, end=rows["value"] + 0.4)
    scale = {"domain": [0.5, max(*values, 0, LEAST_DAYS) + 0.5], "nice": False, "zero": False}
    x = number(
        "start", unit, scale=scale, tickCount=MOST_TICKS, tickMinStep=1, format="d", grid=False
    )
    bars = {
        "x": x,
        "x2": {"field": "end"},
        "y": number("people", "people", tickMinStep=1),
        "y2": {"datum": 0},
        "tooltip": told((unit.capitalize(), "value", ","), ("People", "people", ",")),
    }
    return chart(rows, [mark("bar", bars, color=colour("days", dark=dark))], 260)


def cohort_chart(shares: pd.DataFrame, people: Sequence[int], *, dark: bool = False) -> Chart:
    """Share of each cohort (row) that came back in each week since it began (column), 0 to 1."""
    began = [f"{week} ({number:,})" for week, number in zip(shares.index, people, strict=True)]
    rows = shares.set_axis(began).rename_axis("began").reset_index()
    rows = rows.melt("began", var_name="week", value_name="share").dropna()
    steps = palette.SHARE_DARK if dark else palette.SHARE_LIGHT
    scale = {"domain": [n / (len(steps) - 1) for n in range(len(steps))], "range": list(steps)}
    bar = {"title": "came back", "format": ".0%", "gradientThickness": 12}
    share = {"field": "share", "type": "quantitative", "scale": scale, "legend": bar}
    axis = {"labelAngle": 0, "labelOverlap": True, "ticks": False, "domain": False}
    x = {"field": "week", "type": "ordinal", "title": "weeks since the first", "axis": axis}
    x["scale"] = {"paddingInner": GAP}
    says = told(("Began", "began"), ("Week", "week"), ("Came back", "share", ".0%"))
    y = names("began", "began in the week of (people)", paddingInner=GAP)
    cells = {"x": x, "y": y, "color": share, "tooltip": says}
    height = max(260, 90 + 20 * len(shares))
    return chart(rows, [mark("rect", cells)], height)


def association_chart(rows: pd.DataFrame, *, dark: bool = False) -> Chart:
    """Rank correlations with their intervals around 0, in the colour of what they go with.

    Columns used: what, goes with, measure, rho, low, high, people.
    """
    measures = dict(zip(rows["goes with"], rows["measure"], strict=True))
    shades = {name: colour(measure, dark=dark) for name, measure in measures.items()}
    shade = {"field": "goes with", **by_field(shades)}
    shape = {"field": "goes with", **by_field(dict(zip(shades, SHAPES, strict=False)))}
    offset = {"field": "goes with", "type": "nominal", "sort": None}
    there = {"y": names("what", paddingInner=0.3), "yOffset": offset, "color": shade}
    scale = {"domain": [-1, 1], "nice": False}
    middle = there | {"x": number("rho", "rank correlation, -1 to 1", scale=scale)}
    reach = there | {"x": number("low", "", scale=scale), "x2": {"field": "high"}}
    says = told(("title", "what"), ("Goes with", "goes with"), ("Correlation", "rho", "+.2f"))
    says += told(("Interval", "interval"), ("People", "people", ","))
    layers = [
        ZERO,
        mark("rule", reach, strokeWidth=2),
        mark("point", middle | {"shape": shape}, filled=True, size=90, opacity=1),
        near("bar", {**there, **WHOLE_ROW, "tooltip": says}),
    ]
    told_rows = rows.drop(columns="measure").assign(interval=_reach(rows))
    return chart(told_rows, layers, 130 + ROW * len(rows))
