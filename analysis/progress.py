"""Figures of progress over a stretch of days: what was done, by whom, how long it took.

Frames are those of a history: `answers` with person, day, exercise, seconds, confidence, sentiment;
`sessions` with person, day, status. Days are whole numbers where the person lives.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.streaks import Ints, active_days, streaks
from analysis.trajectories import Floats

STATUSES = ("completed", "paused", "abandoned", "started")
FEWEST_VALUES = 2  # of a person in a half, before a change is worked out


@dataclass(frozen=True)
class Stretch:
    """Days from `start` to `end`, both in it."""

    start: int
    end: int

    @property
    def before(self) -> "Stretch":
        """The stretch of the same length that ends the day before."""
        return Stretch(self.start - (self.end - self.start) - 1, self.start - 1)

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of a frame within it."""
        return frame[(frame["day"] >= self.start) & (frame["day"] <= self.end)]


def headline(answers: pd.DataFrame, sessions: pd.DataFrame) -> dict[str, float]:
    """The stretch in figures; NaN where nobody gave a value.

    people (who answered), answers, active_days (of all people together), completed (share of
    sessions, 0 to 1), seconds (median of an answer), confidence and sentiment (means over people
    of their own means).
    """
    who, _ = active_days(answers["person"].to_numpy(), answers["day"].to_numpy())
    return {
        "people": float(answers["person"].nunique()),
        "answers": float(len(answers)),
        "active_days": float(len(who)),
        "completed": float((sessions["status"] == "completed").mean()) if len(sessions) else np.nan,
        "seconds": float(answers["seconds"].median()),
        **{name: _over_people(answers, name) for name in ("confidence", "sentiment")},
    }


def completion(answers: pd.DataFrame, by: pd.Series) -> pd.DataFrame:
    """What was answered, by exercise or category: most people first.

    `by` gives the name for each row of `answers`. Columns: name, answers, people, share (of all
    who answered anything, 0 to 1), again (answers beyond a person's first), quarter, median,
    three_quarters (seconds to complete), confidence, sentiment (means over people).
    """
    everybody = answers["person"].nunique()
    # As numbers once, not as words in each of the groupings.
    told = answers.assign(name=pd.Categorical(by)).dropna(subset=["name"])
    grouped = told.groupby("name", observed=True)
    seconds = grouped["seconds"].quantile(np.array([0.25, 0.5, 0.75])).unstack()
    own = told.groupby(["name", "person"], observed=True)[["confidence", "sentiment"]].mean()
    found = pd.DataFrame({"answers": grouped.size(), "people": grouped["person"].nunique()})
    found["share"] = found["people"] / max(everybody, 1)
    found["again"] = found["answers"] - found["people"]
    found[["quarter", "median", "three_quarters"]] = seconds.reindex(columns=[0.25, 0.5, 0.75])
    found = found.join(own.groupby(level="name", observed=True).mean())
    return (
        found.reset_index()
        .astype({"name": "str"})
        .sort_values(
            ["people", "answers", "name"], ascending=[False, False, True], ignore_index=True
        )
    )


def funnel(sessions: pd.DataFrame) -> pd.DataFrame:
    """Where the sessions that were begun went: completed, paused, abandoned, not ended (started).

    Columns: status, sessions, people, share (of all begun, 0 to 1).
    """
    counts = sessions.groupby("status", observed=False)
    found = pd.DataFrame({"sessions": counts.size(), "people": counts["person"].nunique()})
    found = found.reindex(list(STATUSES), fill_value=0)
    found["share"] = found["sessions"] / max(len(sessions), 1)
    return found.rename_axis("status").reset_index()


def of_people(answers: pd.DataFrame, today: Ints) -> pd.DataFrame:
    """One row a person, in the order of `today` (the day it is for each; shape (people,)).

    Columns: answers, days (active), best and current (streak, days), last_day (NaN for nobody's),
    exercises (different ones), seconds (median), confidence, sentiment (means), confidence_change
    and sentiment_change (second half of the person's answers minus the first; NaN with few).
    """
    people = len(today)
    person = answers["person"].to_numpy()
    best, current = streaks(person, answers["day"].to_numpy(), today)
    days = np.bincount(active_days(person, answers["day"].to_numpy())[0], minlength=people)
    by_person = answers.groupby("person")
    found = pd.DataFrame(
        {
            "answers": by_person.size(),
            "last_day": by_person["day"].max(),
            "exercises": by_person["exercise"].nunique(),
            "seconds": by_person["seconds"].median(),
            "confidence": by_person["confidence"].mean(),
            "sentiment": by_person["sentiment"].mean(),
        }
    ).reindex(range(people))
    for name in ("confidence", "sentiment"):
        found[f"{name}_change"] = changes(answers, name, people)
    counted = found[["answers", "exercises"]].fillna(0).astype(int)
    return found.assign(days=days, best=best, current=current, **counted)


def changes(answers: pd.DataFrame, name: str, people: int) -> Floats:
    """Mean of the second half of each person's values minus that of the first; shape (people,).

    NaN where a half has fewer than FEWEST_VALUES. Answers are in order of time for each person.
    """
    told = answers[["person", name]].dropna()
    person = told["person"].to_numpy()
    count = np.bincount(person, minlength=people)
    place = told.groupby("person").cumcount().to_numpy()
    late = place * 2 >= count[person]
    value = told[name].to_numpy(dtype=np.float64)
    sums = [np.bincount(person[side], value[side], people) for side in (~late, late)]
    sizes = [np.bincount(person[side], minlength=people) for side in (~late, late)]
    with np.errstate(invalid="ignore"):
        first, second = (
            s / np.where(n >= FEWEST_VALUES, n, np.nan) for s, n in zip(sums, sizes, strict=True)
        )
    return np.asarray(second - first)


def _over_people(answers: pd.DataFrame, name: str) -> float:
    return float(answers.groupby("person")[name].mean().mean())
