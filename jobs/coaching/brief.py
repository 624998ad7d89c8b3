"""The session brief: what happened since the last session, every sentence resting on passages.

Made of facts and templates alone (jobs/coaching/written_brief.py has a model write it). A passage
is quoted exactly as it stands in the text, so whoever reads the brief can open it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from analysis.passages import sentences
from analysis.threads import threads
from clients.lexicon import Lexicon

HELD = ("reflection", "goal_setting", "review")  # sessions of two people
LATELY = timedelta(days=28)
SHOWN, THREADS, LONGEST = 3, 6, 240
STEP = 0.1  # of sentiment, below which high and low are not told apart


@dataclass(frozen=True)
class Passage:
    """A part of a text, exactly as it stands there, and where and when that was written."""

    collection: str
    row_id: str
    at: datetime
    about: str
    quote: str


@dataclass(frozen=True)
class Sentence:
    """What the brief says, and the passages it rests on: one at least."""

    text: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Author:
    """The model that wrote a brief, and when.

    latest : the newest text there was
    left_out : how many of its sentences are not in the brief, by reason
    """

    model: str
    prompt_version: int
    at: datetime
    latest: datetime
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class Brief:
    """Sections in order, by title; `since` begins the time it is about."""

    since: datetime | None
    session: bool  # whether that was a session, or simply some weeks ago
    later: datetime | None  # a session after which nothing was written
    sections: Mapping[str, tuple[Sentence, ...]]
    author: Author | None = None  # None: written from facts and templates

    @property
    def sentences(self) -> list[Sentence]:
        """All of them, in order."""
        return [sentence for told in self.sections.values() for sentence in told]


@dataclass(frozen=True)
class Told:
    """What the brief is made of: one client's rows, the newest first.

    answers : as queries.clients.answers; entries : as queries.clients.texts, or None
    sessions : as queries.clients.sessions; themes : names by id
    """

    collection: str
    answers: pd.DataFrame
    sessions: pd.DataFrame
    themes: Mapping[int, str]
    entries: pd.DataFrame | None = None
    entries_collection: str = ""


def brief(told: Told, lexicon: Lexicon) -> Brief:
    """The brief of facts. Without any answer it has no sections."""
    answers = told.answers[told.answers["text"].fillna("").str.strip() != ""]
    since, session, later = begins(told)
    if answers.empty or since is None:
        return Brief(since, session, later, {})
    new, old = answers[answers["time"] > since], answers[answers["time"] <= since]
    quoting = Quoting(told.collection, lexicon)
    sections = {
        "Since then" if session else "Lately": tuple(_happened(new, old, since, quoting)),
        "Mood": tuple(_mood(new, old, quoting)),
        "Themes": tuple(_themes(new, old, told.themes, quoting)),
        "Kept in the playbook": tuple(_kept(told, since)),
        "Left open": tuple(_open(new, quoting)),
    }
    return Brief(since, session, later, {title: said for title, said in sections.items() if said})


def begins(told: Told) -> tuple[datetime | None, bool, datetime | None]:
    """When the time begins that the brief is about, whether with a session, and a later session.

    The last session of two people after which something was written; else four weeks before the
    last answer.
    """
    if told.answers.empty:
        return None, False, None
    last = told.answers["time"].max()
    held = told.sessions[told.sessions["kind"].isin(HELD)]["start"]
    before, after = held[held < last], held[held >= last]
    later = after.max().to_pydatetime() if len(after) else None
    if len(before):
        return before.max().to_pydatetime(), True, later
    return (last - LATELY).to_pydatetime(), False, later


@dataclass(frozen=True)
class Quoting:
    """Takes passages out of answers."""

    collection: str
    lexicon: Lexicon

    def first(self, row: "pd.Series") -> Passage:
        """The beginning of an answer."""
        return self._passage(row, sentences(row["text"])[0])

    def strongest(self, row: "pd.Series", sign: int) -> Passage:
        """The sentence that is worded most gladly (1) or most heavily (-1)."""
        cut = [one for one in sentences(row["text"]) if len(one) <= LONGEST]
        cut = cut or sentences(row["text"])
        return self._passage(row, max(cut, key=lambda one: sign * self.lexicon.sentiment(one)))

    def exactly(self, row: "pd.Series", quote: str) -> Passage:
        """A sentence that was found in it."""
        return self._passage(row, quote)

    def _passage(self, row: "pd.Series", quote: str) -> Passage:
        about = row.get("exercise")
        told = "" if about is None or pd.isna(about) else str(about)
        return Passage(
            self.collection, str(row["row_id"]), row["time"].to_pydatetime(), told, quote
        )


def _rows(frame: pd.DataFrame) -> Iterator["pd.Series"]:
    for _, row in frame.iterrows():
        yield row


def _happened(
    new: pd.DataFrame, old: pd.DataFrame, since: datetime, quoting: Quoting
) -> Iterator[Sentence]:
    if new.empty:
        return
    latest = tuple(quoting.first(row) for row in _rows(new.head(SHOWN)))
    length = new["time"].max() - since
    before = int((old["time"] > since - length).sum())
    exercises = new["exercise"].dropna().unique().tolist()
    named = _listed([f"“{name}”" for name in exercises[:4]])
    more = f" and {len(exercises) - 4} more" if len(exercises) > 4 else ""
    yield Sentence(
        f"{_count(len(new), 'answer')} in {_count(max(length.days, 1), 'day')}, after "
        f"{_count(before, 'answer')} in as long a time before"
        + (f": {named}{more}." if named else "."),
        latest,
    )
    moods = new[new["mood"].notna()].head(6).iloc[::-1]
    if len(moods) > 1:
        said = _listed([str(mood) for mood in moods["mood"]])
        yield Sentence(f"Moods named, in order: {said}.", tuple(map(quoting.first, _rows(moods))))
    yield from _confidence(new, quoting)


def _confidence(new: pd.DataFrame, quoting: Quoting) -> Iterator[Sentence]:
    rated = new[new["confidence"].notna()]
    if len(rated) < 2:
        return
    last, first = rated.iloc[0], rated.iloc[-1]
    moved = last["confidence"] - first["confidence"]
    verb = "stayed at" if moved == 0 else "rose from" if moved > 0 else "fell from"
    there = f"{first['confidence']:.0f}"
    span = there if moved == 0 else f"{there} to {last['confidence']:.0f}"
    yield Sentence(
        f"Confidence {verb} {span} of 10 between {day(first['time'])} and {day(last['time'])}.",
        (quoting.first(first), quoting.first(last)),
    )


def _mood(new: pd.DataFrame, old: pd.DataFrame, quoting: Quoting) -> Iterator[Sentence]:
    """Mean sentiment beside that of before, and the lowest and the highest point."""
    scored = new[new["sentiment"].notna()]
    if scored.empty:
        return
    low = scored.iloc[int(scored["sentiment"].argmin())]
    high = scored.iloc[int(scored["sentiment"].argmax())]
    if old["sentiment"].notna().any():
        yield Sentence(
            f"Sentiment is {scored['sentiment'].mean():+.2f} on average, after "
            f"{old['sentiment'].mean():+.2f} in everything before (-1 to 1).",
            tuple(map(quoting.first, _rows(scored.head(SHOWN)))),
        )
    if round(high["sentiment"] - low["sentiment"], 3) <= STEP:
        yield _point("On", low, quoting.first(low))
        return
    yield _point("The lowest point was", low, quoting.strongest(low, -1))
    yield _point("The highest point was", high, quoting.strongest(high, 1))


def _point(told: str, row: "pd.Series", passage: Passage) -> Sentence:
    mood = "" if pd.isna(row["mood"]) else f", “{row['mood']}”"
    return Sentence(
        f"{told} {day(row['time'])} (sentiment {row['sentiment']:+.1f}{mood}): “{passage.quote}”",
        (passage,),
    )


def _themes(
    new: pd.DataFrame, old: pd.DataFrame, names: Mapping[int, str], quoting: Quoting
) -> Iterator[Sentence]:
    counts = new["theme_id"].dropna().astype(int).value_counts()
    before = set(old["theme_id"].dropna().astype(int))
    for theme in map(int, counts.index[:3]):
        if theme not in names:
            continue
        shown = tuple(map(quoting.first, _rows(new[new["theme_id"] == theme].head(SHOWN))))
        fresh = ", for the first time" if theme not in before else ""
        told = f"{_count(int(counts[theme]), 'text')} about “{names[theme]}”{fresh}."
        yield Sentence(told, shown)


def _kept(told: Told, since: datetime) -> Iterator[Sentence]:
    if told.entries is None or told.entries.empty:
        return
    for row in _rows(told.entries[told.entries["time"] > since].head(SHOWN)):
        cut = sentences(row["text"] or "")
        if cut:
            at = row["time"].to_pydatetime()
            passage = Passage(
                told.entries_collection, str(row["row_id"]), at, str(row["title"] or ""), cut[0]
            )
            yield Sentence(f"Kept on {day(row['time'])}, “{row['title']}”: “{cut[0]}”", (passage,))


def _open(new: pd.DataFrame, quoting: Quoting) -> Iterator[Sentence]:
    found = [(row, thread) for row in _rows(new) for thread in threads(row["text"])]
    for row, thread in found[:THREADS]:
        verb = "asked" if thread.kind == "question" else "meant to do"
        yield Sentence(
            f"{verb.capitalize()} on {day(row['time'])}: “{thread.sentence}”",
            (quoting.exactly(row, thread.sentence),),
        )


def day(moment: datetime) -> str:
    """As “3 June 2026”."""
    return f"{moment.day} {moment:%B %Y}"


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def _listed(parts: Iterable[str]) -> str:
    told = list(parts)
    return (
        told[0]
        if len(told) == 1
        else " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))
    )
