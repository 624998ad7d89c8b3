"""Counting which words and two-word phrases the rows of each theme hold."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.stopwords import ENGLISH, UNMISTAKABLE
from analysis.vectors import Labels

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
LOOKED_AT = 1000  # rows of a theme; more would not change its terms
FIRST_WORDS = 300  # of a row; a long transcript counts by its beginning
COMMON = 0.01  # share of rows from which a word's evenness is judged
EVEN = 0.12  # of the themes' entropy; a common word less telling than this is a function word
THEMES_NEEDED = 6  # before evenness means anything
RARE = 2
SHARED_BY = 3  # owners who must use a term of theirs before it is shown to others


@dataclass(frozen=True)
class Counts:
    """Rows that hold a term, for each pair of theme and term that occurs.

    theme, term, rows, total : shape (pairs,)
        Which theme, which term, how many rows of the theme and of all rows hold it.
    spelled : the most frequent spelling of each term
    size : shape (themes + 1,)
        Rows looked at of each theme; the last entry is the unsorted.
    """

    theme: NDArray[np.int64]
    term: NDArray[np.int64]
    rows: NDArray[np.int64]
    total: NDArray[np.int64]
    spelled: list[str]
    size: NDArray[np.int64]


def count_words(
    texts: Sequence[str], labels: Labels, owners: Sequence[str | None] | None = None
) -> Counts:
    """Counts of content words and of phrases of two content words side by side.

    With `owners`, one per text, only of terms that SHARED_BY of them use: a name, or what just one
    person would say, describes no theme to others. Texts of nobody do not count as a person's.
    """
    themes = int(labels.max(initial=-1)) + 1
    chosen = _looked_at(labels)
    theme = np.where(labels[chosen] < 0, themes, labels[chosen]).astype(np.int64)
    size = np.bincount(theme, minlength=themes + 1)
    written = [WORD.findall(texts[row])[:FIRST_WORDS] for row in chosen]
    folded = [[word.casefold().replace("’", "'") for word in words] for words in written]
    functional = function_words(folded, theme, size)
    held = [_terms(words, functional) for words in folded]
    if owners is not None:
        held = _shared(held, [owners[row] for row in chosen])
    return _counts(held, theme, size, _spellings(written, folded))


def function_words(
    rows: Sequence[Sequence[str]], theme: NDArray[np.int64], size: NDArray[np.int64]
) -> frozenset[str]:
    """Words that carry grammar: common ones that tell no themes apart, and an English list.

    The list is for text that is English: of its words, one in fifty is unmistakably so.
    A word tells themes apart by the divergence, in nats, of the themes of its rows from the themes
    of all rows, as a part of the entropy of the latter.
    """
    pairs = Counter(
        (word, t) for words, t in zip(rows, theme.tolist(), strict=True) for word in set(words)
    )
    total: Counter[str] = Counter()
    for (word, _), rows_with in pairs.items():
        total[word] += rows_with
    common = {word for word, held in total.items() if held >= COMMON * len(rows)}
    listed = ENGLISH if _english(rows) else frozenset()
    if np.count_nonzero(size) < THEMES_NEEDED:
        return listed
    usual = size / size.sum()
    entropy = -float((usual[usual > 0] * np.log(usual[usual > 0])).sum())
    divergence: Counter[str] = Counter()
    for (word, t), rows_with in pairs.items():
        if word in common:
            part = rows_with / total[word]
            divergence[word] += part * np.log(part / usual[t])
    return listed | {word for word in common if divergence[word] < EVEN * entropy}


def _english(rows: Sequence[Sequence[str]]) -> bool:
    words = sum(len(row) for row in rows)
    return sum(word in UNMISTAKABLE for row in rows for word in row) * 50 >= max(words, 1)


def _looked_at(labels: Labels) -> NDArray[np.intp]:
    """Rows in order, at most LOOKED_AT of each theme, evenly spaced."""
    order = np.argsort(labels, kind="stable")
    _, start, size = np.unique(labels[order], return_index=True, return_counts=True)
    parts = [
        order[s + np.unique(np.linspace(0, n - 1, min(n, LOOKED_AT)).astype(int))]
        for s, n in zip(start, size, strict=True)
    ]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.intp)


def _terms(words: Sequence[str], functional: frozenset[str]) -> set[str]:
    kept = [word if _content(word, functional) else "" for word in words]
    phrases = {f"{one} {other}" for one, other in pairwise(kept) if one and other and one != other}
    return phrases | {word for word in kept if word}


def _shared(held: Sequence[set[str]], owners: Sequence[str | None]) -> list[set[str]]:
    """The terms of each row that enough owners use."""
    pairs = {(term, who) for terms, who in zip(held, owners, strict=True) for term in terms if who}
    users = Counter(term for term, _ in pairs)
    return [{term for term in terms if users[term] >= SHARED_BY} for terms in held]


def _content(word: str, functional: frozenset[str]) -> bool:
    """Whether a word can name something: not grammar, not a number, not a single letter."""
    if word in functional or word.replace("-", "").isdigit():
        return False
    return len(word) > 1 or ord(word) > 0x2E80  # one CJK character is a word


def _spellings(written: Sequence[Sequence[str]], folded: Sequence[Sequence[str]]) -> dict[str, str]:
    """The most frequent spelling of each word."""
    seen = Counter(
        pair for rows in zip(folded, written, strict=True) for pair in zip(*rows, strict=True)
    )
    spelled: dict[str, str] = {}
    for (fold, spelling), _ in seen.most_common():
        spelled.setdefault(fold, spelling)
    return spelled


def _counts(
    held: Sequence[set[str]],
    theme: NDArray[np.int64],
    size: NDArray[np.int64],
    spelled: dict[str, str],
) -> Counts:
    total = Counter(term for row in held for term in row)
    known = {term: i for i, term in enumerate(sorted(t for t, n in total.items() if n >= RARE))}
    pairs = Counter(
        (t, known[term])
        for row, t in zip(held, theme.tolist(), strict=True)
        for term in row
        if term in known
    )
    table = np.array([(*pair, rows) for pair, rows in pairs.items()], dtype=np.int64)
    table = table.reshape(-1, 3)[np.lexsort(table.reshape(-1, 3).T[1::-1])]
    totals = np.array([total[term] for term in known], dtype=np.int64)
    words = [" ".join(spelled[word] for word in term.split()) for term in known]
    return Counts(table[:, 0], table[:, 1], table[:, 2], totals[table[:, 1]], words, size)
