"""The session brief in a chat model's words, of which only what rests on passages is kept.

The model reads the client's own texts under marks instead of names, and nothing else: no key of a
table, no other client, no note of the coach's. What it quotes is then compared letter by letter
with the text, read anew as the coach may read it; a sentence that fails is left out and counted.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pandas as pd

from clients.writer import PROMPT_VERSION, SECTIONS, Claim, Source, Writer, estimated_tokens
from jobs.coaching.brief import Author, Brief, Passage, Sentence, Told, begins
from jobs.coaching.brief_text import footnote, omitted
from jobs.coaching.name_marks import Marks, marks
from jobs.errors import JobError
from queries.catalog import collection_named
from queries.gate import Gate
from queries.rows.texts import texts

ANSWERS, ENTRIES, EARLIER = 40, 10, 5
LONGEST_TEXT, MOST_LETTERS = 4_000, 60_000
MOST_SENTENCES, MOST_QUOTES = 12, 3
LONGEST_SENTENCE, LONGEST_QUOTE, FEWEST_WORDS = 320, 400, 3
SENT = "to a model"  # the action in the audit

SHAPE = "not as asked"
ABSENT = "resting on no text that it was given"
ALTERED = "with a quotation that is not in its text letter by letter"
FOREIGN = "with words in quotation marks that it does not cite"
FIGURE = "with a figure or an address that is in none of its passages"
_QUOTED = re.compile(
    r"[“”„«»\"]([^“”„«»\"]+)[“”„«»\"]|(?<!\w)[‘'](.+?)[’'](?!\w)"  # but no apostrophe
)
_FIGURE = re.compile(r"\d+|https?\S*|www\.\S*|\S+@\S+")


@dataclass(frozen=True)
class Request:
    """What would be sent: the client's texts as passages that are whole texts, and the marks."""

    whole: Mapping[str, Passage]  # by its number in the question
    marks: Marks
    latest: datetime | None = None  # the newest text there was, sent or not

    @property
    def sources(self) -> list[Source]:
        """As the model reads them."""
        hide = self.marks.hide
        return [
            Source(number, f"{one.at:%Y-%m-%d}", hide(one.about), hide(one.quote)[:LONGEST_TEXT])
            for number, one in self.whole.items()
        ]

    @property
    def tokens(self) -> tuple[int, int]:
        """About how many: (asked, answered at most)."""
        return estimated_tokens(self.sources)


def request(told: Told, names: Iterable[str]) -> Request:
    """The texts since the last session, the newest first, and a few from before.

    `names` are the client's, which are not sent.
    """
    since, _, _ = begins(told)
    written = told.answers[told.answers["text"].fillna("").str.strip() != ""]
    if since is None or written.empty:
        return Request({}, Marks({}))
    new, old = written[written["time"] > since], written[written["time"] <= since]
    found = _whole(new.head(ANSWERS), told.collection, "exercise")
    if told.entries is not None:
        kept = told.entries[told.entries["time"] > since].head(ENTRIES)
        found += _whole(kept[kept["text"].fillna("") != ""], told.entries_collection, "title")
    found = _within(found + _whole(old.head(EARLIER), told.collection, "exercise"))
    shown = [part for one in found for part in (one.about, one.quote)]
    numbered = {str(n): one for n, one in enumerate(found, start=1)}
    return Request(numbered, marks(shown, names), written["time"].max().to_pydatetime())


