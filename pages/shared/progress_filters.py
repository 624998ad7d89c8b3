"""Which days, exercises and people the progress screen is about."""

from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from analysis.progress import Stretch
from pages.shared import address, cached_clients, coaching, words
from pages.shared.scope import Scope
from queries.people.histories import Histories

WEEKS = {"4 weeks": 4, "8 weeks": 8, "13 weeks": 13, "26 weeks": 26, "52 weeks": 52}
OWN = "From … until"
ANY = "All"


@dataclass(frozen=True)
class Chosen:
    """The stretch of days, and the exercises by number (None: all of them)."""

    stretch: Stretch
    exercises: tuple[int, ...] | None
    sentence: str
    day: int  # figures are as of it


def draw(scope: Scope) -> Chosen:
    """A row of filters; the days end with the day that figures are as of."""
    _, day, fresh = cached_clients.look_day(cached_clients.histories(scope))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        span = address.choice("Time", (*WEEKS, OWN), "span", default="13 weeks", width=150)
        stretch = _own(day) if span == OWN else Stretch(day - 7 * WEEKS[span] + 1, day)
        exercises, of = _exercises(scope)
    if not fresh:
        st.caption(f"Nothing was written since {_day(day)}; figures are as of that day.")
    return Chosen(stretch, exercises, f"{_day(stretch.start)} to {_day(stretch.end)}{of}", day)


def _own(day: int) -> Stretch:
    usual = coaching.day_of(day)
    since = address.day("From", "since", max_value=usual) or usual - timedelta(days=55)
    until = address.day("Until", "until", max_value=usual) or usual
    return Stretch(coaching.number_of(min(since, until)), coaching.number_of(until))


def _exercises(scope: Scope) -> tuple[tuple[int, ...] | None, str]:
    programme = cached_clients.exercises(scope)
    if programme.empty:
        return None, ""
    categories = sorted(programme["category"].dropna().unique())
    category = address.choice("Category", [ANY, *categories], "category", width=190)
    within = programme if category == ANY else programme[programme["category"] == category]
    title = address.choice("Exercise", [ANY, *within["title"]], "exercise", width=260)
    if title != ANY:
        return tuple(within.loc[within["title"] == title, "number"]), f", “{title}”"
    return (None, "") if category == ANY else (tuple(within["number"]), f", category {category}")


def made_from(told: Histories, chosen: Chosen) -> str:
    """What the figures stand on, in one line."""
    kept = "" if told.kept_at is None else f", kept {told.kept_at:%-d %B %Y, %H:%M} UTC"
    return (
        f"{chosen.sentence}. Days are those where each person lives. "
        f"{words.count(len(told.people), 'person', 'people')} in reach{kept}. "
        "People count, however much each wrote."
    )


def _day(number: int) -> str:
    day = coaching.day_of(number)
    return f"{day.day} {day:%B %Y}"
