"""Choosing a table's row by its name: the keyboard cannot mark one (Streamlit 1.67)."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st


def chosen(table: Mapping[str, Any], names: Sequence[str], key: str) -> list[int]:
    """The position of the row that was clicked, or else of the one chosen below the table."""
    named = st.selectbox(
        "Or choose by name",
        range(len(names)),
        index=None,
        key=key,
        format_func=lambda position: names[position],
        placeholder="for the keyboard: type a few letters",
    )
    clicked: list[int] = table["selection"]["rows"]
    return clicked or ([] if named is None else [named])
