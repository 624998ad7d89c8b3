"""Numbers, moments and texts as a reader meets them."""

import html
import re
from collections.abc import Sequence
from datetime import datetime

import pandas as pd

SHORT = 420
# The browser's own yellow shouts, and is white on white in the dark.
MARK = '<mark style="background:rgb(229 179 61/.42);color:inherit;border-radius:3px">'
PERIODS = (
    (365.25 * 86400, "year"),
    (30.4 * 86400, "month"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
)


def count(number: int, unit: str, units: str | None = None) -> str:
    """A number with its unit: "1 row", "7,122 rows"."""
    return f"{number:,} {unit if number == 1 else units or unit + 's'}"


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent; 0% of nothing."""
    return percent(part / whole if whole else 0)


def percent(share: float) -> str:
    """A share of 0 to 1 in per cent, honest at both ends: "under 1%" is not 0, "over 99%" not 100.

    Without a space, as Python's and Vega's own formats spell it.
    """
    if 0 < share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits: "3 hours ago"."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    for length, unit in PERIODS:
        if seconds >= length:
            return f"{count(int(seconds // length), unit)} ago"
    return "just now"


def day(moment: datetime | pd.Timestamp | None) -> str:
    """A day without its hour: "3 March 2026"; empty for none."""
    return "" if moment is None or pd.isna(moment) else f"{moment.day} {moment:%B %Y}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"


def short(text: str | None, length: int = 90) -> str:
    """The beginning of a text on one line, cut at a word."""
    line = " ".join((text or "").split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + "…"


def plain(text: str) -> str:
    """A text that Markdown reads as it stands: what would format is escaped."""
    return re.sub(r"([\\`*_{}\[\]()#+!|<>~$:-])", r"\\\1", text)


def excerpt(text: str, passage: str, length: int = SHORT) -> str:
    """The part of a long text that holds the passage, whole words, with … where it was cut."""
    if len(text) <= length:
        return text
    middle = max(text.find(passage), 0) + min(len(passage), length) // 2
    start = max(0, min(middle - length // 2, len(text) - length))
    end = start + length
    begun = text[start:end].split(" ", 1)[-1] if start else text[start:end]
    return ("…" if start else "") + (begun if end >= len(text) else begun.rsplit(" ", 1)[0] + "…")


def marked(text: str, words: Sequence[str], passage: str = "") -> str:
    """The text as HTML: everything escaped, the words in <mark>, the passage in <strong>."""
    shown = _with_words_marked(text, words)
    inner = _with_words_marked(passage, words)
    whole = passage.strip() and len(passage.strip()) < 0.8 * len(text.strip())
    return shown.replace(inner, f"<strong>{inner}</strong>", 1) if whole else shown


def _with_words_marked(text: str, words: Sequence[str]) -> str:
    if not words:
        return html.escape(text)
    longest_first = sorted({re.escape(word) for word in words}, key=len, reverse=True)
    pieces = re.split(rf"(?<!\w)({'|'.join(longest_first)})(?!\w)", text)
    return "".join(
        f"{MARK}{html.escape(piece)}</mark>" if position % 2 else html.escape(piece)
        for position, piece in enumerate(pieces)
    )
