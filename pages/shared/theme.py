"""One theme: its evidence, the rows that stand for it, its parts, its course and its history."""

from typing import Any

import pandas as pd
import streamlit as st

from analysis.trends import Trend
from pages.shared import (
    cached,
    cached_map,
    cached_themes,
    catalogue,
    hits,
    messages,
    screens,
    theme_edit,
    words,
)
from pages.shared.scope import Scope
from queries.themes import themes as stored

MEMBERS = 200
EXPORTED = 100_000
BORDER = 5
PEOPLE = 50


def show(scope: Scope, themes: pd.DataFrame, theme_id: int) -> None:
    """The page part for one theme."""
    theme = next(themes[themes["id"] == theme_id].itertuples())
    st.header(theme.name)
    st.markdown(sentence(theme, themes, cached_map.mapped(scope).rows))
    if theme.definition:
        st.markdown(f"*{_plain(theme.definition)}*")
    _links(scope, theme, themes)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("Rows that stand for it")
        hits.show(_representatives(scope, theme))
        _border(scope, theme)
    with right:
        st.subheader("Evidence")
        _evidence(theme, themes)
        _parts(theme, themes)
        _people(scope, theme)
    st.subheader("Over time")
    change = cached_themes.trends(scope).get(theme_id)
    if change is not None:
        st.markdown(lately(change))
    catalogue.lines(scope, themes[themes["id"] == theme_id])
    _members(scope, theme)
    theme_edit.history(scope, theme)


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


def lately(change: Trend) -> str:
    """How the theme fares, by people, with the interval."""
    after, before = words.percent(change.after), words.percent(change.before)
    return (
        f"Of the people who wrote lately **{after}** wrote of it, before that {before}: "
        f"a change of {catalogue.points(change.after - change.before)} points "
        f"(95% interval {catalogue.points(change.low)} to {catalogue.points(change.high)}): "
        f"**{change.state}**."
    )


def _links(scope: Scope, theme: Any, themes: pd.DataFrame) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        screens.link("map", "On the map", ":material/scatter_plot:", theme="", focus=theme.id)
        screens.link("search", "Search within it", ":material/search:", theme=theme.id)
        if pd.notna(theme.parent_id):
            screens.reopen(
                "The theme above", "above", ":material/arrow_upward:", theme=int(theme.parent_id)
            )
        theme_edit.draw(scope, theme, themes)


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
    figures = st.container(horizontal=True)
    if pd.notna(theme.stability):
        figures.metric(
            "Stability",
            f"{theme.stability:.2f}",
            border=True,
            help="Share of the theme found again when the rows are drawn anew; 1 is best.",
        )
    if pd.notna(theme.separation):
        figures.metric(
            "Separation",
            f"{theme.separation:.2f}",
            border=True,
            help="How far its rows stand from the nearest other theme: -1 to 1, 1 is best.",
        )
    if pd.notna(theme.rival_id):
        name = words.short(_name(themes, theme.rival_id), 40)
        screens.reopen(f"Nearest rival: {name}", "rival", theme=int(theme.rival_id))


def _parts(theme: Any, themes: pd.DataFrame) -> None:
    parts = themes[themes["parent_id"] == theme.id]
    if len(parts) < 2:  # the only one is the theme over again
        return
    st.subheader(words.count(len(parts), "finer theme"))
    for part in parts.itertuples():
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            screens.reopen(words.short(part.name, 48), f"part-{part.id}", theme=part.id)
            st.caption(words.count(part.size, "row"), width="content")


def _border(scope: Scope, theme: Any) -> None:
    """Rows that could as well be elsewhere: what the theme is not."""
    with st.expander("Rows on its border"):
        found = cached_themes.borderline(scope, int(theme.id), BORDER)
        for row in found.itertuples():
            st.html(hits.body(hits.Hit(row.row_id, row.text or "", hits.about(row), "")))
            st.caption(f"membership {row.membership:.2f}")


def _people(scope: Scope, theme: Any) -> None:
    if not scope.collection.owner:
        return
    found = cached_themes.people(scope, int(theme.id), PEOPLE)
    st.subheader("Who is in it")
    st.dataframe(
        found.dropna(axis="columns", how="all"),
        hide_index=True,
        height=min(38 + 35 * len(found), 240),
        key="people",
        column_config={
            "owner": "Owner",
            "rows": st.column_config.NumberColumn("Rows", format="localized"),
            "last": st.column_config.DatetimeColumn("Last", format="D MMM YYYY"),
        },
    )


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
        st.download_button(
            "Export all as CSV",
            lambda: hits.csv(_every_member(scope, theme)),
            f"{scope.collection.name}-theme-{theme.id}.csv",
            "text/csv",
            key="export-members",
            on_click="ignore",
            icon=":material/download:",
        )
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


def _every_member(scope: Scope, theme: Any) -> pd.DataFrame:
    """All rows of the theme within the filters; read, and recorded, when it is asked for."""
    given = (scope.gate, scope.collection, int(theme.id), scope.filters)
    return stored.members(*given, EXPORTED)


def _name(themes: pd.DataFrame, theme_id: float) -> str:
    found = themes.loc[themes["id"] == theme_id, "name"]
    return str(found.iat[0]) if len(found) else "a theme that is gone"


def _plain(text: str) -> str:
    """A text without what Markdown would read as formatting."""
    return "".join(letter for letter in text if letter not in "[]*_`:$<>\\")
