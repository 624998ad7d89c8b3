"""Active people over time, as a Vega-Lite specification: its library is light and there at once."""

from typing import Any

import pandas as pd

from charts.drawn import ABREAST, times

ABOVE = 1.1  # the scale ends above the highest, so that no line runs along the edge


def over_time(lines: pd.DataFrame) -> dict[str, Any]:
    """A line a kind of people, with a point a time: one time alone would be no line.

    Columns used: week, people, who.
    """
    return {
        "mark": {"type": "line", "point": {"size": 45}},
        "encoding": {
            "x": times("week"),
            "y": {
                "field": "people",
                "type": "quantitative",
                "title": "people",
                "scale": {"domain": [0, ABOVE * float(lines["people"].max())]},
                "axis": {"tickMinStep": 1},
            },
            "color": {
                "field": "who",
                "type": "nominal",
                "title": None,
                "legend": {"orient": "bottom", "labelLimit": 300, "columns": ABREAST},
            },
            "tooltip": [
                {"field": "who", "type": "nominal", "title": "Who"},
                {"field": "week", "type": "temporal", "title": "From", "format": "%-d %B %Y"},
                {"field": "people", "type": "quantitative", "title": "People"},
            ],
        },
    }
