"""Changing the map from the screen: place what waits, propose a refit, look at it, accept it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from pages.shared import address, asked, cached_map, map_component, messages, words
from pages.shared.scope import Scope
from queries.maps.runs import Run
from queries.queue import asking
from queries.queue.asking import MapState

NOW, BESIDE, PROPOSED = "The map now", "Side by side", "The proposed refit"
EVENTS = {
    "continued": "continue",
    "born": "are new",
    "split": "are split",
    "merged": "are merged",
    "retired": "go",
    "revived": "come back",
}


def chosen(state: MapState | None) -> str:
    """Which map the reader looks at: NOW, BESIDE or PROPOSED, a choice while a refit waits."""
    if state is None or state.proposed is None:
        return NOW
    shown: str = address.choice(
        "Shown",
        (NOW, BESIDE, PROPOSED),
        "map",
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    return shown


def draw(scope: Scope, run: Run, state: MapState, shown: str) -> None:
    """The proposed map on the frame of the one that is there, and what it would change."""
    chart = cached_map.proposal(scope, run.id, int(state.proposed or 0))
    if chart is None:
        messages.nothing_found("No row of yours is on the proposed map.", "Look at the map now.")
        return
    st.markdown(changes(state.told or {}))
    if shown == BESIDE:
        _beside(scope, run, chart)
    else:
        map_component.draw(chart, key=f"proposed-{scope.collection.name}")
    _buttons(scope, (("Accept the refit", "accept", "primary"),))


def _beside(scope: Scope, run: Run, proposed: bytes) -> None:
    """Both maps on the same frame: what stands in one place is in the same place in the other."""
    now = cached_map.chart(scope, run.id, "theme")
    maps = {NOW: now.payload if now else None, PROPOSED: proposed}
    for column, (name, payload) in zip(st.columns(2), maps.items(), strict=True):
        with column:
            st.subheader(name)
            if payload is None:
                st.caption("No row on it fits these filters.")
            else:
                map_component.draw(payload, key=f"{name}-{scope.collection.name}")


def offer(scope: Scope, run: Run, state: MapState | None) -> None:
    """Newer rows that wait, and what may be done about the map."""
    newer = cached_map.waiting(scope, run.id)
    if newer:
        st.caption(f"{words.count(newer, 'newer row')} not on the map yet.")
    if state is None:
        return
    because = state.refit_because
    with st.expander(
        "Change the map", icon=":material/tune:", expanded=bool(because), key="change-map"
    ):
        if because:
            st.markdown(f"**A refit would be worth it.** {because}")
        st.caption(
            "A refit looks at every row anew. It is only proposed: you see what would change "
            "before anybody accepts it, and can go back afterwards. Placing moves no other row."
        )
        _buttons(scope, tuple(_ways(state, newer)))


def changes(told: Mapping[str, Any]) -> str:
    """What accepting would change, in sentences."""
    events = [
        f"{count:,} {EVENTS.get(kind, kind)}" for kind, count in told.get("events", {}).items()
    ]
    return (
        f"**{told.get('rows', 0):,} rows in {told.get('themes', 0):,} themes**, "
        f"{told.get('unsorted', 0):,} unsorted. Half of the rows move by "
        f"{told.get('moved', 0):.1%} of the map's width or less, {told.get('moved_far', 0):.1%} by "
        f"more than a tenth; {told.get('changed', 0):.1%} come into another theme. "
        f"Of the themes, {', '.join(events) or 'all stay'}. Names given by people are kept."
    )


def _ways(state: MapState, newer: int) -> list[tuple[str, str, str]]:
    ways = [("Place the newer rows", "place", "primary")] if newer else []
    ways.append(("Propose a refit", "propose", "secondary"))
    if state.has_earlier:
        ways.append(("Go back to the map before", "back", "secondary"))
    return ways


def _buttons(scope: Scope, ways: tuple[tuple[str, str, str], ...]) -> None:
    with st.container(horizontal=True):
        for label, what, kind in ways:
            wanted = partial(asking.ask_map, scope.gate, scope.collection, what)
            st.button(label, key=f"ask-{what}", type=kind, on_click=asked.ask, args=(scope, wanted))
