"""The theme chosen beside the map."""

import pandas as pd

from pages.shared.focus import listed


def test_a_text_is_shown_as_text_and_never_as_markup() -> None:
    found = listed(
        pd.DataFrame({"text": ["<img src=x onerror=alert(1)> & so"], "membership": [0.5]})
    )
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; so" in found
    assert "0.50" in found


def test_a_row_without_a_text_has_an_empty_line() -> None:
    assert "<td" in listed(pd.DataFrame({"text": [None], "membership": [1.0]}))
