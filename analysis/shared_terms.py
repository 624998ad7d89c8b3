"""Which terms enough people use to be compared, chosen without a look at who is in which group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from analysis.vectors import Labels
from analysis.word_counts import count_words
from analysis.written import written

MOST = 200  # terms
SHARE = 0.03  # of the people must use a term
PEOPLE = 5


@dataclass(frozen=True)
class SharedTerms:
    """Terms, and which rows hold them.

    names : as most people spell them
    held : shape (rows, terms), 1 where the row holds the term
    """

    names: Sequence[str]
    held: csr_matrix


def shared_terms(texts: Sequence[str], themes: Labels, owners: Sequence[str]) -> SharedTerms:
    """The terms most people use, most first; no function words, no names of few.

    Parameters
    ----------
    texts, themes, owners : one per row
        Negative labels stand for no theme. Themes only help to tell function words.
    """
    if not texts:
        return SharedTerms([], csr_matrix((0, 0)))
    counts = count_words(written(texts), themes, owners, most=len(texts))
    people = np.zeros(len(counts.spelled), dtype=np.int64)
    people[counts.term] = counts.everybody
    everybody = len(set(owners))
    usable = (people >= max(PEOPLE, SHARE * everybody)) & ~counts.vague
    found = np.flatnonzero(usable)
    chosen = found[np.argsort(-people[found], kind="stable")[:MOST]]
    return SharedTerms([counts.spelled[term] for term in chosen], counts.held[:, chosen])


def with_themes(in_theme: Sequence[NDArray[np.bool_]], terms: SharedTerms) -> csr_matrix:
    """Themes and then terms as features, shape (rows, themes + terms).

    Parameters
    ----------
    in_theme : one array a theme, shape (rows,)
    """
    if not in_theme:
        return terms.held
    return hstack([csr_matrix(np.column_stack(in_theme).astype(float)), terms.held]).tocsr()