def _whole(rows: pd.DataFrame, collection: str, about: str) -> list[Passage]:
    return [
        Passage(
            collection, str(row["row_id"]), row["time"].to_pydatetime(),
            "" if pd.isna(row[about]) else str(row[about]), row["text"],
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip


def _within(found: Sequence[Passage]) -> list[Passage]:
    """As many as a question may be long."""
    total, kept = 0, []
    for one in found:
        total += min(len(one.quote), LONGEST_TEXT)
        if total > MOST_LETTERS:
            break
        kept.append(one)
    return kept


def written(gate: Gate, facts: Brief, asked: Request, writer: Writer) -> Brief:
    """The brief by the model; `facts` gives the time it is about.

    That the texts are sent is recorded first. Raises ChatError when the model cannot be asked or
    answers with nothing that can be read, JobError without any text, or when no sentence holds.
    """
    if not asked.whole or asked.latest is None:
        raise JobError("Nothing was written yet, so there is nothing for a model to read.")
    read_anew(gate, asked.whole.values(), SENT)
    told = writer.write(asked.sources)
    cited = {number for claim in told if claim for number, _ in claim.quotes}
    named = [one for number, one in asked.whole.items() if number in cited]
    now = read_anew(gate, named, "open")
    checked = [_checked(claim, asked, now) for claim in told[:MOST_SENTENCES]]
    checked += [SHAPE] * len(told[MOST_SENTENCES:])
    left_out = Counter(one for one in checked if isinstance(one, str))
    kept = [one for one in checked if not isinstance(one, str)]
    model = writer.chat.model
    if not kept:
        raise JobError(f"Nothing that {model} wrote can be shown. {omitted(left_out)}")
    author = Author(model, PROMPT_VERSION, datetime.now(UTC), asked.latest, left_out)
    return replace(facts, author=author, sections=in_sections(kept))


def in_sections(said: Sequence[tuple[str, Sentence]]) -> dict[str, tuple[Sentence, ...]]:
    """Sentences by the section each has, in the order of SECTIONS."""
    found = {name: tuple(one for of, one in said if of == name) for name in SECTIONS}
    return {name: told for name, told in found.items() if told}


def read_anew(gate: Gate, named: Iterable[Passage], action: str) -> dict[tuple[str, str], str]:
    """The passages' texts by (collection, row id), as the reader may read them now; else empty."""
    ids: dict[str, list[str]] = {}
    for one in named:
        ids.setdefault(one.collection, []).append(one.row_id)
    return {
        (name, row_id): said
        for name, wanted in ids.items()
        for row_id, said in zip(
            wanted, texts(gate, collection_named(gate, name), wanted, action), strict=True
        )
    }


def _checked(
    claim: Claim | None, asked: Request, now: Mapping[tuple[str, str], str]
) -> tuple[str, Sentence] | str:
    """(section, the sentence with its passages), or why it is left out."""
    if claim is None or len(claim.text) > LONGEST_SENTENCE or len(claim.quotes) > MOST_QUOTES:
        return SHAPE
    if not claim.quotes or any(number not in asked.whole for number, _ in claim.quotes):
        return ABSENT
    passages = tuple(
        replace(asked.whole[number], quote=asked.marks.restore(quote))
        for number, quote in claim.quotes
    )
    if not all(_stands(one, now[one.collection, one.row_id]) for one in passages):
        return ALTERED
    said = asked.marks.restore(claim.text)
    return _unfounded(said, passages) or (claim.section, Sentence(said, passages))


def _stands(passage: Passage, text: str) -> bool:
    """Whether the quotation is in the text as it is, and long enough to say something."""
    quote = passage.quote
    enough = len(quote.split()) >= FEWEST_WORDS or quote.strip() == text.strip()
    return bool(quote.strip()) and enough and len(quote) <= LONGEST_QUOTE and quote in text


def _unfounded(said: str, passages: Sequence[Passage]) -> str | None:
    """What in the sentence's own words is in none of its passages."""
    spoken = [(found[1] or found[2]).rstrip(".,;:!? ") for found in _QUOTED.finditer(said)]
    if not all(any(words in one.quote for one in passages) for words in spoken):
        return FOREIGN
    shown = " ".join(map(footnote, passages))
    known = {*_FIGURE.findall(shown), *re.findall(r"\d+", shown)}
    return FIGURE if set(_FIGURE.findall(said)) - known or "⟦" in said else None
