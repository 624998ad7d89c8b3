"""Counts of two things at once, as a grid."""

from collections.abc import Sequence

import pandas as pd

from charts import palette
from charts.drawn import GAP, PHONE, Chart, chart, mark, names, told

ROWS = 16
ANGLE = {"expr": f"{PHONE} ? -90 : -35"}  # upright, names have room on a column of 15 pixels
NONE = {"test": "datum.patterns === 0", "value": "transparent"}  # no pattern, no shade


def grid_chart(cells: pd.DataFrame, themes: Sequence[str], *, dark: bool = False) -> Chart:
    """Repositories down, themes across, the number of patterns as shade and in words.

    Columns used: repository, theme, patterns. The repositories with most of these themes are shown.
    """
    wide = cells.pivot_table(index="repository", columns="theme", values="patterns", fill_value=0)
    wide = wide.reindex(columns=list(themes), fill_value=0)
    wide = wide.loc[wide.sum(axis=1).sort_values(ascending=False).index[:ROWS]]
    rows = wide.reset_index().melt("repository", var_name="theme", value_name="patterns")
    steps = palette.STEPS_DARK if dark else palette.STEPS_LIGHT
    bar = {"title": "patterns", "gradientThickness": 10, "tickMinStep": 1, "orient": "top"}
    shade = {"field": "patterns", "type": "quantitative", "legend": bar}
    x = names("theme", paddingInner=GAP)
    x["axis"] |= {
        "labelAngle": ANGLE,
        "labelLimit": {"expr": f"{PHONE} ? 110 : 170"},
        "labelOverlap": False,
    }
    says = told(("title", "repository"), ("Theme", "theme"), ("Patterns", "patterns", ","))
    grid = {
        "x": x,
        "y": names("repository", paddingInner=GAP),
        "color": shade | {"scale": {"range": list(steps), "zero": True}, "condition": NONE},
        "tooltip": says,
    }
    return chart(rows, [mark("rect", grid)], 110 + 24 * len(wide))
