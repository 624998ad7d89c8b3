"""Words and two-word phrases that set a theme apart from the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, Labels
from analysis.word_counts import Counts, count_words
from analysis.written import Written

PEOPLE = 3  # owners, or rows where there are none, that must use a term
SOLID = 3  # terms, from which those that say next to nothing by themselves are left out
SCATTER = 20  # pairs of rows at random that a term's rows are weighed with
WIDE = 0.03  # share of a theme's rows a term should have
BROAD = 0.15  # share of a theme's rows from which a term says no more by being in more of them
COVERS = 0.6  # of a word's rows, from which the phrase around it says it better


@dataclass(frozen=True)
class Term:
    """A word or phrase as people write it.

    text : its most frequent spelling
    score : standard errors by which it is more frequent in the theme than elsewhere, less where its
        rows are unlike each other or few of the theme's
    rows : rows of the theme, among those looked at, that hold it
    share : the same as a share, 0 to 1
    """

    text: str
    score: float
    rows: int
    share: float


def terms(
    said: Written,
    labels: Labels,
    count: int = 10,
    owners: Sequence[str | None] | None = None,
    vectors: Floats | None = None,
    grammar: frozenset[str] = frozenset(),
) -> dict[int, list[Term]]:
    """The terms that set each theme apart, strongest first.

    A row counts once however often it repeats a word. Function words are left out: an English
    list, and in any language the words that are frequent and spread evenly over the themes.

    Parameters
    ----------
    said : the texts of the rows
    labels : one per row
        Rows with a negative label count as background only.
    count
        At most this many per theme; fewer when a theme has nothing of its own.
    owners : one per row
        Whose text it is. A term then comes from at least PEOPLE of them in the theme (anywhere,
        where a theme has no such term), and the names that few of them write are left out. Texts
        of nobody do not count as a person's. Without owners, rows count.
    vectors : shape (rows, dimensions), unit length
        A word whose rows are not alike says what people do, not what they write about: its score
        falls with the likeness of the rows that hold it.

    grammar
        Function words of the texts' language, in lower case, where it is known.

    Raises
    ------
    ValueError
        Unless there is one label per text.

    References
    ----------
    Dunning: Accurate methods for the statistics of surprise and coincidence, Computational
    Linguistics 19 (1993).
    """
    if len(said.texts) != len(labels):
        raise ValueError(f"{len(said.texts)} texts but {len(labels)} labels")
    if owners is not None and len(owners) != len(said.texts):
        raise ValueError(f"{len(said.texts)} texts but {len(owners)} owners")
    counts = count_words(said, labels, owners, grammar)
    score = _scores(counts, vectors)
    return {
        theme: list(islice(_without_repeats(_candidates(counts, score, theme, 8 * count)), count))
        for theme in range(len(counts.size) - 1)
    }


def _scores(counts: Counts, vectors: Floats | None) -> NDArray[np.float64]:
    """What each term says of its theme, shape (pairs,).

    What a twentieth of a theme's rows hold is less of a name than what a sixth do, however sure it
    is; long texts have many such words. A theme that is all there is differs from nothing: its
    widest terms then say most.
    """
    if np.count_nonzero(counts.size) < 2:
        return np.sqrt(counts.rows)
    everything = int(counts.size.sum())
    score = keyness(counts.rows, counts.total, counts.size[counts.theme], everything)
    share = counts.rows / np.maximum(counts.size[counts.theme], 1)
    score *= np.sqrt(np.minimum(share / BROAD, 1))
    return score if vectors is None else score * _likeness(counts, vectors)[counts.term]


def keyness(
    rows: NDArray[np.int64],
    total: NDArray[np.int64],
    size: NDArray[np.int64],
    everything: int,
) -> NDArray[np.float64]:
    """How surely a term is more frequent in a theme than elsewhere, in standard errors.

    Parameters
    ----------
    rows : shape (pairs,)
        Rows of the theme that hold the term.
    total : shape (pairs,)
        Rows anywhere that hold it.
    size : shape (pairs,)
        Rows of the theme.
    everything
        Rows there are.

    Returns
    -------
    shape (pairs,)
        Signed root of the log-likelihood ratio: above 0 where the term is over-represented.
    """
    elsewhere = total - rows
    cells = (
        (rows, total * size),
        (elsewhere, total * (everything - size)),
        (size - rows, (everything - total) * size),
        (everything - size - elsewhere, (everything - total) * (everything - size)),
    )
    ratio = sum(held * _log(held * everything / np.maximum(product, 1)) for held, product in cells)
    direction = np.sign(rows * everything - total * size)
    return np.asarray(direction * np.sqrt(np.maximum(2 * ratio, 0)), dtype=np.float64)


def _log(ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm where there is one: a cell of no rows adds nothing."""
    return np.asarray(np.log(np.where(ratio > 0, ratio, 1)))


