"""Map: the projection, coloured by theme or facet; select rows to list them."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import asked, atlas, cached, cached_map, frame, messages, refit, saved, trust
from queries.errors import QueryError
from queries.queue import asking

scope = frame.open_page("Map")
st.title("Map")

try:
    run = cached.run(scope)
    if run is None:
        messages.no_map(scope.collection.name)
        st.stop()
    saved.obey_link(scope)
    asked.show(scope)
    state = asking.map_state(scope.gate, scope.collection)
    shown = refit.chosen(state)
    if state is not None and shown != refit.NOW:
        refit.draw(scope, run, state, shown)
        st.stop()
    colour, question = atlas.controls(scope)
    chart = cached_map.chart(scope, run.id, colour)
    if chart is None:
        messages.nothing_found(
            "No row on the map fits these filters.",
            f"Searched: {scope.sentence}. Remove one in the sidebar.",
        )
        st.stop()
    answers = atlas.lit(scope, run, question)
    st.caption(atlas.sentence(scope, run, chart, answers, question))
    atlas.explore(scope, run, colour, answers)
    trust.show(scope, run, cached.themes(scope))
    refit.offer(scope, run, state)
except (QueryError, ClientError) as error:
    messages.failed(error)
