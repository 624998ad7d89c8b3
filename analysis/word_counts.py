"""How many rows, and how many people, of each theme use a word or a two-word phrase."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix

from analysis.grammar import english, function_words
from analysis.stopwords import VAGUE
from analysis.vectors import Labels
from analysis.words import nameable, names_of_few
from analysis.written import Written, once_a_row

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
    said: Written,
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
    said = said.of(chosen)
    left_out = function_words(said, theme, size) | said.among(grammar)
    writer = np.arange(len(chosen))
    if owners is not None:
        of_row = [owners[row] for row in chosen]
        left_out |= said.among(names_of_few(said.texts, of_row))
        writer = _numbered(of_row)
    terms, held = _held(said, ~left_out)
    pairs = (_groups(theme, len(size)) @ held).tocoo()
    people, everybody = _people(theme, writer, held, len(size))
    return Counts(
        pairs.row.astype(np.int64),
        pairs.col.astype(np.int64),
        pairs.data.astype(np.int64),
        np.asarray(held.sum(axis=0)).ravel().astype(np.int64)[pairs.col],
        _at(people, pairs),
        everybody[pairs.col],
        [" ".join(said.spelled[word] for word in term) for term in terms],
        _vague(said, terms),
        size,
        chosen,
        held,
    )


def _vague(said: Written, terms: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Which terms say next to nothing by themselves; a list that there is for English only."""
    vague = said.among(VAGUE if english(said) else frozenset()).tolist()
    return np.array([all(vague[word] for word in term) for term in terms], dtype=np.bool_)


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


def _held(said: Written, kept: NDArray[np.bool_]) -> tuple[list[tuple[int, ...]], csr_matrix]:
    """The terms that several rows hold, in alphabetical order, and which row holds which.

    A term is a word that is kept, or two of them side by side.
    """
    row, code = _terms(said, kept & np.array([nameable(word) for word in said.known], dtype=bool))
    codes, term = np.unique(code, return_inverse=True)
    row, term = once_a_row(row, term, len(codes))
    shared = np.bincount(term, minlength=len(codes)) >= RARE
    words = [_words(code, len(said.known)) for code in codes[shared].tolist()]
    order = sorted(range(len(words)), key=lambda n: [said.known[word] for word in words[n]])
    column = np.full(len(codes), -1, dtype=np.int64)
    column[np.flatnonzero(shared)[order]] = np.arange(len(order))
    row, term = row[shared[term]], column[term[shared[term]]]
    ones = np.ones(len(row), dtype=np.float32)
    held = csr_matrix((ones, (row, term)), shape=(len(said.texts), len(words)))
    return [words[n] for n in order], held


def _terms(said: Written, kept: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and code of every term as often as it is written: a word's number, or two in one."""
    good = kept[said.word]
    one, other = said.word[:-1], said.word[1:]
    beside = good[:-1] & good[1:] & (said.row[:-1] == said.row[1:]) & (one != other)
    phrases = (one[beside] + 1) * len(said.known) + other[beside]
    row = np.concatenate([said.row[good], said.row[:-1][beside]])
    return row, np.concatenate([said.word[good], phrases])


def _words(code: int, known: int) -> tuple[int, ...]:
    """The words of a term by its code."""
    before, last = divmod(code, known)
    return (before - 1, last) if before else (last,)


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
