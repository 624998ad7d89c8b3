"""One client: what they did and wrote, how it goes, what is open, and the coach's own notes."""

import streamlit as st

from pages.shared import (
    address,
    cached_clients,
    client_course,
    client_notes,
    client_texts,
    coaching,
    messages,
)
from queries.errors import QueryError

PARTS = {
    "Course": client_course.draw,
    "Texts": client_texts.draw,
    "Exercises": client_texts.exercises,
    "Notes": client_notes.draw,
}

scope = coaching.open_page("Client")

try:
    clients = cached_clients.overview(scope)
    client = client_course.opened(clients)
    if client is None:
        st.title("Client")
        client_course.choose(clients)
        st.stop()
    st.title(coaching.name_of(client))
    now = coaching.as_of(scope)
    client_course.head(scope, client, now)
    client_texts.passage(scope, client)
    part = address.choice(
        "Part", list(PARTS), "part", widget=st.segmented_control, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    PARTS[part](scope, client, now)
except QueryError as error:
    messages.failed(error)
