"""Patterns: what the repositories of a team have, share, depend on and suffer from."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import issue_parts, messages, pattern_parts, system_frame, team_parts
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
view = system_frame.chosen_view(VIEWS)
try:
    view(scope)
except (QueryError, ClientError) as error:
    messages.failed(error)
