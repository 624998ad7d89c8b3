"""The two groups of a comparison: by a facet, days, a theme or a selection on the map."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from pages.shared import address, cached, words
from pages.shared.scope import Scope
from queries.filters import Filters
from queries.outlines import decoded

DAYS, THEME, SELECTION, REST = "days", "theme", "selection on the map", "everyone else"
VALUES = 100
LIMITS = {"min_value": date(1970, 1, 1), "max_value": date(2100, 1, 1)}


@dataclass(frozen=True)
class Side:
    """A group: what to call it, and the filters that make it.

    `rest` says that it is what the other group leaves of these filters.
    """

    letter: str
    name: str
    filters: Filters
    rest: bool = False


def pick(scope: Scope) -> tuple[Side | None, Side | None]:
    """What is chosen for A and for B; None for what is not said yet."""
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True):
        first = _side(scope, "A", _ways(scope))
    with right, st.container(border=True):
        second = _side(scope, "B", (REST, *_ways(scope)))
    return first, second


def _ways(scope: Scope) -> tuple[str, ...]:
    collection = scope.collection
    drawn = (SELECTION,) if _code("A") or _code("B") or st.query_params.get("sel") else ()
    return (*collection.facets, *((DAYS,) if collection.time else ()), THEME, *drawn)


def _side(scope: Scope, letter: str, ways: tuple[str, ...]) -> Side | None:
    """The widgets of one group. Keys of their own a collection, so that a switch starts afresh."""
    key = f"{scope.collection.name}.{letter.lower()}"
    way = address.choice(
        f"Group {letter}: rows by",
        ways,
        f"{key}.by",
        default=SELECTION if letter == "A" and SELECTION in ways else None,
        format_func=lambda name: name.replace("_", " ").capitalize(),
    )
    if way == REST:
        st.caption("Whoever wrote, outside of group A.")
        return Side(letter, "everyone else", scope.filters, rest=True)
    if way == DAYS:
        return _by_days(scope, letter, key)
    if way == THEME:
        return _by_theme(scope, letter, key)
    if way == SELECTION:
        return _by_selection(scope, letter)
    return _by_facet(scope, letter, key, way)


def _by_facet(scope: Scope, letter: str, key: str, facet: str) -> Side | None:
    options = cached.facet_counts(scope, facet, VALUES)["value"].tolist()
    chosen = address.several("which are", options, f"{key}.{facet}", placeholder="Choose values")
    if not chosen:
        return None
    others = tuple(one for one in scope.filters.equals if one[0] != facet)
    filters = replace(scope.filters, equals=(*others, (facet, chosen)))
    return Side(letter, " or ".join(chosen), filters)


def _by_days(scope: Scope, letter: str, key: str) -> Side | None:
    with st.container(horizontal=True):
        since = address.day("From", f"{key}.since", **LIMITS)
        until = address.day("Until", f"{key}.until", **LIMITS)
    if since is None and until is None:
        return None
    told = [f"from {words.day(since)}"] if since else []
    told += [f"until {words.day(until)}"] if until else []
    end = _start(until + timedelta(days=1)) if until else None
    return Side(letter, " ".join(told), replace(scope.filters, since=_start(since), until=end))


def _by_theme(scope: Scope, letter: str, key: str) -> Side | None:
    themes = cached.themes(scope)
    names = dict(zip(themes["id"].astype(int), themes["name"], strict=True))
    chosen = address.choice(
        "which is",
        [0, *names],
        f"{key}.theme",
        format_func=lambda one: names.get(one, "Choose one"),
    )
    return Side(letter, names[chosen], replace(scope.filters, theme=chosen)) if chosen else None


def _by_selection(scope: Scope, letter: str) -> Side | None:
    """Raises NoOutline."""
    code = _code(letter) or st.query_params.get("sel", "")
    if not code:
        return None
    st.caption("What was selected on the map.")
    return Side(letter, "the selection", replace(scope.filters, outlines=decoded(code)))


def _code(letter: str) -> str:
    return st.query_params.get(f"{letter.lower()}.within", "")


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
