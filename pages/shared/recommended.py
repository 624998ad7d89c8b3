"""What may help next, each with its reason: exercises, others' entries, others' lessons."""

from collections.abc import Callable

import streamlit as st

from clients.errors import ClientError
from jobs.coaching.recommendations import Recommendation, entries_for, exercises_for, lessons_for
from pages.shared import cached, cached_clients, coaching, database, screens, words
from pages.shared.cached import MINUTE, remembered
from pages.shared.passage_mark import mark_of
from pages.shared.scope import Scope
from pages.shared.system_frame import beside_it
from queries.collection import Collection
from queries.errors import QueryError

SHOWN = 3
QUOTED = ":material/format_quote:"


def exercises(scope: Scope, owner: str) -> None:
    """Exercises that a person has not done and that fit what the person wrote."""
    _cards(
        lambda: _exercises(scope, owner),
        "Nothing to recommend: every exercise is done, or nothing was written yet.",
    )


def entries(scope: Scope, owner: str) -> None:
    """What people on similar journeys kept; nothing at all where the system has no entries."""
    kept = coaching.beside(scope, "playbook_entries")
    if kept is None or "is_highlight" not in kept.facets:
        return
    st.subheader("Entries that helped people on similar journeys")
    _cards(
        lambda: _entries(scope, kept, owner),
        "Nobody in your reach who is on a similar journey has kept a highlight close to this.",
    )


def lessons(scope: Scope, repository: str) -> None:
    """What other repositories learned; nothing at all where the system keeps no lessons."""
    learned = beside_it(scope, "lessons_learned")
    if learned is None or "repository" not in learned.collection.facets:
        return
    st.subheader("Lessons from other repositories")
    _cards(
        lambda: _lessons(scope, learned.collection, repository),
        "No lesson of another repository fits its patterns.",
        opened=False,
    )


def _cards(found: Callable[[], list[Recommendation]], nothing: str, *, opened: bool = True) -> None:
    """`opened`: the page shows the passage that a reason quotes."""
    try:
        recommended = found()
    except (QueryError, ClientError) as error:
        st.caption(str(error))
        return
    for each in recommended:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{words.plain(each.title)}**")
            if each.text:
                st.markdown(words.plain(words.short(each.text, 200)))
            st.caption(words.plain(each.because))
            if opened:
                where = {"row": each.near_id, "quote": mark_of(each.quote)}
                screens.reopen("The passage", f"why-{each.row_id}", QUOTED, **where)
    if not recommended:
        st.caption(nothing)


@remembered(10 * MINUTE, 200)
def _exercises(scope: Scope, owner: str) -> list[Recommendation]:
    embedder = database.embedder(cached.model(scope))
    return exercises_for(scope.gate, scope.collection, owner, embedder, SHOWN)


@remembered(10 * MINUTE, 200)
def _entries(scope: Scope, kept: Collection, owner: str) -> list[Recommendation]:
    embedder = database.embedder(cached.model(scope))
    people = cached_clients.profiles(scope)
    names = {str(person["owner"]): coaching.name_of(person) for _, person in people.iterrows()}
    return entries_for(scope.gate, scope.collection, kept, owner, embedder, SHOWN, names)


@remembered(10 * MINUTE, 200)
def _lessons(scope: Scope, learned: Collection, repository: str) -> list[Recommendation]:
    embedder = database.embedder(cached.model(scope))
    return lessons_for(scope.gate, scope.collection, learned, repository, embedder, SHOWN)
