"""Having the brief written by the chat model that the deployment has a key for, if a coach asks.

What would be sent, to whom and for how much is said before; without a key nothing is drawn.
"""

from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from clients.chat import Chat
from clients.errors import ClientError
from clients.writer import Writer
from jobs.coaching import kept_brief, written_brief
from jobs.coaching.brief import Brief, Told
from jobs.errors import JobError
from pages.shared import brief_page, database, messages, words
from pages.shared.scope import Scope
from queries.errors import QueryError
from queries.people import kept_briefs

FAILED = "brief-failed"
BY, FACTS = "by", "facts"  # in the address, where the facts are wanted though a model's is kept


def kept(scope: Scope, owner: str) -> Brief | None:
    """The one a model wrote for this reader, as far as it still stands.

    None without one, and where the facts are wanted. Not cached: its passages are compared with
    their texts whenever it is shown.
    """
    if st.query_params.get(BY) == FACTS:
        return None
    return kept_brief.kept(scope.gate, scope.collection, owner)


def is_kept(scope: Scope, owner: str) -> bool:
    """Whether there is one by a model, shown or not."""
    return kept_brief.is_kept(scope.gate, scope.collection, owner)


def draw(scope: Scope, client: pd.Series, told: Told, *, there: bool, shown: bool) -> None:
    """Between the two briefs, the way to another by the model, and out.

    `there`: a model's is kept; `shown`: it is the one on the page.
    """
    if shown:
        st.button("Facts and templates", on_click=_show, args=(FACTS,), icon=":material/undo:")
    elif there:
        st.button("The model's brief", on_click=_show, icon=":material/edit_note:")
    try:
        chat = database.chat()
    except ClientError as error:
        messages.failed(error)
        return
    if chat is not None and not told.answers.empty:
        _ask(scope, client, told, chat, again=there)
    if shown:
        with st.popover("Drop it", icon=":material/delete:"):
            st.write("The model's brief goes for good; the facts stay.")
            st.button("Drop the model's brief", on_click=_drop, args=(scope, str(client["owner"])))


def _show(which: str = "") -> None:
    if which:
        st.query_params[BY] = which
    else:
        st.query_params.pop(BY, None)


def _ask(scope: Scope, client: pd.Series, told: Told, chat: Chat, *, again: bool) -> None:
    names = [str(client[part]) for part in NAMES if not pd.isna(client.get(part))]
    asked = written_brief.request(told, names)
    label = "Have it written again" if again else "Have a model write it"
    with st.popover(label, icon=":material/edit_note:"):
        st.markdown(words.plain(_terms(chat, asked)))
        given = (scope, str(client["owner"]), told, asked, chat)
        st.button("Send and write", on_click=_write, args=given, icon=":material/send:")


NAMES = ("first_name", "last_name")


def said(shown: Brief, told: Told) -> None:
    """Why the last try failed; and what came in since the model read."""
    if failed := st.session_state.pop(FAILED, None):
        messages.failed(failed)
    if shown.author is not None:
        newer = int((told.answers["time"] > shown.author.latest).sum())
        if newer:
            st.info(f"{words.count(newer, 'answer')} came in since it was written.")


def _terms(chat: Chat, asked: written_brief.Request) -> str:
    there, back = asked.tokens
    cost = chat.cost(there, back)
    price = "" if cost is None else f", at most about {cost:.4f} in the currency of its price"
    return (
        f"{words.count(len(asked.whole), 'text')} of this client would be sent to {chat.model} at "
        f"{urlsplit(chat.url).hostname}: about {there:,} tokens, and up to {back:,} back{price}. "
        "The client's name, mail addresses and long numbers go as marks; names of others in the "
        "texts go as they are. Your notes are never sent. That it was sent is recorded. Of what "
        "comes back only sentences are kept whose quotations stand in the texts letter by letter: "
        "for you alone, until you drop it or have another written."
    )


def _write(scope: Scope, owner: str, told: Told, asked: written_brief.Request, chat: Chat) -> None:
    facts = brief_page.made(told)
    try:
        with st.spinner(f"{chat.model} reads …"):
            found = written_brief.written(scope.gate, facts, asked, Writer(chat))
        kept_brief.keep(scope.gate, scope.collection, owner, found)
        _show()
    except (ClientError, JobError, QueryError) as error:
        st.session_state[FAILED] = error


def _drop(scope: Scope, owner: str) -> None:
    try:
        kept_briefs.drop_brief(scope.gate, scope.collection, owner)
    except QueryError as error:
        st.session_state[FAILED] = error
