"""The engine and the embedding models, one of each a process.

One of two places that read the environment (the other is `jobs/cli/context.py`).
"""

import os
from typing import Any

import streamlit as st

from clients.embedder import Embedder, embedder_named
from queries.engine import make_engine
from queries.errors import ServerError
from queries.gate import Gate, Identity

DAY = 24 * 3600


def gate(identity: Identity) -> Gate:
    """This reader at the database. Raises ServerError without DATABASE_URL."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise ServerError(
            "DATABASE_URL is not set. Start the application with `./northlight up`, which sets it."
        )
    return Gate(_engine(url), identity)


def embedder(model: str | None) -> Embedder:
    """The model of that name, loaded once. Raises UnknownModel."""
    return _embedder(model)


@st.cache_resource(max_entries=4, show_spinner=False, on_release=lambda engine: engine.dispose())
def _engine(url: str) -> Any:
    return make_engine(url, application="northlight-app")


@st.cache_resource(ttl=DAY, max_entries=4, show_spinner="Loading the embedding model…")
def _embedder(model: str | None) -> Embedder:
    return embedder_named(model)
