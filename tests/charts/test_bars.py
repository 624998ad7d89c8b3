"""Bars as plain HTML."""

import re

import pandas as pd

from charts.bars import bars
from charts.theme_colours import OWN


def course(**rows: int) -> pd.DataFrame:
    """Rows of some months of 2026."""
    months = [pd.Timestamp(f"2026-{name[1:]}-01", tz="UTC") for name in rows]
    return pd.DataFrame({"period": months, "rows": list(rows.values()), "owners": 1})


def heights(drawn: str) -> list[str]:
    return re.findall(r"width:100%;height:([\d.]+)%", drawn)


def test_a_period_without_a_row_is_an_empty_bar() -> None:
    drawn = bars(course(m01=4, m03=8), "month")
    assert heights(drawn) == ["50.0", "0.0", "100.0"]


def test_bars_can_be_read_without_seeing_them() -> None:
    drawn = bars(course(m01=4, m03=1200), "month")
    assert 'role="img" aria-label="Rows a month, 1 Jan 2026 to 1 Mar 2026, at most 1,200"' in drawn
    assert 'title="1 Mar 2026: 1,200"' in drawn


def test_nothing_to_draw_is_no_chart() -> None:
    assert bars(course(), "month") == ""


def test_the_rows_of_a_theme_have_its_colour() -> None:
    for dark in (False, True):
        assert OWN[3][dark] in bars(course(m01=4), "month", OWN[3], dark=dark)
