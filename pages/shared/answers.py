"""What Search answers: to a question, or with the rows like a row; or why it has no answer."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import asked_lately, cached, hits, how, messages, reasons, saved_searches, screens
from pages.shared.reasons import Found
from pages.shared.scope import Scope
from queries.errors import QueryError


def show(scope: Scope, question: str, mode: str, limit: int) -> None:
    """The rows, each with why it is there, or one sentence that says what to do."""
    like = st.query_params.get("like")
    if not question and not like:
        messages.ask_something(scope)
        return
    try:
        if like:
            found = reasons.like_this(scope, like, limit)
        else:
            found = _answered(scope, question, mode, limit)
    except (QueryError, ClientError) as error:
        messages.failed(error)
        return
    if found.notice:
        st.warning(found.notice)
    if not found.hits:
        messages.nothing_found(
            "No row fits.",
            f"Searched: {scope.sentence}. Use other words, search by meaning, or remove a filter.",
        )
        return
    _listed(scope, found)
    if not like:
        how.show(scope, question, mode, limit)


def _answered(scope: Scope, question: str, mode: str, limit: int) -> Found:
    found = reasons.answers(cached.search(scope, question, mode, limit), scope)
    asked_lately.note(scope, question, mode)
    return saved_searches.marked(found, question)


def _listed(scope: Scope, found: Found) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(found.sentence, width="stretch")
        screens.link("map", "See on the map", ":material/scatter_plot:")
        hits.export(found.rows, f"{scope.collection.name}-search")
        hits.export_json(found.rows, f"{scope.collection.name}-search")
    hits.show(found.hits, on_search=True)
