"""The filters in the sidebar: facets, owner, time, and a theme that came with a link."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from pages.shared import address, cached, value_counts
from pages.shared.scope import Scope
from queries.collection import Collection
from queries.filters import UNSORTED, Filters
from queries.maps.outlines import Selection, decoded

NONE = Filters()
SHOWN = 3  # facets in sight; the others wait under "More filters"


def draw(scope: Scope) -> Filters:
    """Draw the filters of a collection and return what is chosen."""
    facets = scope.collection.facets
    theme = _theme(scope)
    outlines = _outlines()
    scope = replace(scope, filters=_pending(scope.collection))
    chosen = [(facet, _facet(scope, facet)) for facet in facets[:SHOWN]]
    owner = since = until = None
    if facets[SHOWN:] or scope.collection.owner or scope.collection.time:
        with st.expander("More filters"):
            chosen += [(facet, _facet(scope, facet)) for facet in facets[SHOWN:]]
            owner = _owner(scope)
            since, until = _time(scope)
    equals = tuple((facet, values) for facet, values in chosen if values)
    return Filters(equals, owner, since, until, theme, outlines)


def theme_in_link() -> int | None:
    """The theme that the address names, if it is a number."""
    return _number(st.query_params.get("theme", ""))


def told_by(kept: Mapping[str, str | Sequence[str]], collection: Collection) -> Filters:
    """What an address that was kept narrows the collection to. Raises NoOutline."""

    def said(key: str) -> tuple[str, ...]:
        value = kept.get(key, ())
        return (value,) if isinstance(value, str) else tuple(value)

    own = f"{collection.name}."
    equals = tuple((facet, said(own + facet)) for facet in collection.facets if said(own + facet))
    since, until = (address.as_day("".join(said(own + key))) for key in ("since", "until"))
    theme, within = _number("".join(said("theme"))), "".join(said("within"))
    outlines = decoded(within) if within else ()
    return Filters(equals, None, _start(since), _start(_next(until)), theme, outlines)


def _pending(collection: Collection) -> Filters:
    """What is about to be chosen: the counts beside the values are of that. Raises NoOutline."""
    own = [*collection.facets, "since", "until"]
    kept = {key: address.pending(key) for key in (f"{collection.name}.{name}" for name in own)}
    kept |= {key: st.query_params.get_all(key) for key in ("theme", "within")}
    owner = address.pending(f"{collection.name}.owner")
    return replace(told_by(kept, collection), owner=owner[0] if owner else None)


def _number(said: str) -> int | None:
    return int(said) if said.isdecimal() and len(said) < 10 else None


def _theme(scope: Scope) -> int | None:
    theme = theme_in_link()
    if theme is None:
        return None
    themes = cached.themes(scope)
    names = dict(zip(themes["id"], themes["name"], strict=True)) | {UNSORTED: "Unsorted"}
    st.caption(f"Within the theme **{names.get(theme, 'that no longer exists')}**")
    st.button("Leave the theme", key="leave-theme", on_click=_leave_theme, width="stretch")
    return theme


def _leave_theme() -> None:
    st.query_params.pop("theme", None)


def _outlines() -> Selection:
    """A selection on the map that the address carries along. Raises NoOutline."""
    code = st.query_params.get("within")
    if not code:
        return ()
    selection = decoded(code)
    st.caption("Within a **selection on the map**")
    st.button("Leave the selection", key="leave-within", on_click=_leave_within, width="stretch")
    return selection


def _leave_within() -> None:
    st.query_params.pop("within", None)


def _facet(scope: Scope, facet: str) -> tuple[str, ...]:
    """Values to narrow to. A key of its own a collection, so that a switch starts afresh."""
    counted = value_counts.of_facet(scope, facet)
    key = f"{scope.collection.name}.{facet}"
    label = facet.replace("_", " ").capitalize()
    shown = {"format_func": counted.label, "clean": counted.value, "placeholder": "Any"}
    return address.several(label, counted.values, key, **shown)


def _owner(scope: Scope) -> str | None:
    if not scope.collection.owner:
        return None
    counted = value_counts.of_owner(scope)
    key = f"{scope.collection.name}.owner"
    shown = {"format_func": counted.label, "clean": counted.value, "placeholder": "Anyone"}
    return address.typed_choice("Owner", counted.values, key, **shown)


def _time(scope: Scope) -> tuple[datetime | None, datetime | None]:
    """From the start of the first day to the end of the last, in UTC."""
    if not scope.collection.time:
        return None, None
    key, limits = (
        scope.collection.name,
        {"min_value": date(1970, 1, 1), "max_value": date(2100, 1, 1)},
    )
    since = address.day("From", f"{key}.since", **limits)
    until = address.day("Until", f"{key}.until", **limits)
    return _start(since), _start(_next(until))


def _next(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None
