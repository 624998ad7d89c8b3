"""The frame of the coaching screens: which system, who, and as of when."""

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from pages.shared import address, cached, cached_clients, frame, messages, narrowing, words
from pages.shared.scope import Scope
from queries.collection import Collection
from queries.errors import QueryError
from queries.identifiers import split_name

EPOCH = date(1970, 1, 1)
# The tables beside the responses that hold a client's own words, and what a row of each is called.
BESIDE = {"playbook_entries": "entry", "avatar_interactions": "avatar talk"}


def open_page(title: str) -> Scope:
    """Draw the frame; the collection that says how people come along, unfiltered."""
    gate = frame.open_plain(title)
    try:
        known = [c for c in cached.collections(gate.identity, gate) if c.companion("answers")]
        if not known:
            st.title(title)
            messages.not_declared(
                "No collection here says how people come along.",
                "`./northlight collections connect --known` finds North Playbook's tables.",
            )
            st.stop()
        collection = _picked(known)
        version = cached.version(gate.identity, collection, gate)
    except QueryError as error:
        messages.failed(error)
        st.stop()
    return Scope(collection, narrowing.NONE, gate, version)


def _picked(known: list[Collection]) -> Collection:
    """The one in the address, or the first; a choice is drawn only where there is one."""
    by_name = {collection.name: collection for collection in known}
    if len(known) == 1:
        return known[0]
    with st.sidebar:
        name = address.choice(
            "Programme", list(by_name), "programme", format_func=lambda n: by_name[n].title
        )
    return by_name[name]


def beside(scope: Scope, table: str) -> Collection | None:
    """The declared collection of that table in the same schema, if the reader may open it."""
    schema = split_name(scope.collection.table)[:-1]
    wanted = (*schema, table)
    every = cached.collections(scope.gate.identity, scope.gate)
    return next((c for c in every if split_name(c.table) == wanted), None)


def scope_of(scope: Scope, collection: Collection) -> Scope:
    """The same reader's scope of another collection, unfiltered."""
    version = cached.version(scope.gate.identity, collection, scope.gate)
    return Scope(collection, narrowing.NONE, scope.gate, version)


def name_of(client: pd.Series) -> str:
    """First and last name, or the owner's id where there is none."""
    told = [client.get("first_name"), client.get("last_name")]
    named = " ".join(str(part) for part in told if part is not None and not pd.isna(part))
    return named or str(client["owner"])


def day_of(number: int) -> date:
    """The day of a number of days since 1970-01-01."""
    return EPOCH + timedelta(days=int(number))


def number_of(day: date) -> int:
    """The inverse of day_of."""
    return (day - EPOCH).days


def moment(seconds: float) -> datetime | None:
    """The moment of seconds since 1970; None for none."""
    return None if pd.isna(seconds) else datetime.fromtimestamp(float(seconds), UTC)


def as_of(scope: Scope) -> datetime:
    """The moment that "ago" counts from; says so where that is not now."""
    _, day, fresh = cached_clients.look_day(cached_clients.histories(scope))
    if fresh:
        return cached.now()
    shown = day_of(day)
    st.caption(
        f"Nothing was written since {words.day(pd.Timestamp(shown))}; "
        "everything is as of that day.",
    )
    return datetime(shown.year, shown.month, shown.day, 23, 59, tzinfo=UTC)
