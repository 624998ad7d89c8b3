"""The theme that was chosen beside the map: its size, its course and its rows."""

import html
from typing import Any

import pandas as pd
import streamlit as st

from charts.bars import bars
from charts.theme_colours import families
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
        st.caption(size(theme))
        st.space("stretch")
        screens.link("themes", "Open the theme", ":material/arrow_forward:", theme=int(theme.id))


def size(theme: Any) -> str:
    """Rows, people where the collection has owners, and how the theme fares."""
    told = words.count(int(theme.size), "row")
    if pd.notna(theme.owners):
        told += f" from {words.count(int(theme.owners), 'person', 'people')}"
    return f"{told} · {theme.state}"


def _course(scope: Scope, theme_id: int) -> None:
    if not scope.collection.time:
        st.caption("The collection declares no time, so there is no course to show.")
        return
    period = digest.period_for(cached.span(scope))
    trend = cached.trend(scope, (theme_id,), period)
    shades = families(cached.themes(scope))[theme_id].shades
    st.html(bars(trend, period, shades, dark=st.context.theme.type == "dark"))


def _rows(scope: Scope, theme_id: int) -> None:
    members = cached.members(scope, theme_id, ROWS)
    st.caption("Its surest rows, with their membership")
    st.html(listed(members))


def listed(members: pd.DataFrame) -> str:
    """The rows as a table of their own height; a grid would have to be fetched first."""
    lines = "".join(
        f'<tr><td style="padding:2px 8px">{html.escape(words.short(row.text, 200))}</td>'
        f'<td style="padding:2px 8px;vertical-align:top">{row.membership:.2f}</td></tr>'
        for row in members.itertuples()
    )
    frame = "max-height:190px;overflow-y:auto"
    label = 'tabindex="0" role="region" aria-label="Its surest rows"'
    return f'<div {label} style="{frame}"><table style="width:100%">{lines}</table></div>'
