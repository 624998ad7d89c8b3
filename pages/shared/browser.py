"""A few things remembered of a browser beyond one tab: in this process, and not for long.

Streamlit's own random cookie against forged requests tells one browser from another. Nothing here
decides what anybody may see.
"""

from collections import OrderedDict

import streamlit as st

COOKIE = "_streamlit_xsrf"
MOST = 1000


def remember(what: str, value: object) -> None:
    """Keep a value for this browser; the longest untouched goes when there are too many."""
    key = _key(what)
    if key is not None:
        kept = _memory()
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > MOST:
            kept.popitem(last=False)


def recall(what: str) -> object:
    """What was kept for this browser, or None."""
    return _memory().get(_key(what) or "")


def forget(what: str) -> object:
    """Take it out, so that it counts once."""
    return _memory().pop(_key(what) or "", None)


def _key(what: str) -> str | None:
    cookie = st.context.cookies.get(COOKIE)  # AppTest's sessions have no cookies to speak of
    token = _unmasked(cookie) if isinstance(cookie, str) else None
    return f"{what}|{token}" if token else None


def _unmasked(cookie: str) -> str | None:
    """The cookie is `2|mask|masked token|time`, masked differently each time; the token stays."""
    parts = cookie.split("|")
    try:
        mask, masked = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return None
    return bytes(byte ^ mask[at % len(mask)] for at, byte in enumerate(masked)).hex()


@st.cache_resource(show_spinner=False)
def _memory() -> OrderedDict[str, object]:
    return OrderedDict()
