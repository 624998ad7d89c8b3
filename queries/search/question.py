"""What a reader typed into Search: words, "phrases" that must occur, -words that must not, beg*."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from queries.errors import QueryError

LONGEST = 10_000
_PIECE = re.compile(r'(?<!\S)(-?)"([^"]+)"|(?<!\S)-(\w\S*)|([^\s"]+)')
_WORD = re.compile(r"[^\W\d_]+")
PREFIX = re.compile(r"[^\W_]{2,}\*")


class BadQuestion(QueryError):
    """The question cannot be searched for."""


@dataclass(frozen=True)
class Question:
    """A question taken apart.

    `meaning` is what is embedded: everything but the excluded words. `plain` is the part of it
    whose words are looked up as they are, `prefixes` the beginnings of words, without the star.
    An excluded word may end in a star.
    """

    meaning: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    plain: str = ""

    @property
    def shape(self) -> "Question":
        """What decides the statement: everything but the plain words."""
        return replace(self, meaning="", plain="")

    def respelled(self, words: Mapping[str, str]) -> "Question":
        """The question with these words of its plain part replaced; phrases stay as they are."""

        def replaced(text: str) -> str:
            return _WORD.sub(lambda found: words.get(found[0].lower(), found[0]), text)

        return replace(self, meaning=replaced(self.meaning), plain=replaced(self.plain))


def parse(typed: str) -> Question:
    """The question in its parts; a quotation mark that is never closed is no quotation mark.

    Raises BadQuestion for an empty question, one that only excludes, and one that is too long.
    """
    # Neither NUL nor half a character (a byte of another encoding) can be sent to the server.
    cleaned = typed.encode("utf-8", "replace").decode().replace("\x00", " ").strip()
    if len(cleaned) > LONGEST:
        raise BadQuestion(
            f"The question has {len(cleaned):,} characters; up to {LONGEST:,} can be searched for. "
            "Use its most telling paragraph."
        )
    meaning, phrases, excluded, prefixes, plain = [], [], [], [], []
    for piece in _PIECE.finditer(cleaned):
        minus, phrase, without, word = piece.groups()
        if without or (minus and phrase):
            excluded.append(without or phrase)
        elif phrase:
            phrases.append(phrase)
            meaning.append(phrase)
            plain.append(phrase)
        elif word and PREFIX.fullmatch(word):
            prefixes.append(word[:-1])
            meaning.append(word[:-1])
        elif word:
            meaning.append(word)
            plain.append(word)
    said = " ".join(meaning).strip(' "')
    if not said:
        raise BadQuestion("There is nothing to search for. Type a few words of what you look for.")
    return Question(
        said, tuple(phrases), tuple(excluded), tuple(prefixes), " ".join(plain).strip(' "')
    )
