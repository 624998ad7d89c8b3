"""The coach's private notes about a client: written, changed and removed by that coach alone."""

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import messages, words
from pages.shared.scope import Scope
from queries.errors import QueryError
from queries.people import notes

NEW, CHANGED, FAILED = "note-new", "note-changed", "note-failed"


def draw(scope: Scope, client: pd.Series, now: datetime) -> None:  # noqa: ARG001
    """A field for a new note, and the notes so far, the newest first."""
    owner = str(client["owner"])
    st.caption(
        "Only you read these, while this client is yours. They are in no search, no export of a "
        "page and no model's hands; erasing the client erases them."
    )
    if failed := st.session_state.pop(FAILED, None):
        messages.failed(failed)
    # A draft is that client's, and still there after a look at something else.
    key = f"{NEW}-{owner}"
    st.text_area(
        "A new note",
        key=key,
        height=120,
        placeholder="For the next session …",
        persist_state="session",
    )
    st.button("Keep the note", on_click=_write, args=(scope, owner, key), icon=":material/save:")
    # Not cached: a note that was just written is there, and nobody else's cache holds it.
    found = notes.own_notes(scope.gate, scope.collection, owner)
    for note in found.itertuples():
        _note(scope, note)
    if found.empty:
        st.caption("No note yet.")


def _note(scope: Scope, note: Any) -> None:
    with st.container(border=True, key=f"note-{note.id}", gap="xsmall"):
        changed = "" if pd.isna(note.changed_at) else f", changed {words.day(note.changed_at)}"
        st.caption(f"{words.day(note.written_at)}{changed}")
        st.text(note.said)
        with st.container(horizontal=True, horizontal_alignment="right"):
            with st.popover("Change", icon=":material/edit:", key=f"change-{note.id}"):
                key = f"{CHANGED}-{note.id}"
                st.text_area("The note", note.said, key=key, height=160)
                st.button(
                    "Keep", key=f"keep-{note.id}", on_click=_change, args=(scope, note.id, key)
                )
            with st.popover("Remove", icon=":material/delete:", key=f"remove-{note.id}"):
                st.write("It cannot be brought back.")
                st.button(
                    "Remove it", key=f"gone-{note.id}", on_click=_remove, args=(scope, note.id)
                )


def _write(scope: Scope, owner: str, key: str) -> None:
    try:
        notes.write_note(scope.gate, scope.collection, owner, st.session_state[key])
        st.session_state[key] = ""
    except QueryError as error:
        st.session_state[FAILED] = error


def _change(scope: Scope, note_id: int, key: str) -> None:
    try:
        notes.change_note(scope.gate, note_id, st.session_state[key])
    except QueryError as error:
        st.session_state[FAILED] = error


def _remove(scope: Scope, note_id: int) -> None:
    try:
        notes.remove_note(scope.gate, note_id)
    except QueryError as error:
        st.session_state[FAILED] = error
