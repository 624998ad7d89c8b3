"""The two groups of a comparison: by a facet, days, an event, a theme, a saved view or a selection
on the map."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from pages.shared import address, cached, narrowing, words
from pages.shared.scope import Scope
from queries.filters import Filters
from queries.maps import saved_views
from queries.maps.outlines import Selection, decoded
from queries.rows.moments import Moment, moments

DAYS, THEME, SELECTION, REST = "days", "theme", "selection on the map", "everyone else"
BEFORE, AFTER, OPPOSITE = "before an event", "after an event", "the other side of the event"
VIEW, A_DAY = "saved view", "a day"
VALUES = 100
LIMITS = {"min_value": date(1970, 1, 1), "max_value": date(2100, 1, 1)}


@dataclass(frozen=True)
class Side:
    """A group: what to call it, and the filters that make it.

    `rest` says that it is what the other group leaves of these filters. `opposite` is the other
    side of the event that makes it.
    """

    letter: str
    name: str
    filters: Filters
    rest: bool = False
    opposite: "Side | None" = None


def pick(scope: Scope) -> tuple[Side | None, Side | None]:
    """What is chosen for A and for B; None for what is not said yet."""
    left, right = st.columns(2, gap="large")
    ways = _ways(scope)
    with left, st.container(border=True):
        first = _side(scope, "A", ways)
    opposite = first.opposite if first else None
    with right, st.container(border=True):
        second = _side(scope, "B", ((OPPOSITE,) if opposite else ()) + (REST, *ways), opposite)
    return first, second


def _ways(scope: Scope) -> tuple[str, ...]:
    collection = scope.collection
    drawn = (SELECTION,) if _code("A") or _code("B") or st.query_params.get("sel") else ()
    timed = (DAYS, BEFORE, AFTER) if collection.time else ()
    return (*collection.facets, *timed, THEME, VIEW, *drawn)


def _side(
    scope: Scope, letter: str, ways: tuple[str, ...], opposite: Side | None = None
) -> Side | None:
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
    if way == OPPOSITE:
        return opposite
    makers = {DAYS: _by_days, THEME: _by_theme, VIEW: _by_view, SELECTION: _by_selection}
    makers |= {BEFORE: _by_event, AFTER: _by_event}
    if way in makers:
        return makers[way](scope, letter, key, way)
    return _by_facet(scope, letter, key, way)


def _by_facet(scope: Scope, letter: str, key: str, facet: str) -> Side | None:
    options = cached.facet_counts(scope, facet, VALUES)["value"].tolist()
    chosen = address.several("which are", options, f"{key}.{facet}", placeholder="Choose values")
    if not chosen:
        return None
    others = tuple(one for one in scope.filters.equals if one[0] != facet)
    filters = replace(scope.filters, equals=(*others, (facet, chosen)))
    return Side(letter, " or ".join(chosen), filters)


def _by_days(scope: Scope, letter: str, key: str, _way: str) -> Side | None:
    with st.container(horizontal=True):
        since = address.day("From", f"{key}.since", **LIMITS)
        until = address.day("Until", f"{key}.until", **LIMITS)
    if since is None and until is None:
        return None
    told = [f"from {words.day(since)}"] if since else []
    told += [f"until {words.day(until)}"] if until else []
    end = _start(until + timedelta(days=1)) if until else None
    return Side(letter, " ".join(told), replace(scope.filters, since=_start(since), until=end))


def _by_theme(scope: Scope, letter: str, key: str, _way: str) -> Side | None:
    themes = cached.themes(scope)
    names = dict(zip(themes["id"].astype(int), themes["name"], strict=True))
    chosen = address.choice(
        "which is",
        [0, *names],
        f"{key}.theme",
        format_func=lambda one: names.get(one, "Choose one"),
    )
    return Side(letter, names[chosen], replace(scope.filters, theme=chosen)) if chosen else None


def _by_selection(scope: Scope, letter: str, _key: str, _way: str) -> Side | None:
    """Raises NoOutline."""
    code = _code(letter) or st.query_params.get("sel", "")
    if not code:
        return None
    st.caption("What was selected on the map.")
    return Side(letter, "the selection", replace(scope.filters, outlines=decoded(code)))


def _by_event(scope: Scope, letter: str, key: str, way: str) -> Side | None:
    """Before or after a day, or a moment of each person's own."""
    event = address.choice(
        "which is",
        [*moments(scope.collection), A_DAY],
        f"{key}.event",
        format_func=lambda name: name if name == A_DAY else f"their {name}",
    )
    day = address.day("Day", f"{key}.day", **LIMITS) if event == A_DAY else None
    if event == A_DAY and day is None:
        return None
    after = way == AFTER
    opposite = _beside(scope, "B" if letter == "A" else "A", event, day, not after)
    return replace(_beside(scope, letter, event, day, after), opposite=opposite)


def _beside(scope: Scope, letter: str, event: str, day: date | None, after: bool) -> Side:
    if day is None:
        moment = Moment(event, after)
        return Side(letter, moment.told, replace(scope.filters, moment=moment))
    filters = replace(scope.filters, **{"since" if after else "until": _start(day)})
    return Side(letter, f"{'from' if after else 'before'} {words.day(_start(day))}", filters)


def _by_view(scope: Scope, letter: str, key: str, _way: str) -> Side | None:
    """What a saved view shows: its filters, and what was selected on its map."""
    views = {view.code: view for view in saved_views.views(scope.gate, scope.collection)}
    if not views:
        st.caption("No view is saved yet. The map's “Views” keeps what it shows.")
        return None
    chosen = address.choice(
        "which is",
        ["", *views],
        f"{key}.view",
        format_func=lambda code: views[code].name if code else "Choose one",
    )
    if not chosen:
        return None
    kept = views[chosen].address
    shown = narrowing.told_by(kept, scope.collection)
    selected = kept.get("sel", "")
    code = selected if isinstance(selected, str) else "".join(selected)
    outlines = decoded(code) if code else shown.outlines
    return Side(letter, views[chosen].name, _within(scope.filters, shown, outlines))


def _within(filters: Filters, shown: Filters, outlines: Selection) -> Filters:
    """The page's filters, and where the view narrows too, the view's."""
    facets = dict(filters.equals) | dict(shown.equals)
    return replace(
        filters,
        equals=tuple(facets.items()),
        since=shown.since or filters.since,
        until=shown.until or filters.until,
        theme=filters.theme if shown.theme is None else shown.theme,
        outlines=outlines or filters.outlines,
    )


def _code(letter: str) -> str:
    return st.query_params.get(f"{letter.lower()}.within", "")


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
