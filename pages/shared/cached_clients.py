"""Cached reads about people's course: clients, their answers, and everybody's numbers."""

import numpy as np
import pandas as pd
import streamlit as st

from analysis import cohorts as cohort_figures
from analysis import flags as rules
from analysis import progress
from analysis.progress import Stretch
from analysis.trajectories import Trajectory, trajectory
from jobs.coaching.brief import HELD
from pages.shared.cached import KEYS, MINUTE, remembered
from pages.shared.scope import Scope
from queries.collection import Collection
from queries.collections.companion import SHAPES
from queries.people import clients as stored
from queries.people import histories as stored_histories
from queries.people.histories import Histories

SEED = 11
FRESH_DAYS = 28  # nothing newer: figures are as of the last day on which anything happened


# Shared by all sessions and large: to be read and never changed.
@st.cache_resource(ttl=5 * MINUTE, max_entries=6, show_spinner=False, hash_funcs=KEYS)
def histories(scope: Scope) -> Histories:
    """Everybody in reach, as numbers."""
    return stored_histories.histories(scope.gate, scope.collection)


@remembered(5 * MINUTE, 50)
def exercises(scope: Scope) -> pd.DataFrame:
    """The programme's exercises."""
    return stored_histories.exercises(scope.gate, scope.collection)


@remembered(5 * MINUTE, 50)
def profiles(scope: Scope) -> pd.DataFrame:
    """Who there is."""
    return stored.profiles(scope.gate, scope.collection)


@remembered(MINUTE, 200)
def answers(scope: Scope, owner: str) -> pd.DataFrame:
    """What one person answered, the newest first."""
    return stored.answers(scope.gate, scope.collection, owner)


@remembered(MINUTE, 200)
def sessions(scope: Scope, owner: str) -> pd.DataFrame:
    """One person's sessions; empty where none are declared."""
    if scope.collection.companion("sessions") is None:
        return pd.DataFrame(columns=list(SHAPES["sessions"]))
    return stored.sessions(scope.gate, scope.collection, owner)


@remembered(MINUTE, 200)
def media(scope: Scope, owner: str) -> pd.DataFrame:
    """One person's media; empty where none are declared."""
    if scope.collection.companion("media") is None:
        return pd.DataFrame(columns=list(SHAPES["media"]))
    return stored.media(scope.gate, scope.collection, owner)


@remembered(MINUTE, 200)
def texts(scope: Scope, beside: Collection, owner: str) -> pd.DataFrame:
    """One person's rows of another collection of the same system."""
    return stored.texts(scope.gate, beside, owner)


def look_day(told: Histories) -> tuple[Histories, int, bool]:
    """(the histories, the day that figures are as of, whether that is today)."""
    today = int(told.people["today"].max()) if len(told.people) else 0
    last = told.last_day
    fresh = last is None or last >= today - FRESH_DAYS
    return told, (today if fresh else int(last or 0)), fresh


@remembered(5 * MINUTE, 50)
def overview(scope: Scope) -> pd.DataFrame:
    """A row a client: figures, small lines, flags. Columns as `_row` makes them."""
    told, day, fresh = look_day(histories(scope))
    today = told.people["today"].to_numpy() if fresh else np.full(len(told.people), day)
    figures = progress.of_people(told.answers, today)
    answered = dict(list(told.answers.groupby("person")))
    met = dict(list(told.sessions.groupby("person")))
    none = told.answers.iloc[:0], told.sessions.iloc[:0]
    rows = [
        _row(answered.get(n, none[0]), met.get(n, none[1]), int(today[n]))
        for n in range(len(told.people))
    ]
    found = pd.concat([told.people[["owner"]], figures, pd.DataFrame(rows)], axis=1)
    return profiles(scope).merge(found, on="owner", how="outer")


LINE = 12


def _row(answers: pd.DataFrame, sessions: pd.DataFrame, today: int) -> dict[str, object]:
    """Flags, small lines of the last answers, and what changed since the last session held."""
    held = sessions[sessions["kind"].isin(HELD)]
    last = held["at"].max() if len(held) else None
    since = answers[answers["at"] > last] if last is not None else answers.iloc[:0]
    before = answers[answers["at"] <= last] if last is not None else answers.iloc[:0]
    return {
        "flags": [rule.name for rule in rules.flags(rules.Course(answers, sessions, today))],
        "mood_line": answers["sentiment"].dropna().tail(LINE).round(2).tolist(),
        "confidence_line": answers["confidence"].dropna().tail(LINE).tolist(),
        "last_at": max(answers["at"].max(), sessions["at"].max(), key=_or_never),
        "last_session": last,
        "answers_since": len(since) if last is not None else None,
        "sentiment_since": since["sentiment"].mean() - before["sentiment"].mean(),
    }


def _or_never(moment: float) -> float:
    return -np.inf if pd.isna(moment) else float(moment)


@remembered(5 * MINUTE, 50)
def people(scope: Scope, stretch: Stretch, chosen: tuple[int, ...] | None) -> pd.DataFrame:
    """Figures of each person over a stretch, as `progress.of_people`."""
    told = histories(scope)
    within = narrowed(stretch.of(told.answers), chosen)
    today = np.minimum(told.people["today"].to_numpy(), stretch.end)
    return progress.of_people(within, today).assign(owner=told.people["owner"].to_numpy())


Chosen = tuple[int, ...] | None  # exercises by number; None: all of them


@remembered(5 * MINUTE, 200)
def headline(scope: Scope, stretch: Stretch, chosen: Chosen) -> dict[str, float]:
    """A stretch in figures, as `progress.headline`; sessions are of all exercises."""
    told = histories(scope)
    within = narrowed(stretch.of(told.answers), chosen)
    return progress.headline(within, stretch.of(told.sessions))


@remembered(5 * MINUTE, 100)
def completion(scope: Scope, stretch: Stretch, chosen: Chosen, by: str) -> pd.DataFrame:
    """Answers by `by` ("title" or "category" of the exercises), as `progress.completion`."""
    names = exercises(scope).set_index("number")[by]
    within = narrowed(stretch.of(histories(scope).answers), chosen)
    return progress.completion(within, within["exercise"].map(names))


@remembered(5 * MINUTE, 100)
def trajectory_of(scope: Scope, stretch: Stretch, chosen: Chosen, measure: str) -> Trajectory:
    """A measure by week."""
    within = narrowed(stretch.of(histories(scope).answers), chosen)
    columns = (within[name].to_numpy() for name in ("person", "day", measure))
    return trajectory(*columns, SEED)


@remembered(5 * MINUTE, 50)
def cohorts(scope: Scope, until: int) -> cohort_figures.Cohorts:
    """Cohorts by start week, of everything up to a day."""
    told = histories(scope).answers
    return cohort_figures.cohorts(told["person"].to_numpy(), told["day"].to_numpy(), until)


def narrowed(answers: pd.DataFrame, chosen: tuple[int, ...] | None) -> pd.DataFrame:
    """The answers to the chosen exercises (their numbers); all for None."""
    return answers if chosen is None else answers[answers["exercise"].isin(chosen)]
