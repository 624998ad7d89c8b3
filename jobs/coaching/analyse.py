"""Text analysis: sentiment, mood and insights of what was not read yet in this wording.

With a chat model: batched, answers checked, asked no faster than allowed, and estimated before
anything is sent. Without one: sentiment by the lexicon, marked as such. Read once, a text is not
read again, whoever wrote the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from clients.analyst import Analyst, Found, estimated_tokens
from clients.lexicon import LANGUAGES, Lexicon
from jobs.errors import JobError
from queries.collection import Collection
from queries.gate import Gate, alone
from queries.people import findings, histories
from queries.people.findings import Finding, Waiting

TEXTS_A_REQUEST, ROWS_A_BATCH = 10, 500

Progress = Callable[[str, float], None]


class Reader(Protocol):
    """Something that reads texts for what they say of a mood."""

    @property
    def name(self) -> str:
        """What is kept beside what it found."""

    def read(self, texts: Sequence[str]) -> list[Found | None]:
        """What was found in each; None for nothing that can be used."""


class LexiconReader:
    """Sentiment by the lexicon; a text in which it knows no word has none."""

    def __init__(self) -> None:
        """The lexicon is loaded when it is first asked."""
        self.lexicon = Lexicon()
        self.name = self.lexicon.name

    def read(self, texts: Sequence[str]) -> list[Found | None]:
        """Sentiment alone: no mood and no insights."""
        return [
            Found(self.lexicon.sentiment(said)) if self.lexicon.knows(said) else None
            for said in texts
        ]


@dataclass(frozen=True)
class Estimate:
    """What reading everything that waits would take. Tokens are about; 0 for the lexicon."""

    rows: int
    requests: int
    asked_tokens: int
    answered_tokens: int

    def cost(self, asked: float, answered: float) -> float:
        """In the currency of the prices, which are of a million tokens."""
        return (self.asked_tokens * asked + self.answered_tokens * answered) / 1e6


@dataclass(frozen=True)
class AnalyseReport:
    """Rows read; of them without anything that can be used."""

    collection: str
    method: str
    tool: str
    read: int
    unusable: int


def estimate(gate: Gate, collection: Collection, reader: Reader, limit: int | None) -> Estimate:
    """Count what waits; nothing is sent anywhere."""
    rows = requests = asked = answered = 0
    method = method_of(reader)
    for batch in findings.waiting(gate, collection, method, reader.name, ROWS_A_BATCH, limit):
        rows += len(batch)
        if method == "lexicon":
            continue
        for part in _parts(batch):
            there, back = estimated_tokens([row.text for row in part])
            requests, asked, answered = requests + 1, asked + there, answered + back
    return Estimate(rows, requests, asked, answered)


def analyse(
    gate: Gate,
    collection: Collection,
    reader: Reader,
    progress: Progress,
    *,
    limit: int | None = None,
) -> AnalyseReport:
    """Read what waits, batch by batch; a killed run goes on where it stopped.

    Raises JobError for a language that the lexicon does not know, ChatError when the model fails:
    what was read before stays.
    """
    method = method_of(reader)
    if method == "lexicon" and collection.language not in LANGUAGES:
        raise JobError(
            f"The lexicon knows {', '.join(LANGUAGES)}; {collection.name} is declared "
            f"{collection.language}. A chat model reads it: set OPENAI_API_KEY and "
            "pass --method model."
        )
    with alone(gate.engine, "analyse", collection.name):
        findings.forget_gone(gate.engine, collection)
        read, unusable = _read(gate, collection, reader, progress, limit)
        histories.keep(gate.engine, collection)
    progress("read", 1.0)
    return AnalyseReport(collection.name, method, reader.name, read, unusable)


def _read(
    gate: Gate, collection: Collection, reader: Reader, progress: Progress, limit: int | None
) -> tuple[int, int]:
    method = method_of(reader)
    total = estimate(gate, collection, reader, limit).rows
    read = unusable = 0
    for batch in findings.waiting(gate, collection, method, reader.name, ROWS_A_BATCH, limit):
        for part in _parts(batch) if method == "model" else [batch]:
            found = _found(reader, part)
            findings.store(gate.engine, collection, method, reader.name, found)
            read += len(part)
            unusable += sum(one.sentiment is None for one in found)
            progress(f"read {read:,} of {total:,} texts", 0.95 * min(read / max(total, 1), 1))
    return read, unusable


def _found(reader: Reader, rows: Sequence[Waiting]) -> list[Finding]:
    """What is found in each row; the same text is read once, and one that failed alone once more.

    A text without a usable answer is kept as such, so that it is not paid for again and again.
    """
    texts = list(dict.fromkeys(row.text for row in rows))
    told = dict(zip(texts, reader.read(texts), strict=True))
    if method_of(reader) == "model":
        told |= {said: reader.read([said])[0] for said, one in told.items() if one is None}
    return [_as_finding(row, told[row.text]) for row in rows]


def _as_finding(row: Waiting, found: Found | None) -> Finding:
    if found is None:
        return Finding(row.row_id, row.content_hash, None)
    return Finding(row.row_id, row.content_hash, found.sentiment, found.mood, found.insights)


def _parts(rows: Sequence[Waiting]) -> Iterable[Sequence[Waiting]]:
    for start in range(0, len(rows), TEXTS_A_REQUEST):
        yield rows[start : start + TEXTS_A_REQUEST]


def method_of(reader: Reader) -> str:
    """How it reads: "model" or "lexicon"."""
    return "model" if isinstance(reader, Analyst) else "lexicon"
