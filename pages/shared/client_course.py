"""The head of a client's page, and how it goes: timeline, mood and confidence, themes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analysis.flags import RULES
from charts.course import course_chart, timeline_chart, timeline_legend
from charts.theme_colours import families
from pages.shared import cached, cached_clients, coaching, figure, messages, screens, words
from pages.shared.scope import Scope
from queries.people.clients import answers_statement
from queries.search.spelled import spelled

LATELY = timedelta(days=28)
LAST_OPENED = "client opened last"
COLUMN = 195  # pixels
SMOOTHED, GAP = 3, timedelta(days=42)


def opened(clients: pd.DataFrame) -> pd.Series | None:
    """The client that the address names, else the one opened last, if it is one of the reader's."""
    named = st.query_params.get("client") or st.session_state.get(LAST_OPENED, "")
    found = clients[clients["owner"] == named]
    if found.empty:
        return None
    st.session_state[LAST_OPENED] = st.query_params["client"] = named
    return found.iloc[0]


def choose(clients: pd.DataFrame) -> None:
    """Where no client is opened: a list of them to choose from, and the way to the table."""
    if st.query_params.get("client"):
        messages.nothing_found("No client of yours is named here.", "Choose one of these.")
    names = clients.assign(name=clients.apply(coaching.name_of, axis=1)).sort_values("name")
    told = dict(zip(names["owner"].astype(str), names["name"], strict=True))
    chosen = st.selectbox(
        "Client", list(told), None, told.__getitem__, placeholder="Choose one, or type a name"
    )
    screens.link("clients", "All clients", ":material/group:")
    if chosen:
        st.query_params["client"] = chosen
        st.rerun()


def head(scope: Scope, client: pd.Series, now: datetime) -> None:
    """What they work on, figures, flags with their rules, and ways on."""
    if isinstance(client["focus"], str):
        st.markdown(words.plain(client["focus"]))
    with st.container(horizontal=True):
        owner = str(client["owner"])
        screens.link("clients", "All clients", ":material/group:")
        screens.link("brief", "Session brief", ":material/description:", client=owner)
        within = {f"{scope.collection.name}.owner": owner, "collection": scope.collection.name}
        screens.link("search", "Search within", ":material/search:", **within)
    _figures(client, now)
    flags = client["flags"] if isinstance(client["flags"], list) else []
    holding = [f"**{r.name.capitalize()}.** {r.told}" for r in RULES if r.name in flags]
    if holding:
        st.warning("\n\n".join(holding), icon=":material/flag:")


def _figures(client: pd.Series, now: datetime) -> None:
    last, session = (coaching.moment(client[name]) for name in ("last_at", "last_session"))
    answers, best = (
        0 if pd.isna(client[name]) else int(client[name]) for name in ("answers", "best")
    )
    shown = (
        ("Last activity", words.ago(last, now), words.day(last)),
        ("Last session", words.ago(session, now), words.day(session)),
        ("Answers", f"{answers:,}", f"on {int(np.nan_to_num(client['days'])):,} days"),
        ("Streak", words.count(int(np.nan_to_num(client["current"])), "day"), f"best {best:,}"),
    )
    with st.container(horizontal=True):
        for label, value, below in shown:
            st.metric(label, value, below or None, "off", delta_arrow="off", border=True, width=200)


def draw(scope: Scope, client: pd.Series, now: datetime) -> None:
    """Timeline, mood and confidence, themes."""
    owner = str(client["owner"])
    answers = cached_clients.answers(scope, owner)
    if answers.empty:
        messages.nothing_found("Nothing was answered yet.", "It appears here when it is.")
        return
    made = spelled(answers_statement(scope.collection, owner))
    every = everything(scope, owner)
    st.subheader("Everything in order of time")
    dark = figure.is_dark()
    said = f"{words.count(len(every), 'thing')} done. Themes have the colours they have on the map "
    said += "of what they belong to: answers, entries and talks each have their own. "
    said += "Click one to read it."
    listed = every.drop(columns=["family", "shades", "row_id"])
    timeline = timeline_chart(every, dark=dark)
    opened_row = st.query_params.get("row", "")
    legend = timeline_legend(every, dark=dark)
    given = (timeline, listed, made, "timeline", said)
    figure.show(*given, legend, on_choice=_open_point, round_=opened_row)
    left, right = st.columns(2, gap="large")
    for column, measure, title in (
        (left, "sentiment", "Mood"),
        (right, "confidence", "Confidence"),
    ):
        with column:
            st.subheader(title)
            values = smoothed(answers, measure)
            if values.empty:
                st.caption("No value is known.")
                continue
            said = "Points are answers; the line is the mean of three, broken after six weeks "
            said += f"without one. {_by(answers)}" if measure == "sentiment" else "without one."
            figure.show(course_chart(values, measure, dark=dark), values, made, measure, said)
    _themes(scope, answers, now)


def _open_point(told: Mapping[str, Any]) -> None:
    """What was clicked opens above, whole; a session holds no text."""
    row_id = told["row_id"]
    if row_id:
        st.query_params.pop("quote", None)
        st.query_params["row"] = str(row_id)


