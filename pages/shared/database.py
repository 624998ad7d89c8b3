"""The engine and the embedding models, one of each a process.

One of two places that read the environment (the other is `jobs/cli/context.py`).
"""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from clients.chat import Chat, configured_chat
from clients.embedder import Embedder, asker, embedder_named
from jobs.faults import PLACE_ONLY
from queries.access.signing import read_signing_key
from queries.access.token import Signer
from queries.engine import make_engine
from queries.errors import LoginError, ServerError
from queries.gate import Gate, Identity

if TYPE_CHECKING:
    from sqlalchemy import Engine

DAY = 24 * 3600
# What Streamlit logs of a page that failed: the error would quote what it could not use.
logging.getLogger("streamlit.error_util").addFilter(PLACE_ONLY)


def gate(identity: Identity) -> Gate:
    """This reader at the database."""
    return Gate(engine(), identity, signer())


def engine() -> "Engine":
    """The web login's engine: it owns nothing. Raises ServerError without NORTHLIGHT_WEB_URL.

    Never DATABASE_URL, which is the owner's: with that, a fault here would reach everybody's text.
    """
    url = os.environ.get("NORTHLIGHT_WEB_URL")
    if not url:
        raise ServerError(
            "NORTHLIGHT_WEB_URL is not set. Start the application with `./northlight up`, which "
            "makes the application's own login and sets it."
        )
    return _engine(url)


def signer() -> Signer:
    """The signing key, read anew each time: it may have been changed. Raises LoginError."""
    home = os.environ.get("NORTHLIGHT_HOME")
    if not home:
        raise LoginError("NORTHLIGHT_HOME is not set, so there is no signing key to read.")
    return read_signing_key(Path(home))


def embedder(model: str | None) -> Embedder:
    """The model of that name, loaded once. Raises UnknownModel."""
    return _embedder(model)


def asking(model: str | None) -> Embedder:
    """What embeds questions: the model of that name, or one that embeds none if it is not here."""
    return _asking(model)


def chat() -> Chat | None:
    """The chat model that a key is set for, or None. Raises ChatError for a price that is none."""
    return configured_chat(os.environ)


@st.cache_resource(max_entries=4, show_spinner=False, on_release=lambda engine: engine.dispose())
def _engine(url: str) -> Any:
    return make_engine(url, application="northlight-app")


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner="Loading the embedding model…")
def _embedder(model: str | None) -> Embedder:
    return embedder_named(model)


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner="Loading the embedding model…")
def _asking(model: str | None) -> Embedder:
    return asker(model)
