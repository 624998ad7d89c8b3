"""Twin: a person's documents in chunks, conversations, and what is kept for a while."""

import streamlit as st

from pages.shared import messages, system_frame, twin_parts
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
    system_frame.chosen_view(VIEWS)(scope)
except QueryError as error:
    messages.failed(error)
