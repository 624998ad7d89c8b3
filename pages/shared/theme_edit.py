"""Changing a theme in place: rename, pin, merge, split, keep apart; and its history with undo."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import asked, cached, words
from pages.shared.scope import Scope
from queries.queue import asking
from queries.themes.theme_edits import LONGEST_NAME

BY_PEOPLE = ("renamed", "pinned", "unpinned", "merged", "split", "apart")


def may(scope: Scope) -> bool:
    """Whether the reader's role changes themes at all; the database decides about this one."""
    return scope.gate.identity.role in asking.MAYS


def draw(scope: Scope, theme: Any, themes: pd.DataFrame) -> None:
    """The ways to change a theme, behind one button."""
    if not may(scope):
        return
    level = themes[themes["parent_id"].isna() == pd.isna(theme.parent_id)]
    names = {int(t.id): t.name for t in level.itertuples() if t.id != theme.id}
    with st.popover("Change it", icon=":material/edit:"):
        st.caption("What people decide is kept through every refit and can be undone below.")
        _rename(scope, theme)
        pinned = bool(theme.pinned)
        with st.container(horizontal=True):
            label = "Pin no more" if pinned else "Pin: keep it while it has rows"
            _button(scope, label, "unpin" if pinned else "pin", theme)
            if pd.notna(theme.parent_id):
                _button(scope, "Split in two", "split", theme)
        _with_another(scope, theme, names)


def history(scope: Scope, theme: Any) -> None:
    """What happened to the theme, newest first; what people did can be undone."""
    happened = cached.events(scope, int(theme.id))
    if happened.empty:
        return
    undone = {event.detail.get("edit") for event in happened.itertuples() if event.kind == "undone"}
    with st.expander(f"History: {words.count(len(happened), 'event')}"):
        for number, event in enumerate(happened.itertuples()):
            edit = event.detail.get("edit")
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(told(event), width="stretch")
                can = may(scope) and event.kind in BY_PEOPLE and isinstance(edit, int)
                if can and edit not in undone:
                    wanted = partial(asking.ask_theme, scope.gate, scope.collection, "undo", edit)
                    _ask(scope, "Undo", f"undo-{number}", wanted)


def told(event: Any) -> str:
    """An event in words."""
    by = "" if event.made_by == "engine" else f", by {_plain(event.made_by)}"
    said = {key: f"“{_plain(value)}”" for key, value in event.detail.items() if type(value) is str}
    more = {
        "renamed": f" from {said.get('from')} to {said.get('to')}",
        "merged": f": {said.get('name')} into {said.get('into')}",
        "apart": f" from {said.get('other')}",
        "undone": f": {said['what']}" if "what" in said else "",
    }.get(event.kind, "")
    kind = {"apart": "to be kept apart"}.get(event.kind, event.kind)
    return f"{words.day(event.created_at)}: **{kind}**{more}{by}"


def _rename(scope: Scope, theme: Any) -> None:
    with st.form(f"rename-{theme.id}", border=False):
        name = st.text_input("Name", theme.name, max_chars=LONGEST_NAME, key=f"name-{theme.id}")
        if st.form_submit_button("Rename") and name.strip() and name != theme.name:
            given = (scope.gate, scope.collection, "rename", int(theme.id))
            asked.ask(scope, partial(asking.ask_theme, *given, name=name))
            st.rerun()


def _with_another(scope: Scope, theme: Any, names: dict[int, str]) -> None:
    if not names:
        return
    other = st.selectbox(
        "Another theme of this level",
        list(names),
        format_func=names.__getitem__,
        key=f"other-{theme.id}",
        index=list(names).index(int(theme.rival_id)) if theme.rival_id in names else 0,
    )
    with st.container(horizontal=True):
        _button(scope, "Merge into it", "merge", theme, other)
        _button(scope, "Keep the two apart", "apart", theme, other)


def _button(scope: Scope, label: str, kind: str, theme: Any, other: int | None = None) -> None:
    given = (scope.gate, scope.collection, kind, int(theme.id))
    _ask(scope, label, f"{kind}-{theme.id}", partial(asking.ask_theme, *given, other=other))


def _ask(scope: Scope, label: str, key: str, wanted: Any) -> None:
    st.button(label, key=key, on_click=asked.ask, args=(scope, wanted))


def _plain(text: str) -> str:
    """A text without what Markdown would read as formatting."""
    return "".join(letter for letter in text if letter not in "[]*_`:$<>\\")
