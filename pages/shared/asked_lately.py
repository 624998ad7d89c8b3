"""The reader's own questions of late: asked again with a click, cleared, or not kept at all."""

import streamlit as st

from pages.shared import cached, examples, words
from pages.shared.scope import Scope
from pages.shared.search_modes import CALLED
from queries.gate import Gate
from queries.search import asked_questions

NOTED = "noted question"


def note(scope: Scope, question: str, mode: str) -> None:
    """Keep a question when it was answered; once, however often the page is drawn."""
    asked = (scope.gate.identity, scope.collection.name, question, mode)
    if st.session_state.get(NOTED) != asked:
        asked_questions.note(scope.gate, scope.collection, question, mode)
        st.session_state[NOTED] = asked


def draw(scope: Scope) -> None:
    """What was asked of this collection, the latest first."""
    with st.popover("Asked lately", icon=":material/history:"):
        kept = asked_questions.are_kept(scope.gate)
        asked = asked_questions.asked(scope.gate, scope.collection)
        for number, each in enumerate(asked):
            with st.container(horizontal=True, vertical_alignment="center"):
                label = words.plain(words.short(each.question, 60))
                again = {"on_click": _again, "args": (each,)}
                st.button(label, key=f"again-{number}", type="tertiary", **again)
                st.caption(words.ago(each.asked_at, cached.now()))
        if not asked:
            st.caption("Nothing yet." if kept else "Your questions are not kept.")
        _choices(scope.gate, kept, bool(asked))


def _choices(gate: Gate, kept: bool, some: bool) -> None:
    st.caption("Seen by you alone, for thirty days.")
    with st.container(horizontal=True):
        if some:
            st.button("Clear", key="clear", on_click=_clear, args=(gate,))
        label = "Keep none" if kept else "Keep my questions"
        st.button(label, key="keep", on_click=asked_questions.keep, args=(gate, not kept))


def _clear(gate: Gate) -> None:
    asked_questions.forget_all(gate)


def _again(asked: asked_questions.Asked) -> None:
    examples.leave()
    st.query_params["q"] = asked.question
    st.query_params["by"] = CALLED[asked.mode]
