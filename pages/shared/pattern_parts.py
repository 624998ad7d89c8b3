"""Views of Patterns: found, compared across repositories, and what was learned."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import (
    address,
    cached,
    cached_patterns,
    hits,
    issue_parts,
    messages,
    row_choice,
    screens,
    words,
)
from pages.shared.scope import Scope
from pages.shared.system_frame import beside_it

ROWS = 20
ELSEWHERE = 10


def find(scope: Scope) -> None:
    """Patterns by meaning and words; one of them beside what other repositories have like it."""
    question = address.text("Find a pattern", "q", placeholder="retry with backoff")
    opened = st.query_params.get("like")
    if opened:
        elsewhere(scope, opened)
    elif question:
        answer = cached.search(scope, question, "hybrid", ROWS)
        found = answer.hits
        where = cached.by_ids(scope, tuple(found["row_id"])).set_index("row_id")["repository"]
        told = found["row_id"].map(where)
        names = words.count(told.nunique(), "repository", "repositories")
        messages.notice(answer.notice)
        st.caption(f"{words.count(len(found), 'pattern')} in {names}, the best first.")
        for row, repository in zip(found.itertuples(), told, strict=True):
            _card(row, str(repository), row.words, row.passage or "")
    else:
        st.caption("A sentence is searched by meaning, its words by words; see also Shared.")


def elsewhere(scope: Scope, row_id: str) -> None:
    """A pattern and its like in other repositories, side by side."""
    st.button("Back to the list", icon=":material/arrow_back:", on_click=_forget_like)
    mine = next(cached.by_ids(scope, (row_id,)).itertuples(), None)
    if mine is None:
        messages.nothing_found("There is no such pattern.", "It may have been taken away.")
        return
    found = cached_patterns.across(scope, row_id, ELSEWHERE)
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.subheader(words.short(mine.title, 60))
        screens.link("repository", mine.repository, ":material/folder:", repository=mine.repository)
        st.html(hits.body(hits.Hit(row_id, mine.text or "", "", "")))
        _versions(scope, row_id)
        issue_parts.of_pattern(scope, mine.title)
    with right:
        st.subheader("In other repositories")
        for row in found.itertuples():
            _card(row, row.repository, (), "", _why(row))
        if found.empty:
            messages.nothing_found("No other repository has one.", "It stands alone.")


def shared(scope: Scope) -> None:
    """What several repositories have under one name; a click compares them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        word = address.text("With the word", "word", placeholder="any")
        fewest = address.choice("In at least", (2, 3, 4, 5), "fewest", width=120)
    found = cached_patterns.shared_names(scope, fewest, word.lower() or None)
    if found.empty:
        messages.nothing_found(
            "No name is in that many repositories.", "Ask for fewer, or for another word."
        )
        return
    table = found.assign(count=found["repositories"].map(len)).drop(columns="row_ids")
    chosen = st.dataframe(
        table[["pattern", "count", "patterns", "repositories"]],
        hide_index=True,
        key="shared",
        on_select="rerun",
        selection_mode="single-row",
        height="content" if len(table) <= 10 else 380,
        column_config={
            "pattern": st.column_config.TextColumn("Called", width="medium"),
            "count": "How many have it",
            "patterns": "Patterns",
            "repositories": st.column_config.ListColumn("Repositories", width="large"),
        },
    )
    for position in row_choice.chosen(chosen, table["pattern"].to_list(), "shared-name"):
        ids = tuple(found["row_ids"].iat[position])
        with st.container(horizontal=True, gap="medium"):
            for row in cached.by_ids(scope, ids).itertuples():
                with st.container(width=380):
                    _card(row, row.repository, (), "")


def learned(scope: Scope) -> None:
    """Lessons and decisions searched together, one question."""
    question = address.text("Find a lesson or a decision", "q", placeholder="why was it changed")
    if not question:
        st.caption("Both are searched by meaning and by words.")
        return
    with st.container(horizontal=True, gap="large"):
        for title, table in (("Lessons", "lessons_learned"), ("Decisions", "technical_decisions")):
            with st.container(width=420):
                st.subheader(title)
                _found_in(beside_it(scope, table), question, title)


def _found_in(scope: Scope | None, question: str, title: str) -> None:
    if scope is None:
        messages.not_declared(f"No {title.lower()} are open to you.", "Ask an operator.")
        return
    answer = cached.search(scope, question, "hybrid", 10)
    found = answer.hits
    messages.notice(answer.notice)
    where = cached.by_ids(scope, tuple(found["row_id"])).set_index("row_id")
    for row in found.itertuples():
        repository = where["repository"].get(row.row_id) if "repository" in where else None
        _card(row, repository, row.words, row.passage or "", key=title)
    if found.empty:
        messages.nothing_found("None fits.", "Use other words.")


def _card(
    row: Any, repository: Any, marked: Any, passage: str, why: str = "", key: str = "pattern"
) -> None:
    """One pattern: name, repository, text, and the ways on."""
    with st.container(border=True, key=f"{key}-{row.row_id}", gap="xsmall"):
        st.html(
            hits.body(hits.Hit(row.row_id, row.text or "", str(row.title), "", marked, passage))
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if repository:
                told = str(repository)
                screens.link("repository", told, ":material/folder:", repository=told)
            st.caption(why, width="stretch")
            if key == "pattern":
                screens.reopen(
                    "Elsewhere",
                    f"else-{row.row_id}",
                    ":material/hub:",
                    like=row.row_id,
                    view="Find",
                )


def _why(row: Any) -> str:
    told = []
    if pd.notna(row.rank_meaning):
        told.append(f"{words.ordinal(int(row.rank_meaning))} by meaning ({1 - row.distance:.2f})")
    if pd.notna(row.rank_name):
        shared = f" ({', '.join(row.shared)})" if len(row.shared) else ""
        told.append(f"{words.ordinal(int(row.rank_name))} by name{shared}")
    return " · ".join(told)


def _versions(scope: Scope, row_id: str) -> None:
    versions = cached_patterns.beside(scope, "versions", (("of_row", row_id),))
    if len(versions) < 2:
        st.caption("It said the same at every analysis.")
        return
    st.caption(f"{len(versions)} versions; the distance to the one before, 0 is the same.")
    st.line_chart(versions, x="time", y="moved", x_label="", y_label="moved", height=140)


def _forget_like() -> None:
    st.query_params.pop("like", None)
