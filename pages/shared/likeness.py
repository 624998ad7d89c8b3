"""The parts of Similar: groups of rows, the rows near a row, and two rows side by side."""

import html
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from jobs.search.similar import Group, Reasons
from pages.shared import cached, cached_similar, hits, messages, screens, words
from pages.shared.likeness_controls import LEVELS, Asked
from pages.shared.scope import Scope
from queries.errors import NoSuchRow

MEMBERS = 8  # rows of one group that are listed


def together(scope: Scope, asked: Asked) -> None:
    """Groups of rows that are alike, each with its rows; or what to do where there are none."""
    found = cached_similar.groups(scope, asked.above, asked.across)
    groups = _of_kind(asked.kind, found.groups, found.pairs)
    if not groups:
        _nothing(scope, asked, len(found.pairs))
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_sentence(scope, asked, len(groups), found.since), width="stretch")
        hits.export(found.pairs, f"{scope.collection.name}-pairs", "Export the pairs as CSV")
    shown = groups[: asked.limit]
    rows = _rows(scope, [row_id for group in shown for row_id in group.ids[:MEMBERS]])
    for number, group in enumerate(shown):
        _group(group, rows, number)


def _nothing(scope: Scope, asked: Asked, pairs: int) -> None:
    """Why there is none, and the one step to where there are some."""
    if pairs:
        messages.nothing_found(
            "There are none of this kind.",
            f"But {words.count(pairs, 'pair')} of rows are at {asked.above} or above.",
        )
        screens.reopen("Show the pairs", "pairs", ":material/join_inner:", show="Pairs")
        return
    closest = cached_similar.groups(scope, 0.0, asked.across).pairs["similarity"].head(1)
    most = "".join(f" The two most alike are at {value:.2f}." for value in closest)
    messages.nothing_found(
        "No rows are that alike.",
        f"Searched: {scope.sentence}.{most} Choose a lower similarity, or remove a filter.",
    )
    for level in [level for level in LEVELS if level <= closest.max()][:1]:
        screens.reopen(f"Show what is alike at {level}", "lower", show="Pairs", above=str(level))


def near(scope: Scope, row_id: str, limit: int) -> None:
    """The rows nearest to a row, each with the way to the reasons. Raises NoSuchRow."""
    _back("All similar rows", "row")
    _card(scope, row_id)
    found = cached.like(scope, row_id, limit)
    st.caption(f"The nearest {words.count(len(found), 'row')} ({scope.sentence}).")
    for row in found.itertuples():
        with st.container(border=True, gap="xsmall"):
            st.html(hits.body(hits.Hit(row.row_id, row.text or "", hits.about(row), "")))
            _told(1 - row.distance, row_id, row.row_id)


def compared(scope: Scope, one: str, other: str) -> None:
    """Two rows side by side, and why they are alike. Raises NoSuchRow."""
    _back("Back to the row", "with")
    reasons = cached_similar.why(scope, one, other)
    for place, row_id in zip(st.columns(2), (one, other), strict=True):
        with place:
            _card(scope, row_id, reasons, other == row_id)
    st.subheader("Why they are alike")
    # As HTML, escaped: quoted texts must not be read as Markdown, with its links and images.
    told = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in reasons.sentences())
    st.html(f"<ul>{told}</ul>")


def _group(group: Group, rows: pd.DataFrame, number: int) -> None:
    members = [row_id for row_id in group.ids[:MEMBERS] if row_id in rows.index]
    with st.container(border=True, key=f"group-{number}", gap="xsmall"):
        lowest = min(group.similarity)
        rest = len(group.ids) - len(members)
        more = f", {rest:,} of them not listed" if rest else ""
        st.caption(f"{words.count(len(group.ids), 'row')}{more} · similarity {lowest:.2f} and more")
        for row_id, alike in zip(members, (None, *group.similarity), strict=False):
            row = rows.loc[row_id]
            st.html(hits.body(hits.Hit(row_id, row["text"] or "", hits.about(row), "")))
            if alike is not None:
                _told(alike, members[0], row_id)


def _told(similarity: float, one: str, other: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"similarity {similarity:.2f}", width="stretch")
        key = f"why-{one}-{other}"
        screens.reopen("Why", key, ":material/help:", row=one, **{"with": other})


def _card(scope: Scope, row_id: str, why: Reasons | None = None, second: bool = False) -> None:
    found = _rows(scope, [row_id])
    if row_id not in found.index:
        raise NoSuchRow(scope.collection.name, row_id)
    row = found.loc[row_id]
    passage = why.passages[int(second)] if why and why.passages else ""
    marked = why.words if why else []
    with st.container(border=True):
        hit = hits.Hit(row_id, row["text"] or "", hits.about(row), "", marked, passage)
        st.html(hits.body(hit))


def _rows(scope: Scope, ids: Sequence[str]) -> pd.DataFrame:
    return cached.by_ids(scope, tuple(dict.fromkeys(ids))).set_index("row_id", drop=False)


def _of_kind(kind: str, groups: Sequence[Group], pairs: pd.DataFrame) -> list[Group]:
    if kind != "pair":
        return [group for group in groups if group.kind == kind]
    return [
        Group("pair", (pair.row_id, pair.other_id), (pair.similarity,))
        for pair in pairs.itertuples()
    ]


def _sentence(scope: Scope, asked: Asked, groups: int, since: float) -> str:
    across = "" if asked.across is None else f" of different {asked.across.replace('_', ' ')}"
    kind = {"near-duplicates": "group", "family": "family", "pair": "pair"}[asked.kind]
    many = words.count(groups, kind, "families" if kind == "family" else None)
    return f"{many} of rows{across}, similarity from {since:.2f} on; searched: {scope.sentence}."


def _back(label: str, parameter: str) -> None:
    leave = st.query_params.pop
    st.button(label, icon=":material/arrow_back:", on_click=leave, args=(parameter, None))
