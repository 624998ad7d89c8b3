"""Rows over time, a line a theme."""

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from charts import palette
from charts.drawn import (
    STROKE,
    Chart,
    by_field,
    chart,
    days,
    mark,
    near,
    number,
    plain,
    times,
    told,
)
from charts.periods import filled
from charts.theme_colours import Family

DASHES: tuple[tuple[int, ...], ...] = ((1, 0), (6, 4), (2, 3), (8, 3, 2, 3), (12, 5))


def trend_chart(
    trend: pd.DataFrame,
    names: Mapping[int, str],
    period: str,
    of: Mapping[int, Family],
    *,
    dark: bool = False,
) -> Chart:
    """A line a theme in its family's colour: rows in each period, those without a row drawn as 0.

    Columns used: `theme_id`, `period`, `rows`, `owners`. Lines of one colour have
    dashes of their own; a period says the numbers of all.
    """
    every = [
        filled(trend[trend["theme_id"] == theme_id], trend["period"], period).assign(theme=name)
        for theme_id, name in names.items()
    ]
    rows = pd.concat(every).rename_axis("start").reset_index()
    rows["start"] = plain(rows["start"])
    line = {"x": times("start"), "y": number("rows", f"rows a {period}", tickMinStep=1)}
    line |= _looks(names, of, dark=dark)
    one = rows["start"].nunique() == 1
    alone = {"size": 60} if one else False  # one period is no line
    layers = [mark("line", line, strokeWidth=2, point=alone), _together(rows, list(names.values()))]
    return chart(rows, layers, 300)


def _looks(names: Mapping[int, str], of: Mapping[int, Family], *, dark: bool) -> Chart:
    """Colour and dashes of each theme, in one legend."""
    seen: Counter[str] = Counter()
    shades, dashes = {}, {}
    for theme_id, name in names.items():
        shades[name] = (of[theme_id].shades if theme_id in of else palette.OTHER)[dark]
        dashes[name] = DASHES[seen[shades[name]] % len(DASHES)]
        seen[shades[name]] += 1
    return {
        "color": {"field": "theme", **by_field(shades, **STROKE)},
        "strokeDash": {"field": "theme", **by_field(dashes, **STROKE)},
    }


def _together(rows: pd.DataFrame, names: list[str]) -> Chart:
    """An upright strip a period that says its day and the numbers of all themes."""
    owners = rows["owners"].map("{:,}".format)
    said = rows.assign(said=rows["rows"].map("{:,}".format) + " rows of " + owners + " owners")
    wide = said.pivot_table("said", "start", "theme", "first")[names]
    columns = [f"theme{number}" for number in range(len(names))]  # names may hold dots
    strips = wide.set_axis(columns, axis=1).assign(
        day=list(days(wide.index.to_series())), start=[f"{at:%Y-%m-%dT%H:%M}" for at in wide.index]
    ).to_dict("records")  # fmt: skip
    says = told(("title", "day"), *zip(names, columns, strict=True))
    width = {"expr": f"max(3, width / {len(wide)})"}
    strip = near("rule", {"x": times("start"), "tooltip": says}, strokeWidth=width)
    return strip | {"data": {"values": strips}}