def everything(scope: Scope, owner: str) -> pd.DataFrame:
    """Answers, entries, sessions and avatar talks, the newest first.

    Columns: time, kind, theme (in the current run of its own collection; missing for none), about,
    family and shades (the upper theme and its colour), row_id (missing for a session).
    """
    parts = [_listed(cached_clients.answers(scope, owner), "answer", "exercise", scope)]
    for table, kind in coaching.BESIDE.items():
        found = coaching.beside(scope, table)
        if found is not None:
            rows = cached_clients.texts(scope, found, owner)
            parts.append(_listed(rows, kind, "title", coaching.scope_of(scope, found)))
    met = cached_clients.sessions(scope, owner).rename(columns={"start": "time"})
    about = met["kind"].fillna("session").str.replace("_", " ") + ", " + met["status"].fillna("?")
    parts.append(pd.DataFrame({"time": met["time"], "kind": "session", "about": about}))
    whole = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return whole.sort_values("time", ascending=False, ignore_index=True)


def _listed(rows: pd.DataFrame, kind: str, about: str, scope: Scope) -> pd.DataFrame:
    of = families(cached.themes(scope))
    said = rows["text"].map(words.short)
    titled = rows[about].fillna("").astype(str)
    return pd.DataFrame(
        {
            "time": rows["time"],
            "kind": kind,
            "theme": rows["theme_id"].map(_names(scope)),
            "about": np.where(titled == "", said, titled + ": " + said),
            "row_id": rows["row_id"].astype(str),
            "family": rows["theme_id"].map({theme: family.name for theme, family in of.items()}),
            "shades": rows["theme_id"].map({theme: family.shades for theme, family in of.items()}),
        }
    )


def smoothed(answers: pd.DataFrame, measure: str) -> pd.DataFrame:
    """time, value, smooth, about, in order; smooth is NaN in front of a gap, so the line breaks."""
    told = answers[answers[measure].notna()].iloc[::-1].reset_index(drop=True)
    values = pd.DataFrame({"time": told["time"], "value": told[measure].astype(float)})
    stretch = (values["time"].diff() > GAP).cumsum()
    rolling = values.groupby(stretch)["value"].rolling(SMOOTHED, min_periods=2).mean()
    smooth = rolling.reset_index(level=0, drop=True).sort_index()
    mood = told["mood"].map(", “{}”".format, na_action="ignore").astype(object).fillna("")
    about = told["exercise"].astype(object).fillna("") + mood
    return values.assign(smooth=smooth, about=about)


def _by(answers: pd.DataFrame) -> str:
    told = answers["sentiment_by"].value_counts().to_dict()
    names = {
        "table": "from the programme",
        "model": "by a language model",
        "lexicon": "by a lexicon",
    }
    return "Sentiment " + ", ".join(f"{names[by]}: {rows:,}" for by, rows in told.items()) + "."


def _names(scope: Scope) -> dict[int, str]:
    themes = cached.themes(scope)
    return dict(zip(themes["id"], themes["name"], strict=True))


def _themes(scope: Scope, answers: pd.DataFrame, now: datetime) -> None:
    """New, growing and gone: the last four weeks beside everything before."""
    st.subheader("Themes")
    names = _names(scope)
    told = answers[answers["theme_id"].isin(list(names))]
    if told.empty:
        st.caption("None of the texts is in a theme yet.")
        return
    recent = told["time"] > pd.Timestamp(now) - LATELY
    parts = {"lately": told[recent], "before": told[~recent]}
    tallied = {name: rows["theme_id"].value_counts() for name, rows in parts.items()}
    counts = pd.DataFrame(tallied).fillna(0).astype(int)
    weeks = max((told["time"].max() - told["time"].min()) / timedelta(days=7) - 4, 1)
    shades = {n: family.shades for n, family in families(cached.themes(scope)).items()}
    groups = {state: [] for state in ("new", "growing", "steady", "gone")}
    for theme in counts.sort_values(["lately", "before"], ascending=False).itertuples():
        groups[_state(theme, weeks)].append(theme)
    columns = st.container(horizontal=True)  # two in a row on a tablet
    for state, members in groups.items():
        with columns.container(width=COLUMN):
            st.markdown(f"**{state.capitalize()}**", help=STATES[state])
            for theme in members:
                number = int(theme.Index)
                _theme(number, names[number], theme, shades[number][figure.is_dark()])
            if not members:
                st.caption("none")


STATES = {
    "new": "Written about in the last four weeks and never before.",
    "growing": "Written about in the last four weeks more often a week than before.",
    "steady": "Written about in the last four weeks, not more often than before.",
    "gone": "Not written about in the last four weeks.",
}


def _state(theme: Any, weeks_before: float) -> str:
    if theme.lately == 0:
        return "gone"
    if theme.before == 0:
        return "new"
    return "growing" if theme.lately / 4 > theme.before / weeks_before else "steady"


def _theme(number: int, name: str, theme: Any, colour: str) -> None:
    with st.container(gap=None):
        screens.link("themes", words.short(name, 40), theme=number)
        counted = f"{theme.lately} lately, {theme.before} before"
        st.html(
            f"<small><span aria-hidden='true' style='color:{colour}'>●</span> {counted}</small>"
        )
