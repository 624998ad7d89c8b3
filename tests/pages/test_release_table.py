from datetime import UTC, date, datetime
from types import SimpleNamespace

import pandas as pd

from pages.shared import release_table

RULE = {"people": 10, "base": 5}
CELLS = pd.DataFrame(
    {
        "dim1": [None, "category", "category"],
        "value1": [None, "Sleep", "Work"],
        "dim2": [None, None, "mood"],
        "value2": [None, None, "low"],
        "people_rounded": pd.array([60, 15, None], dtype="Int64"),
        "rows_rounded": pd.array([1205, 20, None], dtype="Int64"),
        "as_of": [date(2026, 11, 9)] * 3,
    }
)


def test_hidden_cells_are_words_and_never_a_number() -> None:
    shown = release_table.readable(CELLS, RULE)
    assert shown["value"].tolist() == ["everybody", "Sleep", "Work · low"]
    assert shown["people"].tolist() == ["60", "15", "fewer than 10"]
    assert shown["responses"].tolist() == ["1,205", "20", ""]


def test_a_release_says_its_week_and_its_correction() -> None:
    made = SimpleNamespace(collection="responses", week=date(2026, 11, 9), revision=2, weeks=1)
    made.made_at = datetime(2026, 11, 16, tzinfo=UTC)
    told = release_table.sentence(made)
    assert told.startswith("**Responses**, **the week of 9 November 2026** to 15 November 2026")
    assert told.endswith("correction 1.")
    assert "fewer than 10" in release_table.rule(RULE)
