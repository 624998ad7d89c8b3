"""The words of a text: which of them can name a theme, and which are people's names."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

# `\w` leaves combining marks out, and with them the vowels of Indic scripts.
MARKS = "".join(chr(c) for c in range(0x300, 0x10000) if unicodedata.category(chr(c))[0] == "M")
LETTERS = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
WORD = re.compile(rf"{LETTERS}(?:['’-]{LETTERS})*")
POSSESSIVE = re.compile(r"['’][sS]$")
CONTRACTED = re.compile(r"'(?:d|ll|ve|re|m)$|n't$")
# A word that follows another within a sentence; the first group is its first letter.
INSIDE = re.compile(r"(?<=[\w,;] )([^\W\d_])[^\W_]*(?:['’-][^\W_]+)*")
FIRST_WORDS = 300  # of a row; a long transcript counts by its beginning
NAMELIKE = 0.9  # share of the uses within sentences that have a capital, from which it is a name
CAPITALS = 0.2  # where more words than this have one, as nouns in German, capitals tell nothing
FEW = 0.1  # of the owners; a name that more of them write belongs to nobody's own life


def words_of(text: str) -> list[str]:
    """The words as written, without a possessive ending."""
    return [POSSESSIVE.sub("", word) for word in WORD.findall(text)[:FIRST_WORDS]]


def folded(words: Sequence[str]) -> list[str]:
    """The words as they are compared."""
    return [word.casefold().replace("’", "'") for word in words]


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


def nameable(word: str) -> bool:
    """Whether a word can name something: no contraction, no number, no single letter."""
    if word.replace("-", "").isdigit() or CONTRACTED.search(word):
        return False
    return len(word) > 1 or ord(word) > 0x2E80  # one CJK character is a word
