"""The theme chosen beside the map."""

from types import SimpleNamespace

import pandas as pd
import pytest

from pages.shared.focus import listed, size


def test_a_text_is_shown_as_text_and_never_as_markup() -> None:
    found = listed(
        pd.DataFrame({"text": ["<img src=x onerror=alert(1)> & so"], "membership": [0.5]})
    )
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; so" in found
    assert "0.50" in found


def test_a_row_without_a_text_has_an_empty_line() -> None:
    assert "<td" in listed(pd.DataFrame({"text": [None], "membership": [1.0]}))


@pytest.mark.parametrize(
    ("owners", "told"),
    [
        (2.0, "5 rows from 2 people · steady"),
        (None, "5 rows · steady"),
        (float("nan"), "5 rows · steady"),
    ],
)
def test_a_theme_of_nobody_is_sized_in_rows_alone(owners: float | None, told: str) -> None:
    assert size(SimpleNamespace(size=5, owners=owners, state="steady")) == told
