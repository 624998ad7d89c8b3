import pandas as pd

from charts import palette
from charts.course import NO_THEME, OTHER_THEMES, timeline_figure
from charts.theme_colours import OWN

ROWS = pd.DataFrame(
    [
        ("answer", "naps", "Sleep", OWN[2]),
        ("answer", "rare", "Rare", palette.OTHER),
        ("answer", None, None, None),
        ("entry", "kept", "Kept", OWN[2]),
        ("session", None, None, None),
    ],
    columns=["kind", "theme", "family", "shades"],
).assign(
    time=pd.date_range("2026-06-01", periods=5, tz="UTC"),
    about="said",
    row_id=["1", "2", "3", "4", None],
)


def test_each_theme_has_the_colour_that_the_map_gives_it() -> None:
    for dark in (False, True):
        figure = timeline_figure(ROWS, dark=dark)
        shown = {(t.legendgroup, t.name): t.marker.color for t in figure.data}
        assert shown == {
            ("answer", "Sleep"): OWN[2][dark],
            ("answer", OTHER_THEMES): palette.OTHER[dark],
            ("answer", NO_THEME): palette.UNSORTED[dark],
            ("entry", "Kept"): OWN[2][dark],
            ("session", NO_THEME): palette.UNSORTED[dark],
        }


def test_kinds_are_told_apart_without_colour_and_the_hover_names_the_finer_theme() -> None:
    figure = timeline_figure(ROWS)
    assert len({t.marker.symbol for t in figure.data}) == 3
    assert figure.data[0].customdata.tolist() == [["said", "naps", "1"]]
    assert figure.data[-1].customdata.tolist() == [["said", NO_THEME, ""]]
