"""Work that somebody asked for from a screen: how far it is, cancelling it, what came of it."""

from collections.abc import Callable

import streamlit as st

from pages.shared import cached, messages
from pages.shared.scope import Scope
from queries.errors import QueryError
from queries.queue import asking
from queries.queue.asking import Work

ASKED = "asked"
EVERY = "1s"
KINDS = {
    "map": "The map is being made",
    "refresh": "New rows are embedded and placed",
    "embed": "Rows are being embedded",
    "accept": "The proposed map takes its place",
    "back": "The map before comes back",
    "theme": "A theme is being changed",
}


def ask(scope: Scope, asking_for: Callable[[], int]) -> None:
    """Ask for work, to be called when a button is pressed; `show` then follows it."""
    try:
        st.session_state[ASKED] = (scope.collection.name, asking_for())
    except QueryError as error:
        st.session_state[ASKED] = (scope.collection.name, str(error))


def show(scope: Scope) -> None:
    """What is under way for this collection, whoever asked, and what came of one's own wish."""
    where, mine = st.session_state.get(ASKED, (None, None))
    if where == scope.collection.name and isinstance(mine, str):
        st.error(mine, icon=":material/error:")
        st.session_state.pop(ASKED)
    elif where == scope.collection.name:
        _tell_outcome(scope, mine)
    if _under_way(scope):
        _follow(scope)


@st.fragment(run_every=EVERY)
def _follow(scope: Scope) -> None:
    """Looks again by itself; when nothing is under way any more the page is drawn anew."""
    under_way = _under_way(scope)
    if not under_way:
        cached.version.clear()
        st.rerun()
    for job in under_way:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            told = f"{KINDS[job.kind]}: {job.step or 'waiting for a worker'}"
            st.progress(job.progress, text="stopping …" if job.cancel else told)
            if not job.cancel:
                st.button("Cancel", key=f"cancel-{job.id}", on_click=_cancel, args=(scope, job.id))


def _cancel(scope: Scope, job: int) -> None:
    try:
        asking.cancel(scope.gate, job)
    except QueryError as error:
        st.session_state[ASKED] = (scope.collection.name, str(error))


def _under_way(scope: Scope) -> list[Work]:
    """What changes this screen; releases and the like are the operator's to follow, on Health."""
    under_way = asking.work_on(scope.gate, scope.collection)
    return [job for job in under_way if job.open and job.kind in KINDS]


def _tell_outcome(scope: Scope, number: int) -> None:
    """Once, when it has ended. Of a wish about a theme only who wished it learns the answer."""
    for job in asking.work_on(scope.gate, scope.collection, number):
        if job.id != number or job.open:
            continue
        st.session_state.pop(ASKED)
        cached.version.clear()  # what is shown was made before
        wish = asking.answer(scope.gate, number) if job.kind == "theme" else None
        if wish is not None and wish.answer:
            said, good = wish.answer, bool(wish.granted)
        else:
            said, good = job.message or "Cancelled.", job.state == "done"
        if good:
            st.success(said, icon=":material/check:")
        else:
            messages.failed(QueryError(said))
