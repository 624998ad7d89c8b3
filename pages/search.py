"""Search: the rows that fit a question best, by meaning and by words."""

import streamlit as st

from pages.shared import address, answers, asked_lately, frame, saved_searches
from pages.shared.search_modes import LIMITS, MODES

scope = frame.open_page("Search")
st.title("Search")
saved_searches.obey_link(scope)

question = address.text("Find text about", "q", placeholder="a question, a phrase, a word")
with st.container(horizontal=True, vertical_alignment="bottom"):
    by = address.choice("By", list(MODES), "by", widget=st.segmented_control, required=True)
    limit = address.choice("Rows", LIMITS, "rows", width=90)
    tools = st.container(horizontal=True, width="content")

answers.show(scope, question, MODES[by], limit)
with tools:  # after the answers, so that nobody waits for what else is new
    saved_searches.draw(scope, question)
    asked_lately.draw(scope)
