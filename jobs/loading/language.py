"""Which language a text is in, told by the function words of the server's own lists."""

from collections import Counter
from collections.abc import Iterable, Sequence

from analysis.words import folded, words_of
from jobs.connect.roles import Choice, Given
from jobs.errors import JobError
from queries.collection import Collection
from queries.collections.languages import function_words, languages
from queries.gate import Gate

DEFAULT = Collection.language
SAMPLE = 500  # texts that are looked at
MOST_WORDS = 3_000
FEWEST = 20  # words from which a share says anything
TOLD = 0.15  # of the words, from which a language is told; running text has .3 to .5
SURER = 1.25  # times as many as the language that is taken where nothing is told


def language_of(gate: Gate, texts: Iterable[str], given: Given) -> Choice:
    """The text search configuration for the texts, and why; English where the words do not tell.

    Raises JobError if a given one is none that the server has.
    """
    if given.language:
        _check(given.language, languages(gate.engine))
        return Choice("language", (given.language,), given.reason("language"))
    counted = Counter(word for written in texts for word in folded(words_of(written)))
    words = [word for word, _ in counted.most_common(MOST_WORDS)]
    shares = _shares(counted, function_words(gate.engine, words))
    best = max(shares, key=lambda name: (shares[name], name), default=DEFAULT)
    usual = shares.get(DEFAULT, 0.0)
    if counted.total() < FEWEST or shares.get(best, 0.0) < max(TOLD, SURER * usual):
        return Choice("language", (DEFAULT,), "its words do not tell another")
    return Choice("language", (best,), f"by its words; {shares[best]:.0%} are its grammar")


def grammar_of(gate: Gate, collection: Collection, texts: Iterable[str]) -> frozenset[str]:
    """Words of the texts that are grammar in the collection's language, in lower case.

    Empty for English, whose longer list `analysis.words` has.
    """
    if collection.language == DEFAULT:
        return frozenset()
    words = {word for written in texts for word in folded(words_of(written))}
    listed = function_words(gate.engine, sorted(words), collection.language)
    return listed.get(collection.language, frozenset())


def _shares(counted: Counter[str], listed: dict[str, frozenset[str]]) -> dict[str, float]:
    """Of all words written, the share that a language lists."""
    total = max(counted.total(), 1)
    return {name: sum(counted[word] for word in words) / total for name, words in listed.items()}


def _check(given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise JobError(
            f"The server has no text search in the language {given!r}. It has: {', '.join(known)}."
        )
