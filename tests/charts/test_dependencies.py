import pandas as pd

from charts.dependencies import MOST, dependency_chart

FOUND = pd.DataFrame(
    {"repository": ["near", "far"], "steps": [1, 2], "through": [["near"], ["near"]]}
)
NEEDS = pd.DataFrame({"name": ["below", "below"]})


def test_who_depends_stands_left_and_what_is_needed_right_each_tied_to_what_is_between() -> None:
    chart = dependency_chart("thing", FOUND, NEEDS)
    rows = chart["data"]
    assert dict(zip(rows["name"], rows["x"], strict=True)) == {
        "far": -2,
        "near": -1,
        "thing": 0,
        "below": 1,
    }
    ties = {(tie["x"], tie["x2"]) for tie in chart["layer"][0]["data"]["values"]}
    assert ties == {(-2, -1), (-1, 0), (1, 0)}


def test_a_click_tells_the_name() -> None:
    clicked = dependency_chart("thing", FOUND, NEEDS)["layer"][-1]
    assert clicked["params"][0]["select"]["fields"] == ["name"]


def test_a_column_has_no_more_names_than_can_be_read() -> None:
    many = pd.DataFrame(
        {"repository": [f"r{n}" for n in range(99)], "steps": 1, "through": [[]] * 99}
    )
    assert len(dependency_chart("thing", many, NEEDS)["data"]) == MOST + 2


def test_a_farther_one_is_tied_to_the_direct_one_that_it_comes_through() -> None:
    steps = [1, 2, 3]
    through = [[], ["near"], ["near", "far"]]
    found = pd.DataFrame(
        {"repository": ["near", "far", "farthest"], "steps": steps, "through": through}
    )
    ties = dependency_chart("thing", found, NEEDS)["layer"][0]["data"]["values"]
    assert [(tie["x"], tie["x2"]) for tie in ties] == [(-2, -1), (-2, -1), (-1, 0), (1, 0)]


def test_no_room_is_kept_for_an_empty_column_and_a_name_ends_before_the_next() -> None:
    def drawn(needs: pd.DataFrame) -> tuple[float, str]:
        chart = dependency_chart("thing", FOUND, needs)
        name = chart["layer"][2]
        return chart["layer"][1]["encoding"]["x"]["scale"]["domain"][1], name["mark"]["limit"]

    (right, _), (less, limit) = drawn(NEEDS), drawn(NEEDS[:0])
    assert (right, less) == (1.95, 0.4)
    assert limit == {"expr": "0.95 * width / 3.35 - 10"}
