"""The hits of one question, a few from each collection: those that are close to it.

What is close was learnt from the collection's own rows. Search says that nothing is close and
shows the nearest all the same; among many collections far rows would hide what was looked for.
"""

from collections.abc import Sequence

import streamlit as st

from clients.errors import ClientError
from pages.shared import cached, frame, hits, operator_reason, screens, words
from pages.shared.narrowing import NONE
from pages.shared.scope import Scope
from queries.collection import Collection
from queries.errors import LimitReached, NotEmbedded, QueryError
from queries.gate import Gate

EACH = 3


def show(gate: Gate, collections: Sequence[Collection], question: str) -> None:
    """A group a collection, those with hits in the order of the systems; then what has none."""
    nothing: dict[str, list[str]] = {}  # titles by why there is nothing
    for collection in collections:
        found = _found(gate, collection, question)
        if isinstance(found, str):
            nothing.setdefault(found, []).append(collection.title)
            continue
        st.subheader(collection.title)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(frame.group_title(collection), width="stretch")
            screens.link(
                "search",
                "All of these",
                ":material/search:",
                collection=collection.name,
                q=question,
            )
        for hit in found:
            with st.container(border=True, key=f"{collection.name}-{hit.row_id}", gap="xsmall"):
                st.html(hits.body(hit))
    if nothing:
        told = (f"{', '.join(titles)} ({why})" for why, titles in nothing.items())
        st.caption(f"Nothing from {'; '.join(told)}.")


def _found(gate: Gate, collection: Collection, question: str) -> list[hits.Hit] | str:
    """The best rows, or why there are none. A limit that is reached ends the search."""
    try:
        if operator_reason.is_missing(gate, collection):
            return "needs a recorded reason, which Search asks for"
        version = cached.version(gate.identity, collection, gate)
        scope = Scope(collection, NONE, gate, version)
        found = cached.search(scope, question, "hybrid", EACH).hits
    except LimitReached:
        raise
    except NotEmbedded:
        return "not embedded yet"
    except (QueryError, ClientError) as error:
        return words.short(str(error))
    if found.empty:
        return "no row fits"
    found = found[found["close"].fillna(True)]  # missing: this collection's rows could not tell
    if found.empty:
        return "nothing close to it"
    return [
        hits.Hit(row.row_id, row.text or "", hits.about(row), "", row.words, row.passage or "")
        for row in found.itertuples()
    ]
