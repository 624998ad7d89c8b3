"""The pieces that screens share, each in its states, over made-up rows; no database needed.

`python -m streamlit run tests/browser/gallery.py`, from the checkout.
"""

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # Streamlit adds only this folder

from charts import progress
from pages.shared import figure, hits, messages, release_table, row_choice, style, trust
from queries.errors import QueryError
from queries.maps.runs import Run

RUN = Run(1, 1, "made up", 100, 8, {"trustworthiness": 0.95, "neighbour_agreement": 0.1}, {}, None)
THEMES = pd.DataFrame({"stability": [0.9, 0.6, 0.7], "separation": [0.05, 0.2, None]})
HIT = hits.Hit(
    "12",
    "The tomatoes came up at last. I had stopped looking, and on Sunday there they were. "
    "Writing it down helps: last year I had forgotten when I sowed them.",
    "Ada · 3 May 2026 · Out of doors",
    "1st by meaning, 2nd by words",
    ["tomatoes"],
    "The tomatoes came up at last.",
)
CELLS = pd.DataFrame(
    {
        "dim1": [None, "category", "category"],
        "value1": [None, "Sleep", "Work"],
        "dim2": [None, None, "mood"],
        "value2": [None, None, "low"],
        "people_rounded": pd.array([60, 15, None], dtype="Int64"),
        "rows_rounded": pd.array([1205, 20, None], dtype="Int64"),
        "as_of": [date(2026, 11, 9)] * 3,
    }
)
FUNNEL = pd.DataFrame(
    {
        "status": ["completed", "paused", "abandoned", "started"],
        "sessions": [31, 6, 4, 2],
        "sessions_before": [25, 9, 5, 0],
        "share": [0.72, 0.14, 0.09, 0.05],
    }
)
WEEKS = pd.DataFrame({"week": pd.date_range("2026-06-01", periods=6, freq="7D")}).assign(
    mean=[0.1, 0.2, None, 0.15, 0.3, 0.35],
    low=[0.0, 0.1, None, 0.0, 0.2, 0.2],
    high=[0.2, 0.3, None, 0.3, 0.4, 0.5],
    people=[12, 14, 0, 11, 15, 13],
    before=[0.05, 0.1, 0.1, 0.0, 0.05, 0.1],
)


def said() -> None:
    """What stands where a chart would be empty, and errors."""
    st.header("Messages")
    messages.nothing_found("No row fits these filters.", "Remove one in the sidebar.")
    messages.not_declared("This collection has no owners.", "Declare the column with `--owner`.")
    messages.no_map("notes")
    messages.failed(QueryError("The database stopped this statement at its time limit."))


def rows() -> None:
    """A hit, whole and as an excerpt."""
    st.header("Rows")
    for hit in (HIT, HIT._replace(row_id="13", text=HIT.text * 12)):
        with st.container(border=True):
            st.html(hits.body(hit))
            st.caption(hit.why)


def released() -> None:
    """Released figures, and a row of a table chosen by click or by name."""
    st.header("Released figures")
    told = {"people": 10, "base": 5}
    table = release_table.readable(CELLS, told)
    st.caption(release_table.rule(told))
    clicks = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row")
    row_choice.chosen(clicks, table["value"].tolist(), "choice")  # type: ignore[arg-type]


def trusted() -> None:
    """The sentences of the trust panel: good, fair and low."""
    st.header("Trust")
    for one in trust.figures(RUN, THEMES):
        st.markdown(trust.line(one))


def drawn() -> None:
    """Charts with what stands behind each."""
    st.header("Charts")
    dark = figure.is_dark()
    sql = "SELECT status, count(*) FROM northlight.sessions GROUP BY status"
    figure.show(progress.funnel_chart(FUNNEL, dark=dark), FUNNEL, sql, "funnel", "43 sessions")
    weeks = progress.trajectory_chart(WEEKS, "sentiment", dark=dark)
    figure.show(weeks, WEEKS, sql, "weeks", "A week without answers is a gap.")
    streaks = progress.histogram_chart([1, 1, 2, 3, 3, 3, 8], "days", dark=dark)
    figure.show(streaks, WEEKS[["week", "people"]], sql, "streaks")


st.set_page_config("Gallery", layout="wide")
style.apply()
st.title("Gallery")
for piece in (said, rows, released, trusted, drawn):
    piece()
