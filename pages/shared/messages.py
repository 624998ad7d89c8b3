"""What a page says instead of an empty chart: nothing found, nothing declared, nothing made yet."""

import streamlit as st

from pages.shared.scope import Scope


def nothing_found(what: str, cure: str) -> None:
    """The question was understood and the answer is: none."""
    st.info(f"**{what}** {cure}", icon=":material/search_off:")


def not_declared(what: str, cure: str) -> None:
    """The collection does not have what this part of the page is about."""
    st.info(f"**{what}** {cure}", icon=":material/info:")


def not_computed(what: str, command: str, does: str) -> None:
    """It could be here, but nobody has made it yet: the command that does."""
    st.info(f"**{what}** `{command}` {does}", icon=":material/hourglass_empty:")


def no_map(collection_name: str) -> None:
    """Themes and map wait for a run of the theme engine."""
    not_computed(
        "This collection has no map yet.",
        f"./northlight map {collection_name}",
        "makes the map and its themes; then reload this page.",
    )


def failed(error: Exception) -> None:
    """An error whose message was written for readers."""
    st.error(str(error), icon=":material/error:")


def notice(said: str | None) -> None:
    """What a search has to say of its own answer: that nothing is close, or why it cannot tell."""
    if said:
        st.warning(said)


def ask_something(scope: Scope) -> None:
    """Search before a question: what can be asked, and of how much."""
    st.markdown(
        f"Ask anything of **{scope.collection.title}**. Whole sentences are searched by meaning; "
        'put a phrase in "quotation marks" to demand it, a minus before a -word to leave it out.'
    )
