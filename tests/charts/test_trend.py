import pandas as pd

from charts import palette
from charts.theme_colours import families
from charts.trend import trend_figure

TREND = pd.DataFrame(
    {
        "theme_id": [1, 1, 2],
        "period": pd.to_datetime(["2026-03-02", "2026-03-16", "2026-03-09"], utc=True),
        "rows": [3, 5, 2],
        "owners": [2, 1, 1],
    }
)

OF = families(pd.DataFrame({"id": [1, 2], "parent_id": [None, None], "name": ["sleep", "money"]}))


def test_each_theme_is_a_line_by_name() -> None:
    figure = trend_figure(TREND, {1: "sleep", 2: "money"}, "week", OF)
    assert [trace.name for trace in figure.data] == ["sleep", "money"]


def test_a_period_without_rows_is_drawn_as_zero() -> None:
    figure = trend_figure(TREND, {1: "sleep", 2: "money"}, "week", OF)
    assert list(figure.data[0].y) == [3, 0, 5]
    assert list(figure.data[1].y) == [0, 2, 0]


def test_colours_follow_the_page() -> None:
    dark = trend_figure(TREND, {1: "sleep"}, "week", OF, dark=True)
    assert dark.data[0].line.color == palette.DARK[0]


def test_lines_of_one_family_have_its_colour_and_dashes_of_their_own() -> None:
    below = {"id": [9, 1, 2], "parent_id": [None, 9, 9], "name": ["all", "sleep", "money"]}
    figure = trend_figure(TREND, {1: "sleep", 2: "money"}, "week", families(pd.DataFrame(below)))
    assert [trace.line.color for trace in figure.data] == [palette.LIGHT[0]] * 2
    assert figure.data[0].line.dash != figure.data[1].line.dash
