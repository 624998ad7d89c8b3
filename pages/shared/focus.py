"""The theme that was chosen beside the map: its size, its course and its rows."""

import pandas as pd
import streamlit as st

from pages.shared import cached, digest, screens, words
from pages.shared.scope import Scope

ROWS = 50


def show(scope: Scope, chosen: str) -> None:
    """What there is to say of the theme, if one is chosen and there."""
    themes = cached.themes(scope)
    found = themes[themes["id"] == (int(chosen) if chosen.isdecimal() else -1)]
    for theme in found.itertuples(index=False):
        with st.container(border=True):
            _told(theme)
            left, right = st.columns([2, 3], gap="medium")
            with left:
                _course(scope, int(theme.id))
            with right:
                _rows(scope, int(theme.id))


def _told(theme: tuple) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(theme.name, width="content")
        people = f" from {words.count(int(theme.owners), 'person', 'people')}"
        told = words.count(int(theme.size), "row")
        st.caption(told + (people if pd.notna(theme.owners) else "") + f" · {theme.state}")
        st.space("stretch")
        screens.link("themes", "Open the theme", ":material/arrow_forward:", theme=int(theme.id))


def _course(scope: Scope, theme_id: int) -> None:
    if not scope.collection.time:
        st.caption("The collection declares no time, so there is no course to show.")
        return
    period = digest.period_for(cached.summary(scope))
    trend = cached.trend(scope, (theme_id,), period)
    st.bar_chart(trend, x="period", y="rows", x_label="", y_label=f"rows a {period}", height=200)


def _rows(scope: Scope, theme_id: int) -> None:
    members = cached.members(scope, theme_id, ROWS)
    st.dataframe(
        members[["text", "membership"]],
        hide_index=True,
        height=200,
        key="focused",
        column_config={
            "text": st.column_config.TextColumn("Its surest rows", width="large"),
            "membership": st.column_config.NumberColumn("Membership", format="%.2f"),
        },
    )
