"""What the first reader of a screen would otherwise wait for, brought while nobody waits.

Python imports the parts of a screen when they are first used: up to half a second, once a process.
"""

import gc
from importlib import import_module
from threading import Thread

import streamlit as st

from pages.shared import screens


@st.cache_resource(show_spinner=False)
def bring() -> None:
    """Begin with it, once a process, and do not wait."""
    Thread(target=_bring, name="ahead", daemon=True).start()


def _bring() -> None:
    parts = (path.stem for path in sorted(screens.PARTS.glob("*.py")) if path.stem != "serve")
    for part in parts:
        import_module(f"pages.shared.{part}")
    import_module("analysis.association")
    gc.freeze()  # what is there now stays: no collection need look at it again
