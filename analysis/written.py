"""Texts as numbers, read once however often they are counted: which word stands where."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from analysis.words import FIRST_WORDS, POSSESSIVE, WORD, folded


@dataclass(frozen=True)
class Written:
    """Some texts and their words.

    texts
    known : every word once, as words are compared
    spelled : the most frequent spelling of each
    word, row : shape (words written,)
        Which of the known words, and in which text, in reading order.
    """

    texts: Sequence[str]
    known: Sequence[str]
    spelled: Sequence[str]
    word: NDArray[np.int64]
    row: NDArray[np.int64]

    def of(self, rows: NDArray[np.intp]) -> "Written":
        """Some of the texts, whose positions ascend; the words keep their numbers."""
        place = np.full(len(self.texts), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        row = place[self.row]
        texts = [self.texts[position] for position in rows.tolist()]
        return replace(self, texts=texts, word=self.word[row >= 0], row=row[row >= 0])

    def among(self, words: AbstractSet[str]) -> NDArray[np.bool_]:
        """Which of the known words are among these, shape (known words,)."""
        return np.fromiter((word in words for word in self.known), bool, len(self.known))


def written(texts: Sequence[str]) -> Written:
    """The texts with their words; of a long one those it begins with."""
    lengths: list[int] = []

    def words(text: str) -> list[str]:  # one text at a time: very many words are never held at once
        found = WORD.findall(text)[:FIRST_WORDS]
        lengths.append(len(found))
        return found

    token, tokens = _numbered(chain.from_iterable(map(words, texts)))
    row = np.repeat(np.arange(len(texts)), np.array(lengths, dtype=np.int64))
    spelling, spellings = _numbered(POSSESSIVE.sub("", word) for word in tokens)
    word, known = _numbered(folded(spellings))
    uses = np.bincount(spelling[token], minlength=len(spellings))
    # The last of those that are written at one place stays: the most used, of these the first.
    order = np.lexsort((-np.arange(len(uses)), uses))
    usual = np.empty(len(known), dtype=np.int64)
    usual[word[order]] = order
    return Written(texts, known, [spellings[n] for n in usual], word[spelling[token]], row)


def _numbered(words: Iterable[str]) -> tuple[NDArray[np.int64], list[str]]:
    """A number for each word, from 0 by first appearance; and the words by number."""
    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    return np.fromiter(map(number.__getitem__, words), dtype=np.int64), list(number)


def once_a_row(
    row: NDArray[np.int64], thing: NDArray[np.int64], things: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of row and thing, each once, by row."""
    # Sorted, not hashed as np.unique would: that takes ten times as long.
    pairs = np.sort(row * max(things, 1) + thing)
    return np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], max(things, 1))
