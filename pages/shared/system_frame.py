"""The frame of a page about one of the systems, wherever its tables live."""

from collections.abc import Callable, Mapping

import streamlit as st

from pages.shared import address, cached, frame, messages, operator_reason
from pages.shared.narrowing import NONE
from pages.shared.scope import Scope
from queries.collection import Collection
from queries.collections.beside import has
from queries.errors import QueryError

COMMAND = "./northlight collections connect --known"


def open_system(title: str, *companions: str) -> Scope:
    """The system's main collection: the one that has these companions; a choice among several.

    Stops with a sentence where there is none, or where it is not open to the reader.
    """
    gate = frame.open_plain(title)
    try:
        found = [c for c in cached.collections(gate.identity, gate) if has(c, *companions)]
        if not found:
            st.title(title)
            messages.not_computed(
                "No such system is open to you.", COMMAND, "finds those in the database."
            )
            st.stop()
        collection = _chosen(found)
        operator_reason.demand(gate, collection, title)
        version = cached.version(gate.identity, collection, gate)
    except QueryError as error:
        messages.failed(error)
        st.stop()
    return Scope(collection, NONE, gate, version)


def chosen_view(views: Mapping[str, Callable[[Scope], None]]) -> Callable[[Scope], None]:
    """The part of the page that is shown: one of these by its name, which the address carries."""
    name = address.choice(
        "Show",
        list(views),
        "view",
        widget=st.segmented_control,
        required=True,
        label_visibility="collapsed",
    )
    return views[name]


def beside_it(scope: Scope, table: str) -> Scope | None:
    """The collection of the table of that name in the same schema, if it is open to the reader."""
    schema = scope.collection.table.rpartition(".")[0]
    for other in cached.collections(scope.gate.identity, scope.gate):
        if other.table == f"{schema}.{table}" if schema else other.table == table:
            version = cached.version(scope.gate.identity, other, scope.gate)
            return Scope(other, NONE, scope.gate, version)
    return None


def _chosen(found: list[Collection]) -> Collection:
    by_name = {collection.name: collection for collection in found}
    if len(found) == 1:
        return found[0]
    with st.sidebar:
        name = address.choice(
            "System", list(by_name), "system", format_func=lambda name: by_name[name].title
        )
    return by_name[name]
