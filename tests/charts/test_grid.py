import pandas as pd

from charts.grid import grid_chart


def test_repositories_with_most_stand_first_and_what_is_missing_is_nought() -> None:
    cells = pd.DataFrame(
        {"repository": ["a", "b", "b"], "theme": ["x", "x", "y"], "patterns": [1, 2, 3]}
    )
    rows = grid_chart(cells, ["x", "y"])["data"]
    assert rows.to_numpy().tolist() == [["b", "x", 2], ["a", "x", 1], ["b", "y", 3], ["a", "y", 0]]
