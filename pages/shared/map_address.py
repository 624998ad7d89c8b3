"""What the reader did on the map, kept in the address: a link brings it back."""

from typing import Any

import streamlit as st

from pages.shared.scope import Scope

KEY = "map.address"
KEPT = 20  # addresses of ours that may still be on their way
NAMES = {"view": "view", "selection": "sel", "focus": "focus"}  # the canvas's -> the address's


def agreed(scope: Scope, sent: Any) -> dict[str, str]:
    """`view`, `selection` and `focus` as they hold now, written into the address.

    What the canvas says anew is what the reader did last. An address that was not written here is a
    link somebody followed, and the canvas is told. The browser may still send an older address of
    ours along with a quick click, which is neither.
    """
    memory = st.session_state.get(KEY)
    if memory is None or memory["collection"] != scope.collection.name:
        if memory is not None:
            forget()
        memory = st.session_state[KEY] = {"collection": scope.collection.name}
    return {name: _agreed(memory, name, getattr(sent, name, None)) for name in NAMES}


def forget() -> None:
    """Leave view, selection and theme: they belong to another collection."""
    for parameter in NAMES.values():
        st.query_params.pop(parameter, None)


def _agreed(memory: dict[str, Any], name: str, sent: Any) -> str:
    parameter, sent = NAMES[name], sent if isinstance(sent, str) else None
    said = st.query_params.get(parameter, "")
    heard, written = memory.get(name, (None, []))
    if sent is not None and sent != heard:
        value = sent
    else:
        value = said if sent is None or said not in written else written[-1]
    memory[name] = (sent, [*written, value][-KEPT:])
    _write(parameter, value)
    return value


def _write(parameter: str, value: str) -> None:
    if st.query_params.get(parameter, "") != value:
        st.query_params[parameter] = value
    if not value:
        st.query_params.pop(parameter, None)
