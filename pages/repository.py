"""Repository: everything that is known of one, each part with the way on."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import (
    address,
    cached_patterns,
    messages,
    recommended,
    repository_parts,
    system_frame,
)
from queries.errors import QueryError

scope = system_frame.open_system("Repository", "repositories")
try:
    listed = cached_patterns.listed(scope)
    names = sorted(listed["repository"])
    name = address.typed_choice("Repository", names, "repository", placeholder="choose one")
    if not name:
        st.title("Repository")
        messages.nothing_found("No repository is chosen.", "Choose one above.")
        st.stop()
    if name not in names:
        messages.nothing_found(f"There is no repository “{name}”.", "Choose one of the list.")
        st.stop()
    st.title(name)
    repository_parts.headline(listed[listed["repository"] == name].iloc[0])
    left, right = st.columns([3, 2], gap="large")
    with left:
        repository_parts.patterns(scope, name)
        repository_parts.recommended(scope, listed[listed["repository"] == name].iloc[0])
        repository_parts.issues(scope, name)
        repository_parts.lessons(scope, name)
        recommended.lessons(scope, name)
    with right:
        repository_parts.links(scope, name)
        repository_parts.checks(scope, name)
        repository_parts.beside(scope, name)
    repository_parts.add(scope, name)
except (QueryError, ClientError) as error:
    messages.failed(error)
