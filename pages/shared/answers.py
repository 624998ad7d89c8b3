"""What Search answers: to a question, or with the rows like a row; or why it has no answer."""

import streamlit as st

from clients.errors import ClientError
from pages.shared import (
    asked_lately,
    cached,
    database,
    examples,
    hits,
    how,
    messages,
    reasons,
    saved_searches,
    screens,
)
from pages.shared.reasons import Found
from pages.shared.scope import Scope
from queries.errors import QueryError


def show(scope: Scope, question: str, mode: str, limit: int) -> None:
    """The rows, each with why it is there, or one sentence that says what to do."""
    from_rows = examples.marks() or st.query_params.get("like")
    if not question and not from_rows:
        messages.ask_something(scope)
        return
    _say_where_it_goes(scope)
    try:
        if from_rows:
            found = _like_rows(scope, question, limit)
        else:
            found = _answered(scope, question, mode, limit)
    except (QueryError, ClientError) as error:
        messages.failed(error)
        return
    messages.notice(found.notice)
    if not found.hits:
        messages.nothing_found(
            "No row fits.",
            f"Searched: {scope.sentence}. Use other words, search by meaning, or remove a filter.",
        )
        return
    _listed(scope, found)
    if not from_rows:
        how.show(scope, question, mode, limit)


def _say_where_it_goes(scope: Scope) -> None:
    embedder = database.asking(cached.model(scope))
    if embedder.sends_to:
        st.caption(f"What is asked is sent to {embedder.sends_to}, to the model {embedder.name}.")


def _like_rows(scope: Scope, question: str, limit: int) -> Found:
    marked, like = examples.marks(), st.query_params.get("like", "")
    if marked:
        return examples.like_marks(scope, marked, question, limit)
    if part := st.query_params.get("part"):
        return examples.like_passage(scope, like, part, limit)
    return reasons.like_this(scope, like, limit)


def _answered(scope: Scope, question: str, mode: str, limit: int) -> Found:
    found = reasons.answers(cached.search(scope, question, mode, limit), scope)
    asked_lately.note(scope, question, mode)
    return saved_searches.marked(found, question)


def _listed(scope: Scope, found: Found) -> None:
    st.caption(found.sentence)
    with st.container(horizontal=True, vertical_alignment="center"):
        screens.link("map", "See on the map", ":material/scatter_plot:")
        hits.export(found.rows, f"{scope.collection.name}-search")
        hits.export_json(found.rows, f"{scope.collection.name}-search")
    hits.show(found.hits, examples.offer)
