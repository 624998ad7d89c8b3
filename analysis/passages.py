"""Sentences of a text, and the one nearest to a query vector."""

import re
from collections.abc import Sequence

import numpy as np

from analysis.vectors import Floats

# After a full stop, question or exclamation mark (with closing quotes), or at a line's end.
_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|\n+")
LONGEST = 400  # characters; a longer sentence is cut at a space
MOST = 60  # sentences of one text that are looked at


def sentences(text: str) -> list[str]:
    """The sentences of a text, exactly as they stand in it; none of an empty text."""
    found: list[str] = []
    start = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        found += _pieces(text[start:end].strip())
        start = end
    return found[:MOST]


def best(cut: Sequence[Sequence[str]], vectors: Floats, query: Floats) -> list[str]:
    """Of each text the sentence most similar to the query; an empty string for no sentence.

    Parameters
    ----------
    cut
        The sentences of each text.
    vectors : shape (all sentences, dimensions)
        Unit length, text after text; a row of NaN is never the best.
    query : shape (dimensions,)
    """
    similarity = np.nan_to_num(vectors @ query, nan=-np.inf)
    chosen, start = [], 0
    for one in cut:
        mine = similarity[start : start + len(one)]
        chosen.append(one[int(mine.argmax())] if len(one) else "")
        start += len(one)
    return chosen


def _pieces(sentence: str) -> list[str]:
    if len(sentence) <= LONGEST:
        return [sentence] if sentence else []
    cut = sentence.rfind(" ", 1, LONGEST)
    cut = LONGEST if cut < 0 else cut
    return [sentence[:cut], *_pieces(sentence[cut:].strip())]
