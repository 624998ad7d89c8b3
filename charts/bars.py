"""Small bars as plain HTML: there at once, where a figure's library would first have to arrive."""

import html
from itertools import repeat

import pandas as pd

from charts.periods import filled
from charts.theme_colours import OWN, Shades

MOST = 400  # bars; more would be thinner than a pixel
HEIGHT = 150  # pixels


def bars(trend: pd.DataFrame, period: str, shades: Shades = OWN[0], *, dark: bool = False) -> str:
    """A bar a period for its rows, each with its day and number to be read; empty without any.

    `shades` is the colour on a light and a dark page: that of a theme, where they are its rows.

    Columns used: `period`, `rows`, `owners`.
    """
    if trend.empty:
        return ""
    line = filled(trend, trend["period"], period)["rows"].tail(MOST)
    colour, most = shades[dark], int(line.max())
    told = f"Rows a {period}, {_day(line.index[0])} to {_day(line.index[-1])}, at most {most:,}"
    each = "".join(map(_bar, line.index, line, repeat(most), repeat(colour)))
    frame = f"display:flex;align-items:flex-end;gap:1px;height:{HEIGHT}px"
    ends = f"<span>{_day(line.index[0])}</span><span>{_day(line.index[-1])}</span>"
    return (
        f"<div><small>rows a {period}, at most {most:,}</small>"
        f'<div role="img" aria-label="{html.escape(told)}" style="{frame}">{each}</div>'
        f'<small style="display:flex;justify-content:space-between">{ends}</small></div>'
    )


def _bar(moment: pd.Timestamp, rows: int, most: int, colour: str) -> str:
    """Its whole column can be pointed at, also where there is no row."""
    high = f"height:{100 * rows / max(most, 1):.1f}%"
    return (
        f'<div title="{_day(moment)}: {rows:,}" '
        f'style="flex:1;height:100%;display:flex;align-items:flex-end">'
        f'<div style="width:100%;{high};background:{colour}"></div></div>'
    )


def _day(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%b %Y}"
