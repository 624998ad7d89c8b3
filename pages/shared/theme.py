"""One theme: its evidence, the rows that stand for it, its parts, its course and its history."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import cached, catalogue, digest, hits, messages, screens, words
from pages.shared.scope import Scope

MEMBERS = 200


def show(scope: Scope, themes: pd.DataFrame, theme_id: int) -> None:
    """The page part for one theme."""
    theme = next(themes[themes["id"] == theme_id].itertuples())
    st.header(theme.name)
    st.markdown(sentence(theme, themes, digest.on_map(cached.summary(scope))))
    _links(theme)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Rows that stand for it")
        hits.show(_representatives(scope, theme))
    with right:
        st.subheader("Evidence")
        _evidence(theme, themes)
        _parts(theme, themes)
    st.subheader("Over time")
    catalogue.lines(scope, themes[themes["id"] == theme_id])
    _members(scope, theme)
    _history(scope, theme_id)


def sentence(theme: Any, themes: pd.DataFrame, mapped: int) -> str:
    """Size, share, owners and how the name came about."""
    told = f"**{words.count(theme.size, 'row')}**, {words.share(theme.size, mapped)} of all"
    told += (
        f", from **{words.count(int(theme.owners), 'owner')}**" if pd.notna(theme.owners) else ""
    )
    by = {"terms": "its terms", "person": "a person", "model": "a language model"}
    told += f". Named by {by[theme.named_by]}"
    told += "; new in this map." if theme.state == "new" else "."
    if pd.notna(theme.parent_id):
        told += f" Part of “{_name(themes, theme.parent_id)}”."
    return told


def _links(theme: Any) -> None:
    with st.container(horizontal=True):
        screens.link("map", "On the map", ":material/scatter_plot:", theme=theme.id)
        screens.link("search", "Search within it", ":material/search:", theme=theme.id)
        if pd.notna(theme.parent_id):
            screens.reopen(
                "The theme above", "above", ":material/arrow_upward:", theme=int(theme.parent_id)
            )


def _representatives(scope: Scope, theme: Any) -> list[hits.Hit]:
    """The rows nearest the theme's centre, the terms marked."""
    found = cached.by_ids(scope, tuple(theme.representatives))
    return [
        hits.Hit(
            row.row_id,
            row.text,
            hits.about(row),
            f"{words.ordinal(place)} nearest to its centre",
            tuple(theme.terms),
        )
        for place, row in enumerate(found.itertuples(), start=1)
    ]


def _evidence(theme: Any, themes: pd.DataFrame) -> None:
    st.markdown(" ".join(f":gray-badge[{_plain(term)}]" for term in theme.terms))
    stable, apart = st.columns(2)
    if pd.notna(theme.stability):
        stable.metric(
            "Stability",
            f"{theme.stability:.2f}",
            border=True,
            help="Share of the theme found again when the rows are drawn anew; 1 is best.",
        )
    if pd.notna(theme.separation):
        apart.metric(
            "Separation",
            f"{theme.separation:.2f}",
            border=True,
            help="How far its rows stand from the nearest other theme: -1 to 1, 1 is best.",
        )
    if pd.notna(theme.rival_id):
        st.caption(f"Closest to it: “{_name(themes, theme.rival_id)}”.")


def _parts(theme: Any, themes: pd.DataFrame) -> None:
    parts = themes[themes["parent_id"] == theme.id]
    if parts.empty:
        return
    st.subheader(words.count(len(parts), "finer theme"))
    for part in parts.itertuples():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            screens.reopen(words.short(part.name, 48), f"part-{part.id}", theme=part.id)
            st.caption(words.count(part.size, "row"), width="content")


def _members(scope: Scope, theme: Any) -> None:
    st.subheader("Its rows")
    found = cached.members(scope, theme.id, MEMBERS)
    if found.empty:
        messages.nothing_found(
            "No row of this theme fits the filters.", "Remove one in the sidebar."
        )
        return
    listed = found.dropna(axis="columns", how="all")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"The surest {len(found):,}, with {scope.sentence}.", width="stretch")
        hits.export(listed, f"{scope.collection.name}-theme-{theme.id}")
    st.dataframe(
        listed,
        hide_index=True,
        height=300,
        key="members",
        column_config={
            "membership": st.column_config.ProgressColumn(
                "Membership", min_value=0, max_value=1, format="%.2f"
            ),
            "text": st.column_config.TextColumn("Text", width="large"),
        },
    )


def _history(scope: Scope, theme_id: int) -> None:
    happened = cached.events(scope, theme_id)
    if happened.empty:
        return
    with st.expander(f"History: {words.count(len(happened), 'event')}"):
        for event in happened.itertuples():
            st.markdown(
                f"{words.day(event.created_at)}: **{event.kind}**, by {_plain(event.made_by)}"
            )


def _name(themes: pd.DataFrame, theme_id: float) -> str:
    found = themes.loc[themes["id"] == theme_id, "name"]
    return str(found.iat[0]) if len(found) else "a theme that is gone"


def _plain(text: str) -> str:
    """A text without what Markdown would read as formatting."""
    return "".join(letter for letter in text if letter not in "[]*_`:$<>\\")
