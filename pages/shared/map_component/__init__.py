"""The map as a component of ours: a canvas whose files are served from this folder.

Streamlit serves files of components that an installed package declares. We are not installed, so
the declaration it would have read from `pyproject.toml` is made here.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

FOLDER = Path(__file__).resolve().parent
MAP, NOTE = "northlight.map", "northlight.note"


class Lit(NamedTuple):
    """A row to light up, in the map's coordinates, with its class in the legend."""

    x: float
    y: float
    one: int


def draw(payload: bytes, key: str) -> Any:
    """Draw the points (bytes of charts.canvas.encoded).

    Comes back with what the reader did, or None before that: `view` (zoom, x, y as a text, empty
    for the whole map), `selection` (queries.outlines.encoded), `focus` (a theme's id as a text);
    and, in the run that follows the click only, `opened`: layer ("whole", "part" or "lit") and
    position of a point.
    """
    _declare()
    return _map()(
        key=key,
        data=payload,
        on_view_change=_noted,
        on_selection_change=_noted,
        on_focus_change=_noted,
        on_opened_change=_noted,
    )


def tell(lit: Sequence[Lit], told: dict[str, str], key: str) -> None:
    """Light rows up, and tell `view`, `selection` and `focus` as the address has them."""
    _declare()
    _note()(key=key, data={"lit": [list(one) for one in lit], **told}, height=1)


def refine(payload: bytes | None, key: str) -> None:
    """Give the map more points of the part in sight (bytes of charts.canvas.encoded)."""
    _declare()
    _note()(key=key, data=payload, height=1)


@cache
def _map() -> Any:
    html = (FOLDER / "map.html").read_text()
    return st.components.v2.component(MAP, html=html, css="map.css", js="map.js")


@cache
def _note() -> Any:
    return st.components.v2.component(NOTE, js="note.js")


def _noted() -> None:
    """A name with a callback is one that the canvas may send."""


def _declare() -> None:
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(MAP) is None:
        names = (MAP.partition(".")[2], NOTE.partition(".")[2])
        parts = [ComponentConfig(name, FOLDER.name) for name in names]
        manager.register_from_manifest(ComponentManifest("northlight", "1", parts), FOLDER.parent)
