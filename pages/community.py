"""Community: what members publish, what comes of it, and what is there twice."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import community_parts, messages, system_frame
from queries.errors import QueryError

VIEWS = {
    "Content": community_parts.content,
    "Contributors": community_parts.contributors,
    "Engagement": community_parts.engagement,
    "Duplicates": community_parts.duplicates,
}

scope = system_frame.open_system("Community", "members")
st.title("Community")
view = system_frame.chosen_view(VIEWS)
try:
    view(scope)
except (QueryError, ClientError) as error:
    messages.failed(error)
st.caption("What was deleted or is private is in no list and no count.")
