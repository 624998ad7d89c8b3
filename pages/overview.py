"""Overview: what is here, how fresh it is, and what changed."""

import streamlit as st

from pages.shared import cached, digest, frame, hits, messages, news
from queries.errors import QueryError

NEWEST = 5

gate = frame.open_plain("Overview")
try:
    news.show(gate)
except QueryError as error:
    messages.failed(error)
    st.stop()
scope = frame.narrowed(gate, "Overview")
collection = scope.collection
st.title(collection.title)

try:
    summary = cached.summary(scope)
except QueryError as error:
    messages.failed(error)
    st.stop()

st.markdown(digest.what_is_here(collection, summary))
if not summary.rows:
    messages.nothing_found(
        "The table is empty.", f"`./northlight load FILE --into {collection.name}` fills it."
    )
    st.stop()

if trouble := cached.trouble(scope):
    st.warning(f"Similarity means nothing here. {trouble}", icon=":material/warning:")
digest.figures(summary)
digest.what_to_do(collection, summary)

left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("Over time")
    digest.over_time(scope)
    st.subheader("Newest rows" if collection.time else "Some rows")
    hits.show(digest.newest(scope, NEWEST))
with right:
    st.subheader("Largest themes")
    digest.largest_themes(scope)
    st.subheader("What it consists of")
    digest.facets(scope)

st.caption(f"Filters: {scope.sentence}. {digest.made_from(summary)}")
