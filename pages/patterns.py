"""Patterns: what the repositories of a team have, share, depend on and suffer from."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import address, issue_parts, messages, pattern_parts, system_frame, team_parts
from queries.errors import QueryError

VIEWS = {
    "Find": pattern_parts.find,
    "Repositories": team_parts.repositories,
    "Shared": pattern_parts.shared,
    "Dependencies": team_parts.dependencies,
    "Issues": issue_parts.issues,
    "Lessons and decisions": pattern_parts.learned,
}

scope = system_frame.open_system("Patterns", "repositories")
st.title("Patterns")
view = address.choice(
    "Show",
    list(VIEWS),
    "view",
    widget=st.segmented_control,
    required=True,
    label_visibility="collapsed",
)
try:
    VIEWS[view](scope)
except (QueryError, ClientError) as error:
    messages.failed(error)
