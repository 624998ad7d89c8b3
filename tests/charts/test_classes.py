import pandas as pd

from charts import classes, palette
from charts.theme_colours import families


def test_the_commonest_value_comes_first() -> None:
    found = classes.by_value(pd.Series(["b", "a", "b"]))
    assert [(one.name, one.rows) for one in found.legend] == [("b", 2), ("a", 1)]
    assert found.classes.tolist() == [0, 1, 0]


def test_more_values_than_colours_share_one_grey() -> None:
    values = pd.Series([f"v{i}" for i in range(12) for _ in range(12 - i)])
    found = classes.by_value(values)
    assert [one.name for one in found.legend][-2:] == ["v7", "4 others"]
    assert found.legend[-1].rows == 10


def test_rows_without_a_value_are_faint_and_last() -> None:
    found = classes.by_value(pd.Series(["a", None]))
    assert (found.legend[-1].name, found.legend[-1].quiet) == ("no value", True)
    assert found.classes.tolist() == [0, 1]


def test_themes_take_the_colour_of_the_name_given_for_them() -> None:
    found = classes.by_theme(pd.Series([4, 5, None]), {4: "upper", 5: "upper"})
    assert [one.name for one in found.legend] == ["upper", "unsorted"]
    assert found.classes.tolist() == [0, 0, 1]


def test_time_goes_from_early_to_late_in_equal_parts() -> None:
    found = classes.by_time(pd.Series(pd.date_range("2026-01-01", periods=70, tz="UTC")))
    assert len(found.legend) == 7
    assert {one.rows for one in found.legend} == {10}
    assert (found.classes[0], found.classes[-1]) == (0, 6)


def test_other_points_of_the_same_map_get_the_same_colours() -> None:
    values = classes.by_value(pd.Series([f"v{i}" for i in range(12) for _ in range(12 - i)]))
    assert values.of(pd.Series(["v0", "v11", "unseen", None])).tolist() == [0, 8, 8, 9]
    few = classes.by_value(pd.Series(["a", "a", "b"]))
    assert few.of(pd.Series(["b", "unseen"])).tolist() == [1, 2]
    days = pd.Series(pd.date_range("2026-01-01", periods=70, tz="UTC"))
    before_and_after = pd.to_datetime(pd.Series(["2020-01-01", "2030-01-01", None]), utc=True)
    assert classes.by_time(days).of(before_and_after).tolist() == [0, 6, 7]


def test_one_moment_alone_is_one_class() -> None:
    found = classes.by_time(pd.Series(pd.to_datetime(["2026-01-01", "2026-01-01"], utc=True)))
    assert [one.name for one in found.legend] == ["2026-01-01"]


def test_every_colour_has_a_twin_for_the_dark() -> None:
    assert len(palette.LIGHT) == len(palette.DARK) == len(set(palette.LIGHT))
    assert len(palette.STEPS_LIGHT) == len(palette.STEPS_DARK)


def test_a_theme_keeps_its_colour_whatever_else_is_drawn() -> None:
    of = families(pd.DataFrame({"id": range(12), "parent_id": [None] * 12, "name": NAMES}))
    own = {family.name: family.shades for family in of.values() if family.has_own_colour}
    names = {theme: family.name for theme, family in of.items()}
    for drawn in ([7, 7, 2], [2, 7, 11], range(12)):
        legend = classes.by_theme(pd.Series(drawn), names, own).legend
        shades = {one.name: (one.light, one.dark) for one in legend}
        assert shades["t7"] == of[7].shades == (palette.LIGHT[7], palette.DARK[7])
        assert shades["t2"] == of[2].shades
    assert of[11].shades == palette.OTHER
    assert not of[11].has_own_colour


NAMES = [f"t{n}" for n in range(12)]


def test_finer_themes_have_their_familys_colour() -> None:
    of = families(pd.DataFrame({"id": [5, 3], "parent_id": [None, 5], "name": ["above", "fine"]}))
    assert of[3] == of[5]
    assert of[3].name == "above"
