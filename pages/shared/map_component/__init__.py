"""The map as a component of ours: a canvas whose files are served from this folder.

Streamlit serves files of components that an installed package declares. We are not installed, so
the declaration it would have read from `pyproject.toml` is made here.
"""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

FOLDER = Path(__file__).resolve().parent
MAP, NOTE = "northlight.map", "northlight.note"


def draw(payload: bytes, key: str) -> Any:
    """Draw the points (bytes of charts.canvas.encoded).

    Comes back with `outline` (corners in the map's coordinates, or None), and, in the run that
    follows the gesture only, `hovered` and `opened`: the positions of points.
    """
    _declare()
    return _map()(
        key=key,
        data=payload,
        on_outline_change=_noted,
        on_hovered_change=_noted,
        on_opened_change=_noted,
    )


def annotate(card: dict[str, Any] | None, lit: list[int], key: str) -> None:
    """Tell the map which text belongs to the point under the pointer and which points to light."""
    _declare()
    _note()(key=key, data={"card": card, "lit": lit}, height=1)


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
