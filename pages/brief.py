"""Session brief: one page before a session, every sentence a way to the passage it rests on."""

import streamlit as st

from jobs.coaching.brief_text import markdown
from pages.shared import (
    brief_page,
    brief_writer,
    cached_clients,
    client_course,
    coaching,
    messages,
    screens,
)
from queries.errors import QueryError

scope = coaching.open_page("Brief")

try:
    clients = cached_clients.overview(scope)
    client = client_course.opened(clients)
    if client is None:
        st.title("Session brief")
        client_course.choose(clients)
        st.stop()
    name, owner = coaching.name_of(client), str(client["owner"])
    told = brief_page.told(scope, owner)
    kept = brief_writer.kept(scope, owner)
    there = kept is not None or brief_writer.is_kept(scope, owner)
    made = kept or brief_page.made(told)
except QueryError as error:
    messages.failed(error)
    st.stop()

brief_page.print_style()
st.title(f"Session brief: {name}")
with st.container(horizontal=True, vertical_alignment="center", key="not-printed"):
    screens.link("client", "The client's page", ":material/person:", client=owner)
    st.download_button(
        "Markdown", markdown(made, name), f"brief-{owner}.md", "text/markdown",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    brief_writer.draw(scope, client, told, there=there, shown=kept is not None)
    st.caption("To print, press Ctrl+P (⌘P): the page prints without its frame.")
brief_writer.said(made, told)
brief_page.draw(made, owner)
