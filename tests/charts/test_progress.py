import pandas as pd

from charts import palette
from charts.drawn import BEFORE, NOW
from charts.progress import (
    SCALES,
    association_chart,
    bars_chart,
    cohort_chart,
    funnel_chart,
    histogram_chart,
    trajectory_chart,
)

FUNNEL = pd.DataFrame(
    {
        "status": ["completed", "started"],
        "sessions": [3, 1],
        "sessions_before": [5, 2],
        "share": [0.75, 0.25],
    }
)
WEEKS = pd.DataFrame({"week": pd.date_range("2026-06-01", periods=2), "mean": [0.1, 0.2]}).assign(
    low=[0.0, None], high=[0.2, None], people=3, before=[0.0, None]
)


def test_the_funnel_begins_with_all_and_marks_the_period_before() -> None:
    chart = funnel_chart(FUNNEL)
    rows = chart["data"]
    assert list(rows["name"]) == ["begun, 100%", "completed, 75%", "not ended, 25%"]
    assert list(rows["sessions"]) == [4, 3, 1]
    assert list(rows["sessions_before"]) == [7, 5, 2]
    bar, before, _ = chart["layer"]
    assert (bar["mark"]["type"], before["mark"]["type"]) == ("bar", "tick")
    assert before["encoding"]["x"]["field"] == "sessions_before"


def test_bars_begin_at_nought_and_say_their_unit() -> None:
    rows = pd.DataFrame({"name": ["b", "a"], "value": [9, 8], "before": [7, 7]})
    chart = bars_chart(rows, "people who completed it", "people")
    x = chart["layer"][0]["encoding"]["x"]
    assert (x["scale"], x["title"]) == ({"zero": True}, "people who completed it")
    assert chart["layer"][0]["encoding"]["y"]["sort"] is None  # the order of the rows
    assert _says(chart) == ["name", "value", "before"]


def test_one_streak_of_a_day_is_not_drawn_as_wide_as_the_page() -> None:
    for values in ([1, 1], []):
        encoding = histogram_chart(values, "days")["layer"][0]["encoding"]
        assert encoding["x"]["scale"]["domain"] == [0.5, 7.5]
        assert encoding["y2"] == {"datum": 0}  # a bar stands on nought
    rows = histogram_chart([1, 1, 3], "days")["data"]
    assert rows[["value", "people"]].to_numpy().tolist() == [[1, 2], [3, 1]]


def test_a_trajectory_has_the_period_before_beside_it_where_there_is_one() -> None:
    chart = trajectory_chart(WEEKS, "sentiment")
    assert _lines(chart) == [BEFORE, NOW]
    named = [one for one in chart["layer"] if "color" in one["encoding"]]
    assert len(named) == 2  # band, points and line have one entry of the legend
    alone = trajectory_chart(WEEKS.assign(before=float("nan")), "sentiment")
    assert _lines(alone) == [None]  # one line needs no legend


def test_a_week_without_a_value_breaks_line_and_band_and_has_no_interval() -> None:
    chart = trajectory_chart(WEEKS, "sentiment")
    drawn = [layer["mark"] for layer in chart["layer"] if layer["mark"]["type"] in ("line", "area")]
    assert {mark["invalid"] for mark in drawn} == {"break-paths-show-path-domains"}
    assert list(chart["data"]["interval"]) == ["0.00 to 0.20", "–"]
    assert chart["layer"][0]["encoding"]["y"]["scale"]["domain"] == SCALES["sentiment"]


def test_a_cell_is_a_cohort_in_a_week_that_is_over() -> None:
    shares = pd.DataFrame([[1.0, 0.5], [1.0, None]], index=["2026-06-01", "2026-06-08"])
    rows = cohort_chart(shares, [1200, 10])["data"]
    assert rows.to_numpy().tolist() == [
        ["2026-06-01 (1,200)", 0, 1.0],
        ["2026-06-08 (10)", 0, 1.0],
        ["2026-06-01 (1,200)", 1, 0.5],
    ]


def test_associations_have_the_colour_of_what_they_go_with() -> None:
    rows = [("Answers", f"rising {name}", name, 0.2, -0.1, 0.5, 20) for name in SHOWN]
    columns = ["what", "goes with", "measure", "rho", "low", "high", "people"]
    chart = association_chart(pd.DataFrame(rows, columns=columns))
    encoding = chart["layer"][2]["encoding"]
    assert encoding["color"]["scale"]["range"] == list(palette.LIGHT[:2])
    assert len(set(encoding["shape"]["scale"]["range"])) == 2
    assert list(chart["data"]["interval"]) == ["-0.10 to 0.50"] * 2


def _lines(chart: dict) -> list[str | None]:
    lines = [layer for layer in chart["layer"] if layer["mark"]["type"] == "line"]
    return [line["encoding"].get("color", {}).get("datum") for line in lines]


def _says(chart: dict) -> list[str]:
    return [each["field"] for each in chart["layer"][-1]["encoding"]["tooltip"]]


SHOWN = ("sentiment", "confidence")
