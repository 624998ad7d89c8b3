import pandas as pd

from charts import palette
from charts.trend import trend_figure

TREND = pd.DataFrame(
    {
        "theme_id": [1, 1, 2],
        "period": pd.to_datetime(["2026-03-02", "2026-03-16", "2026-03-09"], utc=True),
        "rows": [3, 5, 2],
        "owners": [2, 1, 1],
    }
)


def test_each_theme_is_a_line_by_name() -> None:
    figure = trend_figure(TREND, {1: "sleep", 2: "money"}, "week")
    assert [trace.name for trace in figure.data] == ["sleep", "money"]


def test_a_period_without_rows_is_drawn_as_zero() -> None:
    figure = trend_figure(TREND, {1: "sleep", 2: "money"}, "week")
    assert list(figure.data[0].y) == [3, 0, 5]
    assert list(figure.data[1].y) == [0, 2, 0]


def test_colours_follow_the_page() -> None:
    dark = trend_figure(TREND, {1: "sleep"}, "week", dark=True)
    assert dark.data[0].line.color == palette.DARK[0]
