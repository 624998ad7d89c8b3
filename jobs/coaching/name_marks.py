"""Marks in place of what names a person, and the way back, letter by letter."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_ADDRESS = r"[\w.+-]+@[\w-]+\.[\w.-]+"
_NUMBER = r"\+?\d[\d ()/-]{5,}\d"  # of a telephone, an account: not a year, not a time of day


@dataclass(frozen=True)
class Marks:
    """Each spelling has a mark of its own, so what is hidden comes back exactly as it stood.

    A text that has such a mark already comes back as another one: it then is not the original, and
    whoever compares the two finds that out.
    """

    by_spelling: Mapping[str, str]

    def hide(self, said: str) -> str:
        """The text with marks."""
        if not self.by_spelling:
            return said
        longest = sorted(self.by_spelling, key=len, reverse=True)
        hidden = "|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in longest)
        return re.sub(hidden, lambda match: self.by_spelling[match[0]], said)

    def restore(self, said: str) -> str:
        """The text with what the marks stand for."""
        spelled = {mark: one for one, mark in self.by_spelling.items()}
        return re.sub(r"⟦\d+⟧", lambda match: spelled.get(match[0], match[0]), said)


def marks(texts: Iterable[str], names: Iterable[str]) -> Marks:
    """Marks for these names, in whichever case, and for mail addresses and long numbers."""
    words = {word for name in names for word in re.findall(r"\w{2,}", name)}
    wanted = "|".join([_ADDRESS, _NUMBER, *map(re.escape, sorted(words, key=len, reverse=True))])
    found = re.compile(rf"(?<!\w)(?:{wanted})(?!\w)", re.IGNORECASE)
    spelled = dict.fromkeys(match[0] for said in texts for match in found.finditer(said))
    return Marks({one: f"⟦{n}⟧" for n, one in enumerate(spelled, start=1)})
