"""Why a row is among the results: its rank in each leg of the search, or its distance."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import cached, hits, words
from pages.shared.scope import Scope
from queries.errors import NoSuchRow
from queries.search.search import SearchResult

MODES = {"hybrid": "by meaning and words", "meaning": "by meaning", "words": "by words"}


@dataclass(frozen=True)
class Found:
    """What Search shows: the cards, the rows behind them for export, and what was done."""

    hits: list[hits.Hit]
    rows: pd.DataFrame
    sentence: str
    notice: str | None = None


def answers(result: SearchResult, scope: Scope) -> Found:
    """The hits of a question, each with its rank in both legs."""
    cards = [
        hits.Hit(row.row_id, row.text, hits.about(row), _ranks(row), row.words, row.passage or "")
        for row in result.hits.itertuples()
    ]
    best = words.count(len(cards), "best row")
    told = f"The {best} {MODES[result.mode]}, best first; searched: {scope.sentence}."
    return Found(cards, result.hits, told, result.notice)


def like_this(scope: Scope, row_id: str, limit: int) -> Found:
    """Rows like a row, after showing that row and the way back. Raises NoSuchRow."""
    origin = cached.by_ids(scope, (row_id,))
    st.button("Back to the question", icon=":material/arrow_back:", on_click=_leave)
    if origin.empty:
        raise NoSuchRow(scope.collection.name, row_id)
    row = next(origin.itertuples())
    with st.container(border=True):
        st.html(hits.body(hits.Hit(row.row_id, row.text, hits.about(row), "")))
    near = cached.like(scope, row_id, limit)
    cards = [
        hits.Hit(row.row_id, row.text, hits.about(row), f"distance {row.distance:.2f}")
        for row in near.itertuples()
    ]
    told = (
        f"{words.count(len(cards), 'row')} like it, nearest first; searched: {scope.sentence}. "
        "Distance 0 is the same direction of meaning, 1 unrelated, 2 the opposite."
    )
    return Found(cards, near, told)


def _ranks(row: Any) -> str:
    told = []
    if pd.notna(row.rank_meaning):
        told.append(f"{words.ordinal(int(row.rank_meaning))} by meaning")
    if pd.notna(row.distance):
        told.append(f"distance {row.distance:.2f}")
    told.append(
        f"{words.ordinal(int(row.rank_words))} by words"
        if pd.notna(row.rank_words)
        else "not among the best by words"
    )
    return " · ".join(told)


def _leave() -> None:
    st.query_params.pop("like", None)
