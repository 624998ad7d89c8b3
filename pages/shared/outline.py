"""The rows within an outline that a reader drew on the map."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import cached, hits, messages, words
from pages.shared.scope import Scope
from queries.points import CORNERS
from queries.runs import Run

LISTED = 500
TEXT = 2000

Outline = tuple[tuple[float, float], ...]


def show(scope: Scope, run: Run, sent: Any) -> None:
    """How many rows the outline holds, which themes they are in, and the rows themselves."""
    outline = read(sent)
    if outline is None:
        st.caption("Draw with Lasso or Box around rows to list them here.")
        return
    found = cached.inside(scope, run.id, outline, LISTED)
    if found.rows.empty:
        messages.nothing_found("No row lies within the outline.", "Draw it around some points.")
        return
    st.subheader(f"Within the outline: {words.count(found.total, 'row')}")
    listed = listing(found.rows, cached.themes(scope))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(sentence(found.total, found.owners, listed), width="stretch")
        hits.export(listed, f"{scope.collection.name}-outline")
    st.dataframe(
        listed,
        hide_index=True,
        height=360,
        key="outlined",
        column_config={
            "membership": st.column_config.ProgressColumn(
                "Membership", min_value=0, max_value=1, format="%.2f"
            ),
            "text": st.column_config.TextColumn("Text", width="large"),
            "time": st.column_config.DatetimeColumn("Time", format="D MMM YYYY"),
        },
    )


def read(sent: Any) -> Outline | None:
    """The outline as the canvas sent it, if it is one: three or more corners of two numbers."""
    if not isinstance(sent, list) or not 3 <= len(sent) <= CORNERS:
        return None
    try:
        return tuple((float(x), float(y)) for x, y in sent)
    except (TypeError, ValueError):
        return None


def listing(rows: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """The rows as a table: theme by name, columns without any value left out."""
    names = themes.set_index("id")["name"]
    named = rows["theme_id"].map(names).fillna("unsorted")
    table = rows.drop(columns=["theme_id", "x", "y"]).assign(theme=named)
    first = ["text", "theme", "membership"]
    table = table[[*first, *(name for name in table.columns if name not in first)]]
    return table.dropna(axis="columns", how="all")


def sentence(total: int, owners: int, listed: pd.DataFrame) -> str:
    """Owners, the commonest themes, and how many of the rows are listed."""
    counts = listed["theme"].value_counts().head(3)
    told = f"From {words.count(owners, 'owner')}. " if owners else ""
    themes = ", ".join(f"{name} ({rows:,})" for name, rows in counts.items())
    if total > len(listed):
        return f"{told}Listed are the surest {len(listed):,}; most of these are in: {themes}."
    return f"{told}All are listed; most are in: {themes}."
