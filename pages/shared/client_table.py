"""The table of clients: figures, small lines and flags, each row a way to the client."""

from datetime import datetime

import pandas as pd
import streamlit as st

from analysis.flags import RULES
from pages.shared import coaching, figure, hits, screens, words
from pages.shared.scope import Scope

EVERYBODY, FLAGGED = "Everybody", "Anything to look at"
SHOWN = (EVERYBODY, FLAGGED, *(rule.name.capitalize() for rule in RULES))
# The label, the column, whether the smallest comes first.
SORTS = {
    "Flags, then last activity": ("flag_count", False),
    "Last activity": ("last_at", False),
    "Quiet the longest": ("last_at", True),
    "Name": ("name", True),
    "Mood since the session": ("sentiment_since", True),
    "Streak": ("current", False),
}


def narrowed(found: pd.DataFrame, name: str, flag: str, sort: str) -> pd.DataFrame:
    """The clients that fit, in the order asked for."""
    flags = found["flags"].map(lambda told: told if isinstance(told, list) else [])
    told = found.assign(
        name=found.apply(coaching.name_of, axis=1), flags=flags, flag_count=flags.map(len)
    )
    if name:
        words_said = told["name"] + " " + told["focus"].fillna("")
        told = told[words_said.str.contains(name, case=False, regex=False)]
    if flag == FLAGGED:
        told = told[told["flag_count"] > 0]
    elif flag != EVERYBODY:
        told = told[told["flags"].map(lambda names: flag.lower() in names)]
    column, ascending = SORTS[sort]
    return told.sort_values(
        [column, "last_at", "name"], ascending=[ascending, False, True], ignore_index=True
    )


def draw(scope: Scope, shown: pd.DataFrame, now: datetime) -> None:
    """The table; choosing a row opens the client."""
    listed = _listed(shown, now)
    chosen = st.dataframe(
        listed,
        hide_index=True,
        key="clients",
        on_select="rerun",
        selection_mode="single-row",
        height="content" if len(listed) <= 20 else 720,
        placeholder="–",
        column_config=COLUMNS,
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        hits.export(listed, "clients")
        with st.popover("SQL", icon=":material/code:", key="sql-clients"):
            st.code(figure.of_histories(scope, "of_people"), language="sql", wrap_lines=True)
    for position in chosen["selection"]["rows"]:
        owner = str(shown["owner"].iat[position])
        kept = st.query_params.to_dict() | {"client": owner}
        st.switch_page(str(screens.FOLDER / "client.py"), query_params=kept)


COLUMNS = {
    "Client": st.column_config.TextColumn(width=130),
    "To look at": st.column_config.MultiselectColumn(
        options=[rule.name for rule in RULES],
        color=["#D9822B", "#8A63B8", "#3E7CB1", "#8C8F36", "#7A8490"],
        width=150,
        help="What happened, by the rules below the table; no judgement and no diagnosis.",
    ),
    "Last activity": st.column_config.TextColumn(width=98),
    "Streak": st.column_config.NumberColumn(
        width=60, format="%d d", help="Current streak of calendar days."
    ),
    "Mood": st.column_config.LineChartColumn(
        width=70, y_min=-1, y_max=1, help="Sentiment of the last 12 answers, -1 to 1."
    ),
    "Confidence": st.column_config.LineChartColumn(
        width=80, y_min=1, y_max=10, help="Of the last 12 answers, 1 to 10."
    ),
    "Last session": st.column_config.TextColumn(width=98),
    "New": st.column_config.NumberColumn(width=46, help="Answers since the last session held."),
    "Mood ±": st.column_config.NumberColumn(
        width=62,
        format="%+.2f",
        help="Mean sentiment since the last session minus that before it.",
    ),
    "Best": st.column_config.NumberColumn(
        width=55, format="%d d", help="The longest streak so far."
    ),
    "Works on": st.column_config.TextColumn(width="large"),
}


def _listed(shown: pd.DataFrame, now: datetime) -> pd.DataFrame:
    moments = shown["last_at"].map(coaching.moment)
    sessions = shown["last_session"].map(coaching.moment)
    return pd.DataFrame(
        {
            "Client": shown["name"],
            "To look at": shown["flags"],
            "Last activity": [words.ago(_or_none(at), now) for at in moments],
            "Streak": shown["current"],
            "Mood": shown["mood_line"],
            "Confidence": shown["confidence_line"],
            "Last session": [words.ago(_or_none(at), now) for at in sessions],
            "New": shown["answers_since"],
            "Mood ±": shown["sentiment_since"],
            "Best": shown["best"],
            "Works on": shown["focus"],
        }
    )


def _or_none(moment: object) -> datetime | None:
    return None if moment is None or pd.isna(moment) else moment  # type: ignore[return-value]


def rules() -> None:
    """Every flag with its rule, spelled out."""
    with st.expander("What the flags mean"):
        st.markdown("\n".join(f"- **{rule.name}**: {rule.told}" for rule in RULES))
        st.caption(
            "A flag says what happened, never why. It is computed from dates and numbers alone."
        )
