"""Widgets whose value stands in the address, and goes along from screen to screen.

Streamlit's `bind="query-params"` does the first, but loses the value when the reader changes the
screen (1.67: the new screen comes up with defaults whenever it is quick;
tests/browser/test_screens.py, "goes along"). So each value is also remembered for the session. An
address that differs from what was last written into it is a link somebody followed: it wins.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

MEMORY = "address"

Clean = Callable[[str], str]


def text(label: str, key: str, **options: Any) -> str:
    """A text field."""
    said = _recalled(key)
    _adopt(key, said[0] if said else None, "")
    value: str = st.text_input(label, key=key, **options)
    _write(key, [value] if value else [])
    return value


def choice(
    label: str,
    values: Sequence[Any],
    key: str,
    *,
    always: bool = False,
    widget: Any = None,
    default: Any = None,
    **options: Any,
) -> Any:
    """One of the values, the default unless chosen; in the address only when it is another.

    Without a default it is the first.
    """
    usual = values[0] if default is None else default
    said = _recalled(key)
    named = {str(value): value for value in values}
    _adopt(key, named.get(said[0]) if said else None, usual)
    if st.session_state[key] not in values:
        st.session_state[key] = usual
    value = (widget or st.selectbox)(label, values, key=key, **options)
    _write(key, [str(value)] if always or value != usual else [])
    return value


def typed_choice(
    label: str, values: Sequence[str], key: str, *, clean: Clean = str, **options: Any
) -> str | None:
    """One of the values, or another that is typed in, or none. `clean`: as of `several`."""
    said = _recalled(key)
    _adopt(key, said[0] if said else None, None)
    if st.session_state[key]:
        st.session_state[key] = clean(st.session_state[key])
    value: str | None = st.selectbox(
        label, _with(values, [st.session_state[key]]), key=key, accept_new_options=True, **options
    )
    _write(key, [value] if value else [])
    return value


def several(
    label: str, values: Sequence[str], key: str, *, clean: Clean = str, **options: Any
) -> tuple[str, ...]:
    """Any number of the values, or others that are typed in.

    `clean` gives the value of a label: a browser that is a moment behind sends the label.
    """
    _adopt(key, _recalled(key) or None, [])
    st.session_state[key] = list(dict.fromkeys(map(clean, st.session_state[key])))
    chosen = st.multiselect(
        label, _with(values, st.session_state[key]), key=key, accept_new_options=True, **options
    )
    _write(key, chosen)
    return tuple(chosen)


def day(label: str, key: str, **options: Any) -> date | None:
    """A day, or none."""
    said = _recalled(key)
    _adopt(key, as_day(said[0]) if said else None, None)
    value: date | None = st.date_input(label, key=key, **options)
    _write(key, [value.isoformat()] if value else [])
    return value


def pending(key: str) -> list[str]:
    """What the widget of that key is about to show, before it is drawn."""
    said, shown = _recalled(key), st.session_state.get(key)
    if said is not None or not shown:
        return said or []
    told = shown if isinstance(shown, list) else [shown]
    return [value.isoformat() if isinstance(value, date) else str(value) for value in told]


def forget_all() -> None:
    """Let every widget take its value from the address, or its default, in the next run."""
    for key in st.session_state.pop(MEMORY, {}):
        st.session_state.pop(key, None)


def as_day(said: str) -> date | None:
    """The day that an address tells, if it is one."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _recalled(key: str) -> list[str] | None:
    """What the widget has to take over: a followed link, or the value it had on another screen."""
    memory = st.session_state.setdefault(MEMORY, {})
    said = st.query_params.get_all(key)
    if said and said != memory.get(key):
        return said
    return memory.get(key) if key not in st.session_state else None


def _adopt(key: str, value: Any, default: Any) -> None:
    kept = st.session_state.get(key, default) if value is None else value
    # Set even when it is there: what is there may be the last screen's widget, which is going.
    st.session_state[key] = kept


def _write(key: str, said: list[str]) -> None:
    st.session_state[MEMORY][key] = said
    if st.query_params.get_all(key) == said:
        return
    if said:
        st.query_params[key] = said
    else:
        st.query_params.pop(key, None)


def _with(values: Sequence[str], chosen: Sequence[str | None]) -> list[str]:
    return [*values, *(value for value in chosen if value and value not in values)]
