"""Which words carry grammar, in a language that is known and in one that is not."""

import numpy as np
from numpy.typing import NDArray

from analysis.stopwords import ENGLISH, UNMISTAKABLE
from analysis.written import Written, once_a_row

COMMON = 0.01  # share of rows from which a word's evenness is judged
EVEN = 0.12  # of the themes' entropy; a common word less telling than this is a function word
THEMES_NEEDED = 6  # before evenness means anything


def function_words(
    said: Written, theme: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Words that carry grammar: common ones that tell no themes apart, and an English list.

    The list is for text that is English. A word tells themes apart by the divergence, in nats, of
    the themes of its rows from the themes of all rows, as a part of the entropy of the latter.

    Parameters
    ----------
    theme : one per text
    size : rows of each theme

    Returns
    -------
    shape (known words,)
    """
    listed = said.among(ENGLISH if english(said) else frozenset())
    if np.count_nonzero(size) < THEMES_NEEDED:
        return listed
    row, word = once_a_row(said.row, said.word, len(said.known))
    total = np.bincount(word, minlength=len(said.known))
    common = total >= max(COMMON * len(said.texts), 1)
    row, word = row[common[word]], word[common[word]]
    usual = size / size.sum()
    entropy = -float((usual[usual > 0] * np.log(usual[usual > 0])).sum())
    pairs, together = np.unique(word * len(size) + theme[row], return_counts=True)
    word, inside = np.divmod(pairs, len(size))
    part = together / total[word]
    apart = np.bincount(word, part * np.log(part / usual[inside]), minlength=len(said.known))
    return np.asarray(listed | (common & (apart < EVEN * entropy)), dtype=np.bool_)


def english(said: Written) -> bool:
    """Whether the text is English: of its words, one in fifty is such as only English has."""
    telling = said.among(UNMISTAKABLE)[said.word]
    return int(telling.sum()) * 50 >= max(len(telling), 1)
