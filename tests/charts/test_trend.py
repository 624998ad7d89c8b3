import pandas as pd

from charts import palette
from charts.theme_colours import families
from charts.trend import trend_chart

TREND = pd.DataFrame(
    {
        "theme_id": [1, 1, 2],
        "period": pd.to_datetime(["2026-03-02", "2026-03-16", "2026-03-09"], utc=True),
        "rows": [3, 5, 2],
        "owners": [2, 1, 1],
    }
)

OF = families(pd.DataFrame({"id": [1, 2], "parent_id": [None, None], "name": ["sleep", "money"]}))


def test_each_theme_is_a_line_by_name_and_a_period_without_rows_is_drawn_as_zero() -> None:
    rows = trend_chart(TREND, {1: "sleep", 2: "money"}, "week", OF)["data"]
    lines = {name: list(part["rows"]) for name, part in rows.groupby("theme", sort=False)}
    assert lines == {"sleep": [3, 0, 5], "money": [0, 2, 0]}


def test_colours_follow_the_page() -> None:
    assert _looks(trend_chart(TREND, {1: "sleep"}, "week", OF, dark=True), "color") == [
        palette.DARK[0]
    ]


def test_lines_of_one_family_have_its_colour_and_dashes_of_their_own() -> None:
    below = {"id": [9, 1, 2], "parent_id": [None, 9, 9], "name": ["all", "sleep", "money"]}
    of = families(pd.DataFrame(below))
    chart = trend_chart(TREND, {1: "sleep", 2: "money"}, "week", of)
    assert _looks(chart, "color") == [palette.LIGHT[0]] * 2
    assert len(set(_looks(chart, "strokeDash"))) == 2


def test_a_period_says_the_numbers_of_all_themes_whatever_they_are_called() -> None:
    strip = trend_chart(TREND, {1: "sleep", 2: "mo.ney[1]"}, "week", OF)["layer"][1]
    day, sleep, money = strip["encoding"]["tooltip"]
    first = strip["data"]["values"][0]
    assert first["start"] == "2026-03-02T00:00"  # without a zone: as it stands, wherever it is read
    assert [first[each["field"]] for each in (day, sleep, money)] == [
        "2 March 2026",
        "3 rows of 2 owners",
        "0 rows of 0 owners",
    ]
    assert money["title"] == "mo.ney[1]"


def _looks(chart: dict, channel: str) -> list:
    return chart["layer"][0]["encoding"][channel]["scale"]["range"]


def test_one_period_alone_is_seen() -> None:
    alone = trend_chart(TREND[TREND["theme_id"] == 2], {2: "money"}, "week", OF)
    assert alone["layer"][0]["mark"]["point"]
    assert not trend_chart(TREND, {1: "sleep"}, "week", OF)["layer"][0]["mark"]["point"]
