"""The labels of a map that is only proposed."""

import pandas as pd

from pages.shared.cached_map import proposed_labels


def test_upper_themes_stand_above_their_parts_and_lonely_ones_by_themselves() -> None:
    rows = [("sleep", "nights", 4), ("sleep", "nights", 4), ("bed", "nights", 5)]
    rows += [("money", "money", 6), (None, None, None)]
    drawn = pd.DataFrame(rows, columns=["theme", "family", "theme_id"])
    drawn = drawn.assign(x=[0.0, 2.0, 4.0, 8.0, 9.0], y=1.0)
    found = proposed_labels(drawn)
    assert [(label.name, label.level, label.rows) for label in found] == [
        ("nights", 0, 3),
        ("money", 0, 1),
        ("sleep", 1, 2),
        ("bed", 1, 1),
    ]
    assert found[1].id == 6
    assert {label.parent for label in found[2:]} == {found[0].id}
    assert (found[0].x, found[2].id) == (2.0, 4)
