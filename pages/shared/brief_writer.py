"""Having the brief written by the chat model that the deployment has a key for, if a coach asks.

What would be sent, to whom and for how much is said before; without a key nothing is drawn.
"""

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from clients.chat import Chat
from clients.errors import ClientError
from clients.writer import Writer
from jobs import written_brief
from jobs.brief import Brief, Told
from jobs.errors import JobError
from pages.shared import brief_page, database, messages, words
from pages.shared.scope import Scope, cache_key
from queries.errors import QueryError

WRITTEN, FAILED = "brief-written", "brief-failed"


def written(scope: Scope, owner: str) -> Brief | None:
    """The one that was written for this reader, of this client as things stand; None for none."""
    whose, found = st.session_state.get(WRITTEN, ("", None))
    return found if whose == _key(scope, owner) else None


def draw(scope: Scope, client: pd.Series, told: Told) -> None:
    """The way to the model's brief and back."""
    owner = str(client["owner"])
    if written(scope, owner) is not None:
        st.button("Facts and templates", on_click=_forget, icon=":material/undo:")
        return
    try:
        chat = database.chat()
    except ClientError as error:
        messages.failed(error)
        return
    if chat is None or told.answers.empty:
        return
    names = [str(client[part]) for part in NAMES if not pd.isna(client.get(part))]
    asked = written_brief.request(told, names)
    with st.popover("Have a model write it", icon=":material/edit_note:"):
        st.markdown(words.plain(_terms(chat, asked)))
        given = (scope, owner, told, asked, chat)
        st.button("Send and write", on_click=_write, args=given, icon=":material/send:")


NAMES = ("first_name", "last_name")


def said() -> None:
    """Why the last try failed."""
    if failed := st.session_state.pop(FAILED, None):
        messages.failed(failed)


def _terms(chat: Chat, asked: written_brief.Request) -> str:
    there, back = asked.tokens
    cost = chat.cost(there, back)
    price = "" if cost is None else f", at most about {cost:.4f} in the currency of its price"
    return (
        f"{words.count(len(asked.whole), 'text')} of this client would be sent to {chat.model} at "
        f"{urlsplit(chat.url).hostname}: about {there:,} tokens, and up to {back:,} back{price}. "
        "The client's name, mail addresses and long numbers go as marks; names of others in the "
        "texts go as they are. Your notes are never sent. That it was sent is recorded. Of what "
        "comes back only sentences are shown whose quotations stand in the texts letter by letter."
    )


def _write(scope: Scope, owner: str, told: Told, asked: written_brief.Request, chat: Chat) -> None:
    facts = brief_page.made(told)
    try:
        with st.spinner(f"{chat.model} reads …"):
            found = written_brief.written(scope.gate, facts, asked, Writer(chat))
        st.session_state[WRITTEN] = (_key(scope, owner), found)
    except (ClientError, JobError, QueryError) as error:
        st.session_state[FAILED] = error


def _forget() -> None:
    st.session_state.pop(WRITTEN, None)


def _key(scope: Scope, owner: str) -> str:
    return f"{owner} {cache_key(scope)}"
