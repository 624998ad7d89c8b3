"""Clients: a coach's own clients with what matters this morning."""

import streamlit as st

from pages.shared import address, cached_clients, client_table, coaching, messages, words
from queries.errors import QueryError

SORTS = tuple(client_table.SORTS)

scope = coaching.open_page("Clients")
st.title("Clients")

try:
    found = cached_clients.overview(scope)
    if found.empty:
        messages.nothing_found(
            "No client is assigned to you.",
            "An operator assigns them: `./northlight people assign`.",
        )
        st.stop()
    now = coaching.as_of(scope)
except QueryError as error:
    messages.failed(error)
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    name = address.text("Find by name", "name", placeholder="a name, or what they work on")
    flag = address.choice("Show", client_table.SHOWN, "show", width=210)
    sort = address.choice("Sort by", SORTS, "sort", width=210)

shown = client_table.narrowed(found, name, flag, sort)
flagged = int(found["flags"].map(len, na_action="ignore").fillna(0).gt(0).sum())
st.markdown(
    f"**{words.count(len(found), 'client')}**, {flagged} with something to look at. "
    "Choose a row to open the client."
)
if shown.empty:
    messages.nothing_found("No client fits.", "Change the name or what is shown.")
    st.stop()
client_table.draw(scope, shown, now)
client_table.rules()
