"""Progress: what people finish, how long they keep going, and how they come along."""

import streamlit as st

from pages.shared import address, cached_clients, coaching, messages, progress_filters
from pages.shared import progress_parts as parts
from queries.errors import QueryError

PARTS = {
    "Exercises": parts.completion,
    "Sessions": parts.sessions,
    "Streaks": parts.streaks,
    "Cohorts": parts.cohorts,
    "Mood and confidence": parts.trajectories,
    "What goes together": parts.associations,
}

scope = coaching.open_page("Progress")
st.title("Progress")

try:
    told = cached_clients.histories(scope)
    if told.last_day is None:
        messages.not_computed(
            "Nothing was done yet that you may see.",
            f"./northlight embed {scope.collection.name}",
            "brings the kept figures up to date.",
        )
        st.stop()
    chosen = progress_filters.draw(scope)
    parts.headline(scope, chosen)
    part = address.choice(
        "Part", list(PARTS), "part", widget=st.segmented_control, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    PARTS[part](scope, chosen)
except QueryError as error:
    messages.failed(error)
    st.stop()

st.caption(progress_filters.made_from(told, chosen))
