"""Active people over time."""

import pandas as pd

from charts.drawn import ABREAST
from charts.usage import over_time


def test_no_line_runs_along_the_edge_and_the_scale_begins_at_zero() -> None:
    lines = pd.DataFrame({"week": ["2026-01-05"], "people": [55.0], "who": ["active"]})
    low, high = over_time(lines)["encoding"]["y"]["scale"]["domain"]
    assert low == 0
    assert high > 55


def test_one_time_alone_is_seen() -> None:
    lines = pd.DataFrame({"week": ["2026-01-05"], "people": [55.0], "who": ["active"]})
    assert over_time(lines)["mark"]["point"]


def test_names_below_break_the_line_where_the_page_ends() -> None:
    lines = pd.DataFrame({"week": ["2026-01-05"], "people": [55.0], "who": ["active"]})
    assert over_time(lines)["encoding"]["color"]["legend"]["columns"] == ABREAST
