"""Audit: who searched or opened what, when and over which scope. For operators; holds no text."""

import streamlit as st

from pages.shared import audit_filters, cached, frame, hits, messages, words
from queries.access.trail import MOST
from queries.errors import QueryError

gate = frame.open_plain("Audit")
st.title("Audit")

try:
    person, action, day = audit_filters.draw(cached.audit_people(gate.identity, gate))
    found = cached.audit_entries(gate.identity, person, action, day, gate)
    broken = cached.audit_breaks(gate.identity, gate)
except QueryError as error:
    messages.failed(error)
    st.stop()

if broken.empty:
    st.success("The chain holds: no entry was changed or taken away.", icon=":material/link:")
else:
    first = next(broken.itertuples())
    st.error(
        f"The chain is broken at {words.count(len(broken), 'place')}, first at entry "
        f"{first.place} of {first.person}.",
        icon=":material/link_off:",
    )
if found.empty:
    messages.nothing_found("No entry fits.", "Choose another person, action or day.")
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    latest = f"the latest {MOST:,}" if len(found) == MOST else "all that fit"
    st.caption(f"{words.count(len(found), 'entry', 'entries')}, {latest}.", width="stretch")
    hits.export(found, "audit")
st.dataframe(
    found,
    hide_index=True,
    height="content" if len(found) <= 15 else 520,
    key="trail",
    column_config={
        "at": st.column_config.DatetimeColumn("When", format="YYYY-MM-DD HH:mm:ss"),
        "row_count": st.column_config.NumberColumn("Rows", format="localized"),
        "scope": st.column_config.TextColumn("Scope", width="medium"),
        **{name: name.capitalize() for name in ("person", "role", "action", "collection")},
    },
)
