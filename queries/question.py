"""What a reader typed into Search: plain words, "phrases" that must occur, -words that must not."""

import re
from dataclasses import dataclass

from queries.errors import QueryError

LONGEST = 10_000
_PIECE = re.compile(r'(?<!\S)(-?)"([^"]+)"|(?<!\S)-(\w\S*)|([^\s"]+)')


class BadQuestion(QueryError):
    """The question cannot be searched for."""


@dataclass(frozen=True)
class Question:
    """A question taken apart. `meaning` is what is embedded: everything but the excluded words."""

    meaning: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


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
    meaning, phrases, excluded = [], [], []
    for piece in _PIECE.finditer(cleaned):
        minus, phrase, without, word = piece.groups()
        if without or (minus and phrase):
            excluded.append(without or phrase)
        elif phrase:
            phrases.append(phrase)
            meaning.append(phrase)
        elif word:
            meaning.append(word)
    said = " ".join(meaning).strip(' "')
    if not said:
        raise BadQuestion("There is nothing to search for. Type a few words of what you look for.")
    return Question(said, tuple(phrases), tuple(excluded))
