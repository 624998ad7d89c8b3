"""A chart and what stands behind it: its table, the table as CSV, and how it was made."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import hits


def show(
    figure: Any,
    table: pd.DataFrame,
    made: str,
    name: str,
    said: str = "",
    *,
    on_choice: Callable[[], None] | None = None,
) -> None:
    """Draw the chart; behind it the table it shows and the SQL that fetched what it is made of.

    `on_choice` is called when the reader clicks a point; `chosen` says which.
    """
    clicks = {"on_select": on_choice, "selection_mode": "points"} if on_choice else {}
    st.plotly_chart(figure, key=f"chart-{name}", config={"displayModeBar": False}, **clicks)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said, width="stretch")
        with st.container(horizontal=True, gap="small", width="content"):
            with st.popover("Table", icon=":material/table_rows:", key=f"table-{name}"):
                st.dataframe(table, hide_index=True, key=f"frame-{name}")
            hits.export(table, name, "CSV")
            with st.popover("SQL", icon=":material/code:", key=f"sql-{name}"):
                st.code(made, language="sql", wrap_lines=True)


def chosen(name: str) -> list[Any]:
    """The `customdata` of the point that was clicked last on that chart; empty for none."""
    points = st.session_state[f"chart-{name}"]["selection"]["points"]
    return list(points[0]["customdata"]) if points else []


def is_dark() -> bool:
    """Whether the page is dark."""
    return bool(st.context.theme.type == "dark")
