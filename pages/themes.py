"""Themes: what the texts are about, named, sized and followed over time."""

import streamlit as st

from pages.shared import asked, cached, catalogue, frame, messages, narrowing, theme, trust
from queries.errors import QueryError

scope = frame.open_page("Themes")
st.title("Themes")

try:
    run = cached.run(scope)
    if run is None:
        messages.no_map(scope.collection.name)
        st.stop()
    asked.show(scope)
    themes = cached.themes(scope)
    if themes.empty:
        messages.nothing_found(
            "No theme has a row that you may read.", "There is nothing of yours on this map."
        )
        st.stop()
    opened = narrowing.theme_in_link()
    if opened is None:
        catalogue.show(scope, run, themes)
        trust.show(scope, run, themes)
    elif opened in set(themes["id"]):
        theme.show(scope, themes, opened)
    else:
        messages.nothing_found(
            f"There is no theme {opened} in the current map.",
            "It may have been retired by a refit, or belong to another collection. "
            "These are the ones that are there.",
        )
        catalogue.show(scope, run, themes)
except QueryError as error:
    messages.failed(error)
