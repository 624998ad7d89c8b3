"""Search: the rows that fit a question best, by meaning and by words."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import address, cached, frame, hits, how, messages, reasons, screens
from queries.errors import QueryError

MODES = {"Meaning and words": "hybrid", "Meaning": "meaning", "Words": "words"}

scope = frame.open_page("Search")
st.title("Search")

with st.container(horizontal=True, vertical_alignment="bottom"):
    question = address.text("Find text about", "q", placeholder="a question, a phrase, a word")
    mode = address.choice("By", list(MODES), "by", widget=st.segmented_control, required=True)
    limit = address.choice("Rows", (20, 50, 100), "rows", width=90)

like = st.query_params.get("like")
if not question and not like:
    messages.ask_something(scope)
    st.stop()

try:
    if like:
        found = reasons.like_this(scope, like, limit)
    else:
        found = reasons.answers(cached.search(scope, question, MODES[mode], limit), scope)
except (QueryError, ClientError) as error:
    messages.failed(error)
    st.stop()

if found.notice:
    st.warning(found.notice)
if not found.hits:
    messages.nothing_found(
        "No row fits.",
        f"Searched: {scope.sentence}. Use other words, search by meaning, or remove a filter.",
    )
    st.stop()

with st.container(horizontal=True, vertical_alignment="center"):
    st.caption(found.sentence, width="stretch")
    screens.link("map", "See on the map", ":material/scatter_plot:")
    hits.export(found.rows, f"{scope.collection.name}-search")
    hits.export_json(found.rows, f"{scope.collection.name}-search")
hits.show(found.hits, on_search=True)
if not like:
    how.show(scope, question, MODES[mode], limit)
