"""A chart and what stands behind it: its table, the table as CSV, and how it was made."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from charts.drawn import CHOSEN, Chart
from pages.shared import hits
from pages.shared.scope import Scope
from queries.people.histories import histories_statement
from queries.search.spelled import spelled

ANNOUNCED = "charts-to-come"
FETCHED = "charts-fetched"


def show(
    chart: Chart,
    table: pd.DataFrame,
    made: str,
    name: str,
    said: str = "",
    legend: str = "",
    *,
    on_choice: Callable[[Mapping[str, Any]], None] | None = None,
    round_: str = "",
) -> None:
    """Draw the chart; behind it the table it shows and the SQL that fetched what it is made of.

    `legend` is HTML below the chart. `on_choice` is told the fields of a point that the reader
    clicks. A chart of another round has nothing chosen: the same point can be clicked again.
    """
    key = f"chart-{name}{round_}"
    clicked = None if on_choice is None else lambda: _clicked(key, on_choice)
    draw(chart, key, said or name, clicked)
    if legend:
        st.html(legend)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(said, width="stretch")
        with st.container(horizontal=True, gap="small", width="content"):
            with st.popover("Table", icon=":material/table_rows:", key=f"table-{name}"):
                st.dataframe(table, hide_index=True, key=f"frame-{name}")
            hits.export(table, name, "CSV")
            with st.popover("SQL", icon=":material/code:", key=f"sql-{name}"):
                st.code(made, language="sql", wrap_lines=True)


def announce() -> None:
    """Have the browser fetch what draws charts now, while the page is still being worked out.

    Streamlit brings it only with the first chart, after everything else. So the first page of a
    session that will have one gets one at once, unseen, until the next run.
    """
    place = st.empty()
    if FETCHED not in st.session_state:
        hidden = place.container(key=ANNOUNCED)  # by pages/shared/style.py
        hidden.vega_lite_chart({"mark": "point"})
        st.session_state[FETCHED] = True


def draw(
    chart: Chart,
    key: str,
    alt: str,
    clicked: Callable[[], None] | Literal["rerun"] | None = None,
) -> list[dict[str, Any]]:
    """A chart by itself, and the fields of the points that are chosen in it.

    `alt` is read aloud. With `clicked` points can be chosen: it is called, or the page run again.
    """
    if clicked is None:
        st.container(key=key).vega_lite_chart(chart, alt=alt)
        return []
    found = st.vega_lite_chart(chart, key=key, alt=alt, on_select=clicked, selection_mode=CHOSEN)
    return list(found["selection"][CHOSEN])


def _clicked(key: str, on_choice: Callable[[Mapping[str, Any]], None]) -> None:
    points = st.session_state[key]["selection"][CHOSEN]
    if points:
        on_choice(points[0])


def is_dark() -> bool:
    """Whether the page is dark."""
    return bool(st.context.theme.type == "dark")


def of_histories(scope: Scope, how: str) -> str:
    """The SQL behind a figure of people's course; `how` names the function that counts."""
    statement = spelled(histories_statement(scope.collection))
    return (
        f"-- One row a person, packed numbers; then `{how}` of analysis/ counts them.\n{statement}"
    )
