"""A release in words and as a table."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from pages.shared import words

HIDDEN = "fewer than 10"


def sentence(release: Any) -> str:
    """Which time it is about, and when it was made."""
    stretch = "week of" if release.weeks == 1 else f"{release.weeks} weeks from"
    last = release.week + timedelta(days=7 * release.weeks - 1)
    told = f"**{release.collection.replace('_', ' ').capitalize()}**, {stretch} "
    told += f"**{words.day(release.week)}** to {words.day(last)}"
    told += f", released on {words.day(release.made_at)}"
    return f"{told}, correction {release.revision - 1}." if release.revision > 1 else f"{told}."


def hidden(told: Mapping[str, Any]) -> str:
    """What stands where a number is not shown."""
    return HIDDEN.replace("10", str(told.get("people", 10)))


def rule(told: Mapping[str, Any], counted: str = "their responses") -> str:
    """What is counted and what is held back, in words."""
    base = told.get("base", 5)
    return (
        f"People and {counted}, rounded to {base}. “{hidden(told)}” "
        "also stands where a number would let such a one be worked out. Who withdrew consent is "
        "not counted, and a release never changes."
    )


def readable(cells: pd.DataFrame, told: Mapping[str, Any]) -> pd.DataFrame:
    """One row a cell, hidden numbers as words."""
    few = hidden(told)
    return pd.DataFrame(
        {
            "counted by": [_named(c.dim1, c.dim2) or "all" for c in cells.itertuples()],
            "value": [_named(c.value1, c.value2) or "everybody" for c in cells.itertuples()],
            "people": cells["people_rounded"].map(lambda number: _shown(number, few)),
            "responses": cells["rows_rounded"].map(lambda number: _shown(number, "")),
            "as of week": cells["as_of"],
        }
    )


def _named(first: object, second: object) -> str:
    return " · ".join(str(value) for value in (first, second) if not pd.isna(value))


def _shown(number: object, hidden: str) -> str:
    return hidden if pd.isna(number) else f"{number:,}"