def _likeness(counts: Counts, vectors: Floats) -> NDArray[np.float64]:
    """How alike the rows are that hold each term, 0 (no more than any rows) to 1.

    The root of the mean cosine similarity of their pairs after the mean of all is taken away,
    a few pairs of strangers thrown in so that two rows prove nothing.
    """
    rows = vectors[counts.chosen]
    apart = rows - rows.mean(axis=0)
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-9)
    number = np.asarray(counts.held.sum(axis=0), dtype=np.float64).ravel()
    alike = np.empty(len(number))
    columns = counts.held.T.tocsr()
    for start in range(0, len(number), 20_000):
        sums = columns[start : start + 20_000] @ apart
        alike[start : start + 20_000] = np.einsum("ij,ij->i", sums, sums)
    pairs = number * (number - 1)
    mean = (alike - number) / (pairs + 2 * SCATTER)
    return np.sqrt(np.clip(mean, 0, 1))


def _candidates(counts: Counts, score: NDArray[np.float64], theme: int, limit: int) -> list[Term]:
    """The highest scores of a theme among terms that enough of its people use."""
    size = max(int(counts.size[theme]), 1)
    mine = (counts.theme == theme) & (score > 0)
    wide = counts.rows >= WIDE * size
    told = counts.people >= PEOPLE
    known = (counts.rows > 1) & (counts.everybody >= PEOPLE)
    solid = ~counts.vague[counts.term]
    choices = (mine & told & wide & solid, mine & told & solid, mine & told, mine & known)
    found = next(
        (some for some in map(np.flatnonzero, choices[:2]) if len(some) >= SOLID),
        np.flatnonzero(next((some for some in choices[2:] if some.any()), choices[-1])),
    )
    best = found[np.argsort(-score[found], kind="stable")[:limit]]
    return [
        Term(
            counts.spelled[counts.term[pair]],
            float(score[pair]),
            int(counts.rows[pair]),
            float(counts.rows[pair] / size),
        )
        for pair in best
    ]


def _without_repeats(candidates: Sequence[Term]) -> Iterator[Term]:
    """Candidates that each say something the ones before did not."""
    said = [term.text.casefold().split() for term in candidates]
    phrases = [
        (words, term.rows) for words, term in zip(said, candidates, strict=True) if words[1:]
    ]
    kept: list[Sequence[str]] = []
    for words, term in zip(said, candidates, strict=True):
        phrase_says_it = len(words) == 1 and any(
            words[0] in phrase and rows >= COVERS * term.rows for phrase, rows in phrases
        )
        if not phrase_says_it and not any(_alike(words, other) for other in kept):
            kept.append(words)
            yield term


def _alike(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether one repeats the other: shared words, or two forms of the same word."""
    same = sum(any(_same_word(word, known) for known in theirs) for word in ours)
    return same == len(ours) or same == len(theirs)


def _same_word(one: str, other: str) -> bool:
    """Whether two words differ in their ending only: transfer, transfers, transferred."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 4:
        return one == other or longer == shorter + "s"
    stem = shorter[:-1] if shorter[-1] in "eys" else shorter
    longer = longer.removeprefix("a") if longer == "a" + shorter else longer  # asleep, sleep
    return longer.startswith(stem) and len(longer) - len(stem) <= 3
