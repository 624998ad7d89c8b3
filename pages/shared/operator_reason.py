"""An operator opens a collection's text with a reason, for some hours, and closes it again."""

import streamlit as st

from pages.shared import cached, messages, words
from queries.access.reasons import LONGEST, MOST_HOURS, SHORTEST, end_reason, give_reason
from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate


def is_missing(gate: Gate, collection: Collection) -> bool:
    """Whether the reader is an operator without a reason that holds: no row would be shown."""
    return gate.identity.role == "operator" and not cached.own_reason(
        gate.identity, collection.name, gate
    )


def demand(gate: Gate, collection: Collection, title: str) -> None:
    """Go on where a reason holds; otherwise ask for one in place of the page."""
    if gate.identity.role != "operator":
        return
    held = cached.own_reason(gate.identity, collection.name, gate)
    if held is None:
        _ask(gate, collection, title)
        st.stop()
    with st.sidebar:
        st.caption(f"Open to you until {held.until:%H:%M} UTC: “{words.short(held.reason)}”")
        st.button(
            "Close it now",
            key="end-reason",
            on_click=end_reason,
            args=(gate, collection.name),
            width="stretch",
        )


def _ask(gate: Gate, collection: Collection, title: str) -> None:
    st.title(title)
    messages.not_declared(
        "Text needs a recorded reason.",
        f"You run the house, so {collection.title} opens to you only with one. "
        "It is kept in the audit, with everything that you read.",
    )
    with st.form("reason", width=560):
        reason = st.text_area("Reason", max_chars=LONGEST, placeholder="who asked, and for what")
        hours = st.number_input("Hours", 1, MOST_HOURS, 1, width=140)
        if st.form_submit_button("Open it", type="primary"):
            _give(gate, collection, reason, int(hours))
    st.caption(f"At least {SHORTEST} letters; 1 to {MOST_HOURS} hours.")


def _give(gate: Gate, collection: Collection, reason: str, hours: int) -> None:
    try:
        give_reason(gate, collection.name, reason, hours)
    except QueryError as error:
        messages.failed(error)
        return
    st.rerun()
