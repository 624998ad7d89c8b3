"""Rows as a reader meets them: who, when, which theme, the text, and why it is here."""

import html
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.shared import screens, words


class Hit(NamedTuple):
    """What is shown of one row; `why` says how it came to be here."""

    row_id: str
    text: str
    about: str
    why: str
    words: Sequence[str] = ()
    passage: str = ""


def show(hits: Sequence[Hit], beside: Callable[[Hit], None] | None = None) -> None:
    """One card a row, in the order given, each with a way to the rows like it."""
    for hit in hits:
        with st.container(border=True, key=f"hit-{hit.row_id}", gap="xsmall"):
            st.html(body(hit))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(hit.why, width="stretch")
                (beside or _more_like)(hit)


def _more_like(hit: Hit) -> None:
    screens.link("search", "More like this", ":material/join_inner:", like=hit.row_id)


def about(row: Any) -> str:
    """Title, owner, day and theme of a row, as far as it has them."""
    named = [getattr(row, "title", None), getattr(row, "owner", None)]
    told = [str(value) for value in named if value is not None and not pd.isna(value)]
    told += [words.day(row.time)] if words.day(row.time) else []
    theme = getattr(row, "theme", None)
    told += [str(theme)] if theme is not None and not pd.isna(theme) else []
    return " · ".join(told)


def export(found: pd.DataFrame, name: str, label: str = "Export as CSV") -> None:
    """A download of what is shown; made when it is asked for, so nothing waits in memory."""
    st.download_button(
        label,
        lambda: csv(found),
        f"{name}.csv",
        "text/csv",
        key=f"export-{name}",
        on_click="ignore",
        icon=":material/download:",
    )


def export_json(found: pd.DataFrame, name: str) -> None:
    """The same as JSON: a list of rows, with null where something is missing."""
    st.download_button(
        "JSON",
        lambda: found.to_json(orient="records", date_format="iso", force_ascii=False),
        f"{name}.json",
        "application/json",
        key=f"json-{name}",
        on_click="ignore",
        icon=":material/download:",
    )


def csv(found: pd.DataFrame) -> bytes:
    """CSV in UTF-8; a text that a spreadsheet would run as a formula starts with an apostrophe."""
    text = found.select_dtypes(include=["object", "string"]).columns
    return (
        found.assign(**{name: found[name].map(_harmless) for name in text})
        .to_csv(index=False)
        .encode()
    )


def _harmless(value: Any) -> Any:
    return "'" + value if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def body(hit: Hit) -> str:
    shown = words.excerpt(hit.text, hit.passage)
    head = f"<small>{html.escape(hit.about)}</small><br>" if hit.about else ""
    body = f"{head}{words.marked(shown, hit.words, hit.passage)}"
    if shown == hit.text:
        return f"<div>{body}</div>"
    whole = words.marked(hit.text, hit.words, hit.passage).replace("\n", "<br>")
    return f"<div>{body}<details><summary>The whole text</summary>{whole}</details></div>"
