"""A release in words and as a table."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from pages.shared import address, words

HIDDEN = "fewer than 10"


def sentence(release: Any) -> str:
    """Which time it is about, and when it was made."""
    last = release.week + timedelta(days=7 * release.weeks - 1)
    told = f"**{named(release.collection)}**, **{spelled(release)}** to {words.day(last)}"
    told += f", released on {words.day(release.made_at)}"
    return f"{told}, correction {release.revision - 1}." if release.revision > 1 else f"{told}."


def choice(releases: pd.DataFrame) -> Any:
    """One of the releases, of a time the latest correction; the newest that shows a number unless
    another is chosen."""
    latest = releases.drop_duplicates(["week", "weeks"])
    by_time = {time_of(release): release for release in latest.itertuples()}
    newest = next((t for t, release in by_time.items() if release.shown), next(iter(by_time)))
    told = {time: _marked(release) for time, release in by_time.items()}
    time = address.choice("Time", list(by_time), "time", default=newest, format_func=told.get)
    return by_time[time]


def named(collection: str) -> str:
    """What a release counts, for people."""
    return collection.removesuffix("_4_weeks").replace("_", " ").capitalize()


def time_of(release: Any) -> str:
    """What names the time of a release in the address: its Monday, and the weeks if several."""
    return f"{release.week}" if release.weeks == 1 else f"{release.week}.{release.weeks}"


def spelled(release: Any) -> str:
    """Its time, for people."""
    told = words.day(release.week)
    return f"the week of {told}" if release.weeks == 1 else f"{release.weeks} weeks from {told}"


def _marked(release: Any) -> str:
    return spelled(release) if release.shown else f"{spelled(release)} (no number)"


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
