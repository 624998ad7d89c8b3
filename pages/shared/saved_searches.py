"""Saved searches: keep a question, open it by a short link, see what matches it newly."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pandas as pd
import streamlit as st

from clients.errors import ClientError
from jobs.search.search import find
from pages.shared import cached, database, messages, narrowing, saved, words
from pages.shared.cached import MINUTE, remembered
from pages.shared.reasons import Found
from pages.shared.scope import Scope
from pages.shared.search_modes import LIMITS, MODES
from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate
from queries.maps import saved_views
from queries.search import saved_searches
from queries.search.saved_searches import SavedSearch

COUNTED = 10  # of one reader's searches, the newest: counting one costs a search
NOT_COUNTED = f"not counted: only the newest {COUNTED} are"
OPENED = "opened search"
MATCH = ("new match", "new matches")


def obey_link(scope: Scope) -> None:
    """Where the address is a short link, put the search in its place."""
    code = st.query_params.pop(saved.LINK, None)
    if not code:
        return
    for search in saved_searches.searches(scope.gate):
        if (search.code, search.collection) == (code, scope.collection.name):
            _open(scope.gate, search)
            st.rerun()
    messages.nothing_found(
        "There is no such saved search.", "It was dropped, or it is somebody else's."
    )


def draw(scope: Scope, question: str) -> None:
    """Save what is asked now, and the searches of this collection that are kept."""
    new = [count for _, count in _kept(scope) if isinstance(count, int)]
    label = "Saved searches" + (f" · {sum(new):,} new" if any(new) else "")
    with st.popover(label, icon=":material/bookmark:"):
        _save(scope, question)
        for search, count in _kept(scope):
            _line(scope.gate, search, count)


def _kept(scope: Scope) -> Iterator[tuple[SavedSearch, int | str]]:
    """The searches of this collection, each with what is new to it."""
    every = saved_searches.searches(scope.gate)
    here = [search for search in every if search.collection == scope.collection.name]
    for place, search in enumerate(here):
        counted = place < COUNTED
        yield search, _new(scope.gate, scope.collection, search) if counted else NOT_COUNTED


def marked(found: Found, question: str) -> Found:
    """The hits of a search that was just opened, each new one saying so."""
    asked, before = st.session_state.get(OPENED, (None, None))
    if asked != question or "time" not in found.rows:
        return found
    later = is_later(found.rows, before)
    cards = [
        hit._replace(why=f"new since {words.day(before)} · {hit.why}") if new else hit
        for hit, new in zip(found.hits, later, strict=True)
    ]
    many = words.count(int(later.sum()), "of these is", "of these are")
    told = f"{found.sentence} {many} later than {words.day(before)}, when you last looked."
    return replace(found, hits=cards, sentence=told)


def lines(gate: Gate) -> Iterator[tuple[str, str, dict[str, str | int]]]:
    """For Overview: each kept search that something new matches, and how it is opened."""
    there = {each.name: each for each in cached.collections(gate.identity, gate)}
    for search in saved_searches.searches(gate)[:COUNTED]:
        collection = there.get(search.collection)
        new = _new(gate, collection, search) if collection else None
        if isinstance(new, int) and new:  # why one could not be counted is told by Search
            named = f"Saved search “{words.plain(search.name)}”"
            opened = {"collection": search.collection, saved.LINK: search.code}
            yield f"{named}: {words.count(new, *MATCH)}", "search", opened


def is_later(rows: pd.DataFrame, moment: datetime) -> pd.Series:
    """Which rows are of a later time; a row without one is not."""
    return pd.to_datetime(rows["time"], utc=True) > moment


def _new(gate: Gate, collection: Collection, search: SavedSearch) -> int | str:
    """How many of its rows are new, or why that cannot be said."""
    if collection.time is None:
        return "rows have no time, so none can be called new"
    try:
        filters = narrowing.told_by(search.address, collection)
        version = cached.version(gate.identity, collection, gate)
        scope = Scope(collection, filters, gate, version)
        return _counted(scope, search.question, *_asked(search), search.seen_at)
    except (QueryError, ClientError) as error:
        return str(error)


@remembered(5 * MINUTE, 200)
def _counted(scope: Scope, question: str, mode: str, limit: int, seen_at: datetime) -> int:
    embedder = database.asking(cached.model(scope))
    found = find(
        scope.gate, scope.collection, question, embedder, scope.filters, mode=mode, limit=limit
    )
    return int(is_later(found.hits, seen_at).sum())


def _asked(search: SavedSearch) -> tuple[str, int]:
    """Its mode, and how many rows it shows; what an address does not say is the first choice."""
    by, rows = ("".join(search.address.get(key, "")) for key in ("by", "rows"))
    usual = next(iter(MODES.values()))
    return MODES.get(by, usual), int(rows) if rows in map(str, LIMITS) else LIMITS[0]


def _line(gate: Gate, search: SavedSearch, new: int | str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"s-{search.code}"):
        st.button(search.name, key=f"open-{search.code}", on_click=_open, args=(gate, search))
        told = words.count(new, *MATCH) if isinstance(new, int) else new
        st.caption(told, width="stretch")
        drop = {"on_click": saved_views.forget, "args": (gate, search.code)}
        st.button("Drop", key=f"drop-{search.code}", type="tertiary", **drop)


def _save(scope: Scope, question: str) -> None:
    if not question:
        st.caption("Ask something, then keep it here: you are told when something new matches.")
        return
    with st.form("save-search", border=False, clear_on_submit=True):
        name = st.text_input(
            "Save this search as", words.short(question, 60), max_chars=saved_views.LONGEST_NAME
        )
        if scope.filters.owner:
            st.caption("The owner filter is not kept: nothing that is kept names a person.")
        if not st.form_submit_button("Save"):
            return
    try:
        code = saved_searches.save(scope.gate, scope.collection, name, question, saved.kept())
    except QueryError as error:
        messages.failed(error)
        return
    st.caption("Its short link, for you alone:")
    st.code(f"/search?collection={scope.collection.name}&{saved.LINK}={code}", language=None)


def _open(gate: Gate, search: SavedSearch) -> None:
    before = saved_searches.see(gate, search.code)
    saved.open_address(search.address, q=search.question)
    st.session_state[OPENED] = (search.question, before or search.seen_at)
