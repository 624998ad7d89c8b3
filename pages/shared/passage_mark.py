"""How an address names a passage of a text without saying its words.

Addresses end up in the browser's history and in logs of proxies; a person's words do not belong
there. So the address carries the passage's length and a digest of it.
"""

from hashlib import sha256

DIGITS = 16


def mark_of(passage: str) -> str:
    """What stands in the address for a passage: "41-9f86d081884c7d65"."""
    return f"{len(passage)}-{sha256(passage.encode()).hexdigest()[:DIGITS]}"


def passage_in(text: str, mark: str) -> str:
    """The passage of the text that the mark stands for; empty when there is none."""
    length = mark.partition("-")[0]
    if not length.isdecimal() or not 0 < int(length) <= len(text):
        return ""
    size = int(length)
    windows = (text[start : start + size] for start in range(len(text) - size + 1))
    return next((window for window in windows if mark_of(window) == mark), "")
