"""What a release counts people by, and each person's value: one in each dimension.

Only words of the programme and bands of numbers; nothing that a person wrote.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from queries.releases.releases import Dimension

MOODS = (("low", "low"), ("mixed", "mixed"), ("good", "good"), ("unknown", "not told"))
LOW_MOOD, GOOD_MOOD = -0.25, 0.25
SESSIONS = ("exercise", "reflection", "goal_setting", "review", "avatar_chat", "other", "none")
COMPLETION = (("completed", "completed a session"), ("open", "completed none"))


def dimensions_of(categories: Sequence[str], themes: Sequence[tuple[str, str]]) -> list[Dimension]:
    """What people are counted by. Every value the programme has is listed, used or not."""
    repeated = {name for _, name in themes if [n for _, n in themes].count(name) > 1}
    labels = [(key, f"{name} ({key})" if name in repeated else name) for key, name in themes]
    return [
        Dimension("category", tuple((name, name) for name in categories or ["none"])),
        Dimension("theme", (*labels, ("none", "no theme"))),
        Dimension("mood", MOODS),
        Dimension("session", tuple((kind, kind.replace("_", " ")) for kind in SESSIONS)),
        Dimension("completion", COMPLETION),
    ]


def profiles_of(
    people: pd.DataFrame, dimensions: Sequence[Dimension]
) -> dict[str, tuple[str, ...]]:
    """Each person's value in each dimension, by owner."""
    themes = {key for key, _ in dimensions[1].values}
    return {
        row["owner"]: (
            row["category"],
            row["theme"] if row["theme"] in themes else "none",
            _mood(row["mood"]),
            _session(row["session"]),
            "completed" if row["completion"] else "open",
        )
        for row in people.to_dict("records")
    }


def _mood(sentiment: float | None) -> str:
    if sentiment is None or np.isnan(sentiment):
        return "unknown"
    if sentiment < LOW_MOOD:
        return "low"
    return "good" if sentiment > GOOD_MOOD else "mixed"


def _session(kind: str | None) -> str:
    if not isinstance(kind, str):
        return "none"
    return kind if kind in SESSIONS else "other"
