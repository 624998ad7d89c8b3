"""Twin: a person's documents in chunks, conversations, and what is kept for a while."""

import streamlit as st

from pages.shared import address, messages, system_frame, twin_parts
from queries.errors import QueryError

VIEWS = {
    "Documents": twin_parts.documents,
    "Conversations": twin_parts.conversations,
    "Cache and limits": twin_parts.expiring,
}

scope = system_frame.open_system("Twin", "chunks")
st.title("Twin")
try:
    twin_parts.space(scope)
    view = address.choice(
        "Show",
        list(VIEWS),
        "view",
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    VIEWS[view](scope)
except QueryError as error:
    messages.failed(error)
