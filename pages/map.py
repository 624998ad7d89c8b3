"""Map: the projection, coloured by theme or facet; outline rows to list them."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import atlas, cached, frame, messages
from queries.errors import QueryError

scope = frame.open_page("Map")
st.title("Map")

try:
    run = cached.run(scope)
    if run is None:
        messages.no_map(scope.collection.name)
        st.stop()
    colour, question = atlas.controls(scope)
    chart = atlas.chart(scope, run, colour)
    if chart is None:
        messages.nothing_found(
            "No row on the map fits these filters.",
            f"Searched: {scope.sentence}. Remove one in the sidebar.",
        )
        st.stop()
    lit = atlas.lit(scope, chart, question)
    st.caption(atlas.sentence(scope, run, chart, lit, question))
    atlas.explore(scope, run, chart, lit)
except (QueryError, ClientError) as error:
    messages.failed(error)
