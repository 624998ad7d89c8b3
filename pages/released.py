"""Released figures: weekly releases of rounded counts, for the product role."""

import streamlit as st

from pages.shared import address, cached, frame, hits, messages, release_table
from queries.errors import QueryError

gate = frame.open_plain("Released figures")
st.title("Released figures")

try:
    found = cached.releases(gate.identity, gate)
    if found.empty:
        messages.not_computed(
            "Nothing is released yet.",
            "./northlight release make responses",
            "makes the release of the last closed week.",
        )
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = list(dict.fromkeys(found.sort_values("id")["collection"]))
        name = address.choice("Released", names, "released", format_func=release_table.named)
        release = release_table.choice(found[found["collection"] == name])
    shown = release_table.readable(
        cached.release_cells(gate.identity, release.id, gate), release.rule
    )
except QueryError as error:
    messages.failed(error)
    st.stop()

st.markdown(release_table.sentence(release))
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(release_table.rule(release.rule), width="stretch")
    hits.export(shown, f"{release.collection}-{release.week}-{release.revision}")
st.dataframe(
    shown,
    hide_index=True,
    height=560,
    key="cells",
    column_config={
        **{name: name.capitalize() for name in shown},
        "value": st.column_config.TextColumn("Value", width="medium"),
    },
)
