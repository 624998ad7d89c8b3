"""The words of a text: which of them can name a theme, and which are grammar or people's names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.stopwords import ENGLISH, UNMISTAKABLE

# `\w` leaves combining marks out, and with them the vowels of Indic scripts.
MARKS = "".join(chr(c) for c in range(0x300, 0x10000) if unicodedata.category(chr(c))[0] == "M")
LETTERS = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
WORD = re.compile(rf"{LETTERS}(?:['’-]{LETTERS})*")
POSSESSIVE = re.compile(r"['’][sS]$")
CONTRACTED = re.compile(r"'(?:d|ll|ve|re|m)$|n't$")
# A word that follows another within a sentence; the first group is its first letter.
INSIDE = re.compile(r"(?<=[\w,;] )([^\W\d_])[^\W_]*(?:['’-][^\W_]+)*")
FIRST_WORDS = 300  # of a row; a long transcript counts by its beginning
COMMON = 0.01  # share of rows from which a word's evenness is judged
EVEN = 0.12  # of the themes' entropy; a common word less telling than this is a function word
THEMES_NEEDED = 6  # before evenness means anything
NAMELIKE = 0.9  # share of the uses within sentences that have a capital, from which it is a name
CAPITALS = 0.2  # where more words than this have one, as nouns in German, capitals tell nothing
FEW = 0.1  # of the owners; a name that more of them write belongs to nobody's own life


def words_of(text: str) -> list[str]:
    """The words as written, without a possessive ending."""
    return [POSSESSIVE.sub("", word) for word in WORD.findall(text)[:FIRST_WORDS]]


def folded(words: Sequence[str]) -> list[str]:
    """The words as they are compared."""
    return [word.casefold().replace("’", "'") for word in words]


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
    listed = ENGLISH if english(rows) else frozenset()
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


def english(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the text is English, by words that only English has."""
    words = sum(len(row) for row in rows)
    return sum(word in UNMISTAKABLE for row in rows for word in row) * 50 >= max(words, 1)


def names_of_few(texts: Sequence[str], owners: Sequence[str | None]) -> frozenset[str]:
    """People and places of somebody's own life: capitalised within sentences, known to few owners.

    Nothing in a language that gives capitals to more than names.
    """
    capital: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    writers: dict[str, set[str | None]] = {}
    for text, owner in zip(texts, owners, strict=True):
        for match in INSIDE.finditer(text):
            word = folded([POSSESSIVE.sub("", match.group())])[0]
            seen[word] += 1
            capital[word] += match.group(1).isupper()
            writers.setdefault(word, set()).add(owner)
    if sum(capital.values()) > CAPITALS * max(sum(seen.values()), 1):
        return frozenset()
    few = max(3.0, FEW * len(set(owners)))
    return frozenset(
        word
        for word, uses in seen.items()
        if capital[word] >= NAMELIKE * uses and len(writers[word]) <= few
    )


def terms_of(words: Sequence[str], functional: frozenset[str]) -> set[str]:
    """Content words, and phrases of two of them side by side."""
    kept = [word if _content(word, functional) else "" for word in words]
    phrases = {f"{one} {other}" for one, other in pairwise(kept) if one and other and one != other}
    return phrases | {word for word in kept if word}


def _content(word: str, functional: frozenset[str]) -> bool:
    """Whether a word can name something: not grammar, not a number, not a single letter."""
    if word in functional or word.replace("-", "").isdigit() or CONTRACTED.search(word):
        return False
    return len(word) > 1 or ord(word) > 0x2E80  # one CJK character is a word


def spellings(written: Sequence[Sequence[str]]) -> dict[str, str]:
    """The most frequent spelling of each word."""
    seen = Counter(pair for words in written for pair in zip(folded(words), words, strict=True))
    spelled: dict[str, str] = {}
    for (fold, spelling), _ in seen.most_common():
        spelled.setdefault(fold, spelling)
    return spelled
