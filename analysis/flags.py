"""What in a client's course a coach may want to look at. A flag says what happened, never why.

Each rule is a sentence and a comparison of numbers; there is no score and no diagnosis.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

QUIET_DAYS, BEFORE_DAYS, BEFORE_ACTIVE = 14, 28, 2
LAST, EARLIER = 3, 3
MOOD_STEP, CONFIDENCE_STEP = 0.3, 2.0
SESSIONS, UNFINISHED = 5, 2
STREAK = 5


@dataclass(frozen=True)
class Rule:
    """A flag's name, what makes it, in words, and the check."""

    name: str
    told: str
    holds: Callable[["Course"], bool]


@dataclass(frozen=True)
class Course:
    """One client's answers and sessions up to a day, in order of time.

    answers : columns day, sentiment, confidence; sessions : columns day, status
    today : the day of the look
    """

    answers: pd.DataFrame
    sessions: pd.DataFrame
    today: int

    def lower(self, measure: str, step: float) -> bool:
        """Whether the mean of the last values is lower than that of all earlier ones by `step`."""
        values = self.answers[measure].dropna().to_numpy(dtype=np.float64)
        if len(values) < LAST + EARLIER:
            return False
        # A whole step counts, whatever the binary fraction says.
        return bool(values[:-LAST].mean() - values[-LAST:].mean() >= step - 1e-6)


def _quiet(course: Course) -> bool:
    days = course.answers["day"].to_numpy()
    if len(days) == 0 or course.today - days[-1] < QUIET_DAYS:
        return False
    active = np.unique(days[days > days[-1] - BEFORE_DAYS])
    return len(active) >= BEFORE_ACTIVE


def _unfinished(course: Course) -> bool:
    last = course.sessions["status"].astype(object).tail(SESSIONS)
    return int(last.isin(["abandoned", "paused"]).sum()) >= UNFINISHED


def _streak_ended(course: Course) -> bool:
    days = np.unique(course.answers["day"].to_numpy())
    if len(days) < STREAK or not 1 < course.today - days[-1] <= 7:
        return False
    return bool((np.diff(days[-STREAK:]) == 1).all())


RULES = (
    Rule(
        "quiet",
        f"No answer for {QUIET_DAYS} days or more, after answers on at least {BEFORE_ACTIVE} of "
        f"the {BEFORE_DAYS} days before that.",
        _quiet,
    ),
    Rule(
        "lower mood",
        f"The mean sentiment of the last {LAST} answers is at least {MOOD_STEP} below that of all "
        f"earlier ones ({EARLIER} at least), on the scale from -1 to 1.",
        lambda course: course.lower("sentiment", MOOD_STEP),
    ),
    Rule(
        "less confident",
        f"The mean confidence of the last {LAST} answers is at least {CONFIDENCE_STEP:.0f} below "
        f"that of all earlier ones ({EARLIER} at least), on the scale from 1 to 10.",
        lambda course: course.lower("confidence", CONFIDENCE_STEP),
    ),
    Rule(
        "unfinished sessions",
        f"Of the last {SESSIONS} sessions {UNFINISHED} or more were abandoned or are paused.",
        _unfinished,
    ),
    Rule(
        "streak ended",
        f"A streak of {STREAK} days or more ended in the last week.",
        _streak_ended,
    ),
)


def flags(course: Course) -> Sequence[Rule]:
    """The rules that hold."""
    return [rule for rule in RULES if rule.holds(course)]
