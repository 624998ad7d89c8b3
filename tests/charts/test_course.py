import pandas as pd

from charts import palette
from charts.course import NO_THEME, OTHER_THEMES, course_chart, timeline_chart, timeline_legend
from charts.theme_colours import OWN

ROWS = pd.DataFrame(
    [
        ("answer", "naps", "Sleep", OWN[2]),
        ("answer", "rare", "Rare", palette.OTHER),
        ("answer", None, None, None),
        ("entry", "kept", "<b>Kept</b>", OWN[2]),
        ("session", None, None, None),
    ],
    columns=["kind", "theme", "family", "shades"],
).assign(
    time=pd.date_range("2026-06-01 23:30", periods=5, tz="UTC"),
    about="said",
    row_id=["1", "2", "3", "4", None],
)


def test_each_theme_has_the_colour_that_the_map_gives_it() -> None:
    for dark in (False, True):
        none = palette.UNSORTED[dark]
        shades = list(timeline_chart(ROWS, dark=dark)["data"]["shade"])
        assert shades == [OWN[2][dark], palette.OTHER[dark], none, OWN[2][dark], none]
        assert f'color:{OWN[2][dark]};font-size:1.2em">◆' in timeline_legend(ROWS, dark=dark)


def test_the_legend_names_families_by_kind_the_small_ones_and_none_last() -> None:
    said = timeline_legend(pd.concat([ROWS, ROWS.iloc[2:3]]))
    places = [said.index(name) for name in ("Sleep", OTHER_THEMES, NO_THEME, "<b>entry</b>")]
    assert places == sorted(places)
    assert "<b>Kept" not in said  # a theme's name is text
    assert "avatar talk" not in said


def test_kinds_are_told_apart_without_colour_and_the_hover_names_the_finer_theme() -> None:
    chart = timeline_chart(ROWS)
    encoding = chart["layer"][0]["encoding"]
    assert len(set(encoding["shape"]["scale"]["range"])) == 4
    assert list(chart["data"]["theme"]) == ["naps", "rare", NO_THEME, "kept", NO_THEME]
    assert [each["field"] for each in encoding["tooltip"]] == ["day", "about", "theme"]


def test_a_click_tells_the_row_and_moments_have_no_zone_for_a_browser_to_change() -> None:
    chart = timeline_chart(ROWS)
    assert chart["layer"][0]["params"][0]["select"]["fields"] == ["row_id"]
    assert list(chart["data"]["row_id"]) == ["1", "2", "3", "4", ""]
    assert chart["data"]["time"].dt.tz is None
    assert chart["data"]["day"][0] == "1 June 2026"


def test_the_line_of_a_course_breaks_where_there_is_no_mean() -> None:
    values = pd.DataFrame({"time": ROWS["time"], "value": 0.1, "smooth": None, "about": ""})
    line = course_chart(values, "sentiment")["layer"][1]
    assert (line["mark"]["type"], line["mark"]["invalid"]) == (
        "line",
        "break-paths-show-path-domains",
    )
