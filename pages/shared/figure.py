"""A chart and what stands behind it: its table, the table as CSV, and how it was made."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import hits


def show(figure: Any, table: pd.DataFrame, made: str, name: str, said: str = "") -> None:
    """Draw the chart; behind it the table it shows and the SQL that fetched what it is made of."""
    st.plotly_chart(figure, key=f"chart-{name}", config={"displayModeBar": False})
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said, width="stretch")
        with st.container(horizontal=True, gap="small", width="content"):
            with st.popover("Table", icon=":material/table_rows:", key=f"table-{name}"):
                st.dataframe(table, hide_index=True, key=f"frame-{name}")
            hits.export(table, name, "CSV")
            with st.popover("SQL", icon=":material/code:", key=f"sql-{name}"):
                st.code(made, language="sql", wrap_lines=True)


def is_dark() -> bool:
    """Whether the page is dark."""
    return bool(st.context.theme.type == "dark")
