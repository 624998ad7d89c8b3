"""Everywhere: one question to every collection the reader may open, the hits by collection."""

import streamlit as st

from pages.shared import address, cached, everywhere_parts, frame, messages
from queries.errors import QueryError

gate = frame.open_plain("Everywhere")
st.title("Everywhere")
question = address.text("Find text about", "q", placeholder="a question, a phrase, a word")
try:
    collections = frame.in_groups(cached.collections(gate.identity, gate))
    if not collections:
        messages.not_declared("No collection is open to you.", "Ask an operator for one.")
    elif not question:
        names = ", ".join(collection.title for collection in collections)
        st.caption(f"One question to all that you may open: {names}.")
    else:
        everywhere_parts.show(gate, collections, question)
except QueryError as error:
    messages.failed(error)
