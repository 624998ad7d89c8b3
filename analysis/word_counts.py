"""How many rows, and how many people, of each theme use a word or a two-word phrase."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from analysis.stopwords import VAGUE
from analysis.vectors import Labels
from analysis.words import (
    english,
    folded,
    function_words,
    names_of_few,
    spellings,
    terms_of,
    words_of,
)

LOOKED_AT = 1000  # rows of a theme; more would not change its terms
RARE = 2  # rows that must hold a term at all


@dataclass(frozen=True)
class Counts:
    """Rows that hold a term, for each pair of theme and term that occurs.

    theme, term, rows, total : shape (pairs,)
        Which theme, which term, how many rows of the theme and of all rows hold it.
    people, everybody : shape (pairs,)
        How many owners wrote it in the theme, and anywhere; rows where owners are not told.
    spelled : the most frequent spelling of each term
    vague : shape (terms,)
        Whether the term says next to nothing by itself.
    size : shape (themes + 1,)
        Rows looked at of each theme; the last entry is the unsorted.
    chosen : shape (rows looked at,), their positions
    held : shape (rows looked at, terms)
        1 where the row holds the term.
    """

    theme: NDArray[np.int64]
    term: NDArray[np.int64]
    rows: NDArray[np.int64]
    total: NDArray[np.int64]
    people: NDArray[np.int64]
    everybody: NDArray[np.int64]
    spelled: list[str]
    vague: NDArray[np.bool_]
    size: NDArray[np.int64]
    chosen: NDArray[np.intp]
    held: csr_matrix


def count_words(
    texts: Sequence[str],
    labels: Labels,
    owners: Sequence[str | None] | None = None,
    grammar: frozenset[str] = frozenset(),
    most: int = LOOKED_AT,
) -> Counts:
    """Counts of content words and of phrases of two content words side by side.

    Words of the `grammar` are left out; where there are owners, so are names that few of them
    write. Of each theme `most` rows count at most.
    """
    themes = int(labels.max(initial=-1)) + 1
    chosen = looked_at(labels, most)
    theme = np.where(labels[chosen] < 0, themes, labels[chosen]).astype(np.int64)
    size = np.bincount(theme, minlength=themes + 1)
    written = [words_of(texts[row]) for row in chosen]
    rows = [folded(words) for words in written]
    left_out = grammar | function_words(rows, theme, size)
    writer = np.arange(len(chosen))
    if owners is not None:
        of_row = [owners[row] for row in chosen]
        left_out |= names_of_few([texts[row] for row in chosen], of_row)
        writer = _numbered(of_row)
    known, held = _held([terms_of(words, left_out) for words in rows])
    vague = VAGUE if english(rows) else frozenset()
    spelled = spellings(written)
    pairs = (_groups(theme, len(size)) @ held).tocoo()
    people, everybody = _people(theme, writer, held, len(size))
    return Counts(
        pairs.row.astype(np.int64),
        pairs.col.astype(np.int64),
        pairs.data.astype(np.int64),
        np.asarray(held.sum(axis=0)).ravel().astype(np.int64)[pairs.col],
        _at(people, pairs),
        everybody[pairs.col],
        [" ".join(spelled[word] for word in term.split()) for term in known],
        np.array([vague.issuperset(term.split()) for term in known], dtype=bool),
        size,
        chosen,
        held,
    )


def _at(values: csr_matrix, pairs: coo_matrix) -> NDArray[np.int64]:
    """The values at the pairs; indexing with empty arrays would give a matrix."""
    if not pairs.nnz:
        return np.empty(0, dtype=np.int64)
    return np.asarray(values[pairs.row, pairs.col]).ravel().astype(np.int64)


def looked_at(labels: Labels, most: int = LOOKED_AT) -> NDArray[np.intp]:
    """Rows whose words are counted, in order, at most so many of each theme, evenly spaced."""
    order = np.argsort(labels, kind="stable")
    _, start, size = np.unique(labels[order], return_index=True, return_counts=True)
    parts = [
        order[s + np.unique(np.linspace(0, n - 1, min(n, most)).astype(int))]
        for s, n in zip(start, size, strict=True)
    ]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.intp)


def _held(terms: Sequence[set[str]]) -> tuple[list[str], csr_matrix]:
    """The terms that several rows hold, in alphabetical order, and which row holds which."""
    total = Counter(term for row in terms for term in row)
    known = sorted(term for term, rows in total.items() if rows >= RARE)
    number = {term: position for position, term in enumerate(known)}
    columns = [sorted(number[term] for term in row if term in number) for row in terms]
    start = np.concatenate([[0], np.cumsum([len(row) for row in columns])]).astype(np.int64)
    flat = np.array([term for row in columns for term in row], dtype=np.int64)
    ones = np.ones(len(flat), dtype=np.float32)
    return known, csr_matrix((ones, flat, start), shape=(len(terms), len(known)))


def _numbered(owners: Sequence[str | None]) -> NDArray[np.int64]:
    """A number for each owner; -1 for nobody."""
    number = {owner: place for place, owner in enumerate(dict.fromkeys(owners)) if owner}
    return np.array([number.get(owner or "", -1) for owner in owners], dtype=np.int64)


def _groups(group: NDArray[np.int64], count: int) -> csr_matrix:
    """Which rows each group has, shape (groups, rows)."""
    ones = np.ones(len(group), dtype=np.float32)
    return csr_matrix((ones, (group, np.arange(len(group)))), shape=(count, len(group)))


def _people(
    theme: NDArray[np.int64], writer: NDArray[np.int64], held: csr_matrix, themes: int
) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Writers of each term: in each theme, and anywhere; negative numbers are nobody."""
    written = np.flatnonzero(writer >= 0)
    theme, writer, held = theme[written], writer[written], held[written]
    writers = int(writer.max(initial=-1)) + 1
    mine, group = np.unique(theme * max(writers, 1) + writer, return_inverse=True)
    in_theme = (_groups(group, len(mine)) @ held).sign()
    anywhere = (_groups(writer, writers) @ held).sign().sum(axis=0)
    people = _groups(mine // max(writers, 1), themes) @ in_theme
    return people.tocsr(), np.asarray(anywhere).ravel().astype(np.int64)
