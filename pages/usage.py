"""Usage: how many people use what, from the latest release; for the product team."""

import streamlit as st

from pages.shared import address, cached, frame, hits, messages, release_table, usage_parts
from queries.errors import QueryError

gate = frame.open_plain("Usage")
st.title("Usage")

try:
    found = usage_parts.of_usage(cached.releases(gate.identity, gate))
    if found.empty:
        messages.not_computed(
            "Nothing is released about usage yet.",
            "./northlight release usage",
            "releases the last closed week.",
        )
        st.stop()
    systems = list(dict.fromkeys(found["system"]))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        system = address.choice("Of", systems, "of", format_func=usage_parts.title)
        release = release_table.choice(usage_parts.of_system(found, system))
    shown = usage_parts.chosen(gate, found, release)
except QueryError as error:
    messages.failed(error)
    st.stop()

st.markdown(release_table.sentence(shown.release))
st.caption(release_table.rule(shown.release.rule, "their actions"))
usage_parts.headline(shown)
usage_parts.over_time(gate, found, system)
with st.container(horizontal=True, gap="medium"):
    usage_parts.by_part(shown)
    usage_parts.dimensions(shown)
with st.expander("Two at a time"):
    usage_parts.crossed(shown)
hits.export(shown.cells, f"{shown.release.collection}-{shown.release.week}")
