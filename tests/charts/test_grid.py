import pandas as pd

from charts.drawn import PHONE
from charts.grid import grid_chart


def test_repositories_with_most_stand_first_and_what_is_missing_is_nought() -> None:
    cells = pd.DataFrame(
        {"repository": ["a", "b", "b"], "theme": ["x", "x", "y"], "patterns": [1, 2, 3]}
    )
    rows = grid_chart(cells, ["x", "y"])["data"]
    assert rows.to_numpy().tolist() == [["b", "x", 2], ["a", "x", 1], ["b", "y", 3], ["a", "y", 0]]


def test_on_a_phone_names_stand_upright_and_leave_room_for_the_cells() -> None:
    cells = pd.DataFrame({"repository": ["a"], "theme": ["x"], "patterns": [1]})
    grid = grid_chart(cells, ["x"])["layer"][0]["encoding"]
    assert grid["x"]["axis"]["labelAngle"]["expr"].startswith(PHONE)
    assert grid["y"]["axis"]["labelLimit"]["expr"].startswith(PHONE)
    assert grid["color"]["legend"]["orient"] == "top"  # beside the grid it takes a fifth of a phone
