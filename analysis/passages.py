"""Sentences of a text, and the one nearest to a query vector."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from analysis.vectors import Floats

# After a full stop, question or exclamation mark (with closing quotes), or at a line's end.
_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|\n+")
LONGEST = 400  # characters; a longer sentence is cut at a space
MOST = 60  # sentences of one text that are looked at


def sentences(text: str) -> list[str]:
    """The first sentences of a text, exactly as they stand in it; none of an empty text."""
    return list(islice(_sentences(text), MOST))


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


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for match in _END.finditer(text):
        yield from _pieces(text[start : match.end()].strip())
        start = match.end()
    yield from _pieces(text[start:].strip())


def _pieces(sentence: str) -> Iterator[str]:
    start = 0
    while len(sentence) - start > LONGEST:
        cut = sentence.rfind(" ", start + 1, start + LONGEST)
        cut = start + LONGEST if cut < 0 else cut
        yield sentence[start:cut].strip()
        start = cut
    if rest := sentence[start:].strip():
        yield rest
