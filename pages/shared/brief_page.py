"""The session brief as a page that can be printed."""

import streamlit as st

from clients.lexicon import Lexicon
from jobs.coaching.brief import Brief, Passage, Told, brief
from jobs.coaching.brief_text import footnote, head
from pages.shared import cached, cached_clients, coaching, messages, screens, words
from pages.shared.passage_mark import mark_of
from pages.shared.scope import Scope

PRINTED = """<style>
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"],
  [data-testid="stSidebarCollapsedControl"], .st-key-not-printed,
  [class*="st-key-passages-"] { display: none !important; }  /* the notes below have the dates */
  html, body, #root, .stApp, .stMain, [data-testid="stMain"], [data-testid="stAppViewContainer"] {
    position: static !important; overflow: visible !important; height: auto !important;
    background: white !important; color: black !important; }
  .stMainBlockContainer { padding: 0 !important; max-width: none !important; }
  .stApp * { color: black !important; }
  [data-testid="stVerticalBlock"] { gap: .35rem !important; }
  @page { margin: 18mm; }
}
.printed-only { display: none; }
.passages { font-size: .85rem; opacity: .75; }
@media print { .printed-only { display: block; } .passages { font-size: 9pt; opacity: 1; } }
</style>"""


def print_style() -> None:
    """Print without the frame, black on white, with the passages as notes."""
    st.html(PRINTED)


def told(scope: Scope, owner: str) -> Told:
    """What the brief of a client is made of, as the reader may see it."""
    entries = coaching.beside(scope, "playbook_entries")
    themes = cached.themes(scope)
    return Told(
        scope.collection.name,
        cached_clients.answers(scope, owner),
        cached_clients.sessions(scope, owner),
        dict(zip(themes["id"], themes["name"], strict=True)),
        None if entries is None else cached_clients.texts(scope, entries, owner),
        "" if entries is None else entries.name,
    )


def made(found: Told) -> Brief:
    """The brief of facts."""
    return brief(found, _lexicon())


@st.cache_resource(show_spinner=False)
def _lexicon() -> Lexicon:
    return Lexicon()


def draw(shown: Brief, owner: str) -> None:
    """Each sentence with the dates of its passages, each of which opens the passage."""
    st.caption(head(shown))
    if not shown.sentences:
        gone = "None of its sentences still stands in the texts." if shown.author else ""
        messages.nothing_found(
            gone or "Nothing was written yet.", "There is nothing to prepare from."
        )
        return
    number = 0
    for title, sentences in shown.sections.items():
        st.subheader(title)
        for sentence in sentences:
            with st.container(gap=None, key=f"sentence-{number}"):
                st.markdown(words.plain(sentence.text))
                with st.container(horizontal=True, gap="small", key=f"passages-{number}"):
                    for passage in sentence.passages:
                        _link(passage, owner)
                # Of a model's sentence one wants to see at once what it was made of.
                only = "" if shown.author else " printed-only"
                st.html(f"<div class='passages{only}'>" + "<br>".join(
                    words.marked(footnote(passage), ()) for passage in sentence.passages
                ) + "</div>")  # fmt: skip
            number += 1


def _link(passage: Passage, owner: str) -> None:
    label = f"{passage.at.day} {passage.at:%b}"
    where = {"client": owner, "row": passage.row_id, "quote": mark_of(passage.quote)}
    screens.link("client", label, ":material/format_quote:", **where)
