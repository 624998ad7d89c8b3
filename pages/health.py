"""Health: the queue, workers, collections, versions and sizes. For operators; holds no text."""

import streamlit as st

from pages.shared import cached_house, frame, health_parts, messages
from queries.errors import QueryError

gate = frame.open_plain("Health")
st.title("Health")
try:
    house = cached_house.house(gate.identity, gate)
    queue = cached_house.queue(gate.identity, gate)
except QueryError as error:
    messages.failed(error)
    st.stop()

health_parts.sentence(house, queue)
health_parts.figures(house, queue)
st.subheader("Collections")
health_parts.collections(house)
st.subheader("Queue")
health_parts.jobs(queue)
