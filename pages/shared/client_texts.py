"""A client's texts, open threads, media and exercises; and the passage that a link opened."""

import html
from datetime import datetime

import pandas as pd
import streamlit as st

from analysis.threads import threads
from pages.shared import cached_clients, coaching, hits, messages, recommended, screens, words
from pages.shared.passage_mark import mark_of, passage_in
from pages.shared.scope import Scope
from queries.collection import Collection

SHOWN = 40


def passage(scope: Scope, client: pd.Series) -> None:
    """The text that the address names, whole, with its passage marked."""
    row_id = st.query_params.get("row")
    if not row_id:
        return
    found = _row(scope, str(client["owner"]), row_id)
    if found is None:
        messages.nothing_found("That text is not there.", "It may have been taken back.")
        return
    named = st.query_params.get("quote", "")
    said = found["text"] or ""
    quote = passage_in(said, named)
    with st.container(border=True, key="passage"):
        about = " · ".join(filter(None, (words.day(found["time"]), found["about"])))
        st.markdown(f"**{words.plain(about)}**")
        st.html(f"<div>{_marked(said, quote)}</div>")
        if named and not quote:
            st.caption("The passage that was quoted is no longer in this text.")
        st.button("Close", key="close-passage", on_click=_close, icon=":material/close:")


def _close() -> None:
    for name in ("row", "quote"):
        st.query_params.pop(name, None)


def _row(scope: Scope, owner: str, row_id: str) -> pd.Series | None:
    for rows, about in _texts(scope, owner):
        found = rows[rows["row_id"] == row_id]
        if len(found):
            row = found.iloc[0]
            told = row.get(about)
            return pd.Series({**row, "about": "" if told is None or pd.isna(told) else str(told)})
    return None


def _texts(scope: Scope, owner: str) -> list[tuple[pd.DataFrame, str]]:
    """Answers, entries and talks, each with the column that says what it is about."""
    found = [(cached_clients.answers(scope, owner), "exercise")]
    for table, kind in coaching.BESIDE.items():
        beside = coaching.beside(scope, table)
        if isinstance(beside, Collection):
            rows = cached_clients.texts(scope, beside, owner)
            titles = [kind if pd.isna(title) else f"{kind}: {title}" for title in rows["title"]]
            found.append((rows.assign(told=titles), "told"))
    return found


def _marked(text: str, quote: str) -> str:
    told = html.escape(text)
    inner = html.escape(quote)
    if quote and inner in told:
        told = told.replace(inner, f"{words.MARK}{inner}</mark>", 1)
    return told.replace("\n", "<br>")


def draw(scope: Scope, client: pd.Series, now: datetime) -> None:  # noqa: ARG001
    """Open threads beside the texts; media below."""
    owner = str(client["owner"])
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Texts")
        _cards(scope, owner)
    with right:
        st.subheader("Open threads")
        _threads(scope, owner)
        st.subheader("Media")
        _media(scope, owner)


def _cards(scope: Scope, owner: str) -> None:
    parts = [rows.assign(told=rows[about]) for rows, about in _texts(scope, owner) if len(rows)]
    if not parts:
        st.caption("Nothing was written yet.")
        return
    every = pd.concat(parts, ignore_index=True).sort_values("time", ascending=False)
    for row in every.head(SHOWN).itertuples():
        mood = getattr(row, "mood", None)
        named = [words.day(row.time), row.told, mood]
        about = " · ".join(str(part) for part in named if part is not None and not pd.isna(part))
        with st.container(border=True, key=f"text-{row.row_id}", gap="xsmall"):
            st.html(hits.body(hits.Hit(row.row_id, row.text or "", about, "")))
    if len(every) > SHOWN:
        st.caption(f"The newest {SHOWN} of {len(every):,}; search finds the others.")


def _threads(scope: Scope, owner: str) -> None:
    st.caption("Questions and plans in their own words, the newest first, found by form alone.")
    answers = cached_clients.answers(scope, owner)
    found = [(row, t) for row in answers.itertuples() if row.text for t in threads(row.text)]
    for number, (row, thread) in enumerate(found[:12]):
        with st.container(gap=None):
            st.markdown(f"“{words.plain(thread.sentence)}”")
            label = f"{thread.kind}, {words.day(row.time)}"
            screens.reopen(
                label, f"thread-{number}", row=row.row_id, quote=mark_of(thread.sentence)
            )
    if not found:
        st.caption("none")


def _media(scope: Scope, owner: str) -> None:
    listed = cached_clients.media(scope, owner)
    answers = cached_clients.answers(scope, owner)
    spoken = answers[answers[["audio", "video"]].notna().any(axis=1)]
    if listed.empty and spoken.empty:
        st.caption("none; files are only referred to, never fetched")
        return
    for row in listed.itertuples():
        st.caption(f"{words.day(row.time)}: {words.plain(str(row.name or row.kind))}")
    for row in spoken.itertuples():
        st.caption(f"{words.day(row.time)}: {words.plain(str(row.audio or row.video))}")


def exercises(scope: Scope, client: pd.Series, now: datetime) -> None:  # noqa: ARG001
    """Recommended next with the reason; done; skipped."""
    owner = str(client["owner"])
    programme = cached_clients.exercises(scope)
    answers = cached_clients.answers(scope, owner)
    done = answers.groupby("exercise").agg(times=("time", "size"), last=("time", "max"))
    st.subheader("Recommended next")
    recommended.exercises(scope, owner)
    recommended.entries(scope, owner)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(f"Done: {len(done)} of {len(programme)}")
        shown = done.sort_values("last", ascending=False).reset_index()
        shown["last"] = shown["last"].map(words.day)
        st.dataframe(shown, hide_index=True, column_config=DONE)
    with right:
        reached = programme.index[programme["title"].isin(done.index)]
        skipped = programme.loc[: reached.max() if len(reached) else -1]
        skipped = skipped[~skipped["title"].isin(done.index)]
        st.subheader(f"Skipped: {len(skipped)}", help="They come before the furthest one done.")
        shown = skipped[["title", "category"]].assign(
            category=skipped["category"].str.replace("_", " ")
        )
        st.dataframe(shown, hide_index=True, column_config=DONE)


DONE = {"exercise": "Exercise", "times": "Times", "last": "Last", "title": "Exercise"}
DONE |= {"category": "Category"}
