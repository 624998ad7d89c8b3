"""Every cached query, one short function each.

Keys are identity, collection, version and filters (`scope.cache_key`), numbers and strings; never a
frame or an array, which Streamlit hashes from a sample. Times to live are short: the explored
tables change under us, and only embedding and mapping change the version.
"""

from datetime import date, datetime

import pandas as pd
import streamlit as st

from jobs.search.search import find
from pages.shared import database
from pages.shared.scope import Scope, cache_key
from queries import catalog
from queries.access import trail
from queries.access.reasons import Reason
from queries.access.reasons import own_reason as held_reason
from queries.collection import Collection
from queries.collections import overview
from queries.collections.overview import Summary
from queries.embeddings import spaces
from queries.gate import Gate, Identity
from queries.maps import runs
from queries.maps.runs import Run
from queries.releases import releases as stored_releases
from queries.rows import facets, rows, timeline
from queries.rows.timeline import Span
from queries.search import neighbours
from queries.search.search import SearchResult
from queries.themes import themes as stored_themes

MINUTE = 60
KEYS = {"pages.shared.scope.Scope": cache_key}


def remembered(seconds: int, entries: int):
    """cache_data with a lifetime and a bound, keyed by a scope's plain words."""
    return st.cache_data(ttl=seconds, max_entries=entries, show_spinner=False, hash_funcs=KEYS)


@remembered(5, 50)
def collections(identity: Identity, _gate: Gate) -> list[Collection]:  # noqa: ARG001 - the key
    """The collections this reader can open; looked up every five seconds."""
    return catalog.collections(_gate)


@remembered(5, 200)
def version(identity: Identity, collection: Collection, _gate: Gate) -> str:  # noqa: ARG001
    """What the collection's embeddings and map are made from; looked up every five seconds."""
    return overview.what_was_made(_gate, collection).version


@remembered(5, 50)
def own_reason(identity: Identity, name: str, _gate: Gate) -> Reason | None:  # noqa: ARG001
    """The operator's reason for a collection; its epoch is new whenever one is given or ends."""
    return held_reason(_gate, name)


@remembered(MINUTE, 50)
def releases(identity: Identity, _gate: Gate) -> pd.DataFrame:  # noqa: ARG001
    """The releases, the latest first."""
    return stored_releases.releases(_gate)


@remembered(5 * MINUTE, 50)
def release_cells(identity: Identity, release_id: int, _gate: Gate) -> pd.DataFrame:  # noqa: ARG001
    """The cells of a release."""
    return stored_releases.cells(_gate, release_id)


@remembered(5, 20)
def audit_people(identity: Identity, _gate: Gate) -> pd.DataFrame:  # noqa: ARG001
    """Who is in the trail, with their actions."""
    return trail.people(_gate)


@remembered(5, 50)
def audit_entries(
    identity: Identity,  # noqa: ARG001
    person: str | None,
    action: str | None,
    day: date | None,
    _gate: Gate,
) -> pd.DataFrame:
    """Entries of the trail."""
    return trail.entries(_gate, person, action, day)


@remembered(MINUTE, 20)
def audit_breaks(identity: Identity, _gate: Gate) -> pd.DataFrame:  # noqa: ARG001
    """Where the trail's chain does not hold."""
    return trail.breaks(_gate)


@remembered(MINUTE, 200)
def summary(scope: Scope) -> Summary:
    """The collection in figures."""
    return overview.summary(scope.gate, scope.collection)


@remembered(5 * MINUTE, 500)
def facet_counts(scope: Scope, facet: str, limit: int) -> pd.DataFrame:
    """Values of a facet with their rows."""
    return facets.counts(scope.gate, scope.collection, facet, scope.filters, limit)


@remembered(5 * MINUTE, 200)
def owner_counts(scope: Scope, limit: int) -> pd.DataFrame:
    """Owners with their rows."""
    return facets.owners(scope.gate, scope.collection, scope.filters, limit)


@remembered(MINUTE, 200)
def over_time(scope: Scope, period: str) -> pd.DataFrame:
    """Rows and owners of each period."""
    return timeline.counts(scope.gate, scope.collection, scope.filters, period)


@remembered(10 * MINUTE, 200)
def span(scope: Scope) -> Span:
    """From when to when the rows are."""
    return timeline.span(scope.gate, scope.collection)


@remembered(MINUTE, 200)
def newest(scope: Scope, limit: int) -> pd.DataFrame:
    """The newest rows."""
    return rows.newest(scope.gate, scope.collection, scope.filters, limit)


@remembered(MINUTE, 500)
def by_ids(scope: Scope, ids: tuple[str, ...]) -> pd.DataFrame:
    """Rows by id."""
    return rows.by_ids(scope.gate, scope.collection, ids)


@remembered(MINUTE, 200)
def search(scope: Scope, question: str, mode: str, limit: int) -> SearchResult:
    """Hits of a question, with the passage that fits best."""
    embedder = database.asking(model(scope))
    return find(
        scope.gate, scope.collection, question, embedder, scope.filters, mode=mode, limit=limit
    )


@remembered(MINUTE, 200)
def like(scope: Scope, row_id: str, limit: int) -> pd.DataFrame:
    """Rows like a row."""
    return neighbours.of_row(scope.gate, scope.collection, row_id, scope.filters, limit)


@remembered(MINUTE, 200)
def run(scope: Scope) -> Run | None:
    """The run that map and themes come from."""
    return runs.current(scope.gate, scope.collection)


@remembered(MINUTE, 200)
def themes(scope: Scope) -> pd.DataFrame:
    """The themes of the current run."""
    return stored_themes.themes(scope.gate, scope.collection)


@remembered(MINUTE, 200)
def trend(scope: Scope, theme_ids: tuple[int, ...], period: str) -> pd.DataFrame:
    """Themes over time."""
    return stored_themes.trend(scope.gate, scope.collection, theme_ids, period)


@remembered(MINUTE, 200)
def members(scope: Scope, theme_id: int, limit: int) -> pd.DataFrame:
    """Rows of a theme, the surest first."""
    return stored_themes.members(scope.gate, scope.collection, theme_id, scope.filters, limit)


@remembered(MINUTE, 200)
def events(scope: Scope, theme_id: int) -> pd.DataFrame:
    """What happened to a theme."""
    return stored_themes.events(scope.gate, scope.collection, theme_id)


def now() -> datetime:
    """This moment, for sentences such as "3 hours ago"."""
    return datetime.now().astimezone()


@remembered(MINUTE, 200)
def trouble(scope: Scope) -> str | None:
    """Why the vectors cannot tell texts apart, if they cannot."""
    found = spaces.spaces(scope.gate, scope.collection)
    return found[0].trouble if found and found[0].active else None


def model(scope: Scope) -> str | None:
    """The model that embedded the collection, which must embed the questions too."""
    found = spaces.spaces(scope.gate, scope.collection)
    named = found[0].model if found and found[0].active else scope.collection.model
    return None if named == spaces.UNKNOWN_MODEL else named
