"""Open threads: what somebody asked, or said they would do, in their own words.

Found by form alone, in the sentences as they stand: a question, or a plan for later. Whether it was
taken up again only the two people in the room know.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.passages import sentences

SHORTEST = 12  # characters; "Why?" alone is no thread
_PLAN = re.compile(
    r"\b(I will|I'll|I’ll|I am going to|I'm going to|I’m going to|I want to|I plan to|I intend to|"
    r"I promised|I have decided to|next time I|next week I|tomorrow I|from now on I)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Thread:
    """A sentence that leaves something open; `kind` is "question" or "plan"."""

    kind: str
    sentence: str


def threads(text: str) -> Iterable[Thread]:
    """The open threads of a text, in its order, each exactly as it stands there."""
    for sentence in sentences(text):
        if len(sentence) < SHORTEST:
            continue
        if sentence.rstrip("\"'”’)]").endswith(("?", "？")):
            yield Thread("question", sentence)
        elif _PLAN.search(sentence):
            yield Thread("plan", sentence)
