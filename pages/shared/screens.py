"""The list of screens, for the navigation and for links from one screen to another."""

from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).resolve().parent.parent
ICON = Path(__file__).with_name("icon.png")

LOGO = Path(__file__).with_name("logo.svg")

# No icons here: the browser would fetch them from outside to decorate its tab.
SCREENS = (
    *(("overview", "Overview"), ("search", "Search"), ("map", "Map"), ("themes", "Themes")),
    *(("released", "Released figures"), ("audit", "Audit")),
)


_LISTED = ContextVar("screens are listed in this run", default=False)


def run() -> None:
    """List the screens in the sidebar and run the chosen one: all that app.py does."""
    chosen = _navigation()
    token = _LISTED.set(True)
    try:
        chosen.run()
    finally:
        _LISTED.reset(token)


def ensure_listed() -> None:
    """List the screens where app.py has not: in a page that a cold deep link runs by itself."""
    if not _LISTED.get():
        _navigation()


def _navigation() -> st.Page:
    pages = [
        st.Page(str(FOLDER / f"{name}.py"), title=title, default=name == "overview")
        for name, title in SCREENS
    ]
    return st.navigation(pages)


def link(name: str, label: str, icon: str | None = None, **parameters: str | int) -> None:
    """A link to another screen that says what it opens there, and keeps the collection."""
    kept = st.query_params.to_dict() | _told(parameters)
    st.page_link(str(FOLDER / f"{name}.py"), label=label, icon=icon, query_params=kept)


def reopen(label: str, key: str, icon: str | None = None, **parameters: str | int) -> None:
    """A button that opens something else on the same screen.

    A link to the page it stands on leaves the browser's address as it was (Streamlit 1.67).
    """
    st.button(
        label,
        key=key,
        icon=icon,
        type="tertiary",
        on_click=st.query_params.update,
        args=(_told(parameters),),
    )


def _told(parameters: Mapping[str, str | int]) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items()}
