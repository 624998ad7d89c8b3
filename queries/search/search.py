"""Search: meaning and words in one ranked list, under the same filters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf, isnan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, Row

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.embeddings.vectors import aim
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate, Identity, Read
from queries.search.legs import MARK, Legs, search_statement
from queries.search.nearest import EXACT, Way
from queries.search.path import ways
from queries.search.question import Question, parse
from queries.search.ready import Ready, ready
from queries.search.spelling import Respelling, respelling
from queries.search.words import PLAIN
from queries.statement import Statement

MODES = ("hybrid", "meaning", "words")
RANKS = ("rank_meaning", "rank_words")
TOLD = ("row_id", "text", "title", "owner", "time", "theme_id", "theme", "score", "distance")
COLUMNS = (*TOLD, *RANKS, "marked")

Vector = NDArray[np.floating]
Hits = Sequence[Row[Any]]
Embed = Callable[[str], Vector]
Passages = Callable[[Sequence[str], str], Sequence[str]]  # texts, what the question means


@dataclass(frozen=True)
class SearchResult:
    """Hits, best first, and what the reader should know about how they were found.

    Columns of `hits`: row_id, text, title, owner, time, theme_id, theme, score, distance (cosine, 0
    to 2), rank_meaning, rank_words (from 1; missing where that leg did not find the row), words
    (those of the text that the question shares), close (whether it shares words or is no further
    than the collection's rows are from each other; missing where that is not known).
    `question` is what was searched for, respelled where nothing had a word of it.
    """

    mode: str
    hits: pd.DataFrame
    notice: str | None = None
    question: Question | None = None


def search(
    gate: Gate,
    collection: Collection,
    typed: str,
    vector: Vector | None,
    filters: Filters,
    mode: str = "hybrid",
    limit: int = 20,
    embed: Embed | None = None,
    passages: Passages | None = None,
) -> SearchResult:
    """The rows that fit a question best. `vector` embeds `parse(typed).meaning`; words need none.

    With `embed` a question with a word that nothing has is respelled only where that brings it
    nearer to a row; its new meaning is then searched for. With `passages` the hits have a column
    `passage`, of what it answers.

    Raises BadQuestion, NotEmbedded, DimensionError, and QueryError for an unknown mode and where
    words are needed that are not indexed.
    """
    if mode not in MODES:
        raise QueryError(f"There is no search mode {mode!r}. Choose one of {', '.join(MODES)}.")
    question = parse(typed)
    read = Read("search", collection.name, filters.sentence(collection), typed)
    with gate.recorded(read) as told:
        connection = told.connection
        at = ready(connection, collection, question.plain, None if mode == "words" else vector)
        space = None if mode == "words" else at.active(collection)
        legs = Legs(collection, space, question, filters, mode, limit, at.documents, at.lexemes)
        legs, respelled = _mended(connection, legs, at, gate.identity, vector, embed)
        hits = _found(connection, legs, at, gate.identity)
        with told.ending(len(hits)):
            frame = _told(hits, space, passages, legs.question.meaning)
    mended = respelled.sentence() if respelled else None
    notices = (mended, _trouble(space), _notice(legs, hits), _far(legs, hits))
    return SearchResult(mode, frame, " ".join(filter(None, notices)) or None, legs.question)


def nearest_to(
    gate: Gate,
    collection: Collection,
    vector: Vector,
    filters: Filters,
    limit: int,
    without: Sequence[str] = (),
) -> SearchResult:
    """The rows nearest to a vector that no typed question stands for; some rows left out.

    Raises NotEmbedded and DimensionError.
    """
    nothing, most = Question(""), limit + len(without)
    with gate.recorded(Read("search", collection.name, filters.sentence(collection))) as told:
        at = ready(told.connection, collection, "", vector)
        legs = Legs(collection, at.space, nothing, filters, "meaning", most, None)
        found = _found(told.connection, legs, at, gate.identity)
        told.rows = len(found)
    hits = [hit for hit in found if hit.row_id not in without][:limit]
    return SearchResult("meaning", _told(hits, at.space), _far(legs, hits), nothing)


def _mended(
    connection: Connection,
    legs: Legs,
    at: Ready,
    reader: Identity,
    vector: Vector | None,
    embed: Embed | None,
) -> tuple[Legs, Respelling | None]:
    """The legs, respelled where nothing has a word of the question, and how.

    Rows may say the same in other words ("wireless" to somebody who types "wifi"). So a question
    that has a meaning stands as typed, unless its respelling is nearer to some row.
    """
    if not (at.indexed and at.unknown):
        return legs, None
    found = respelling(connection, legs.collection, legs.question, at.unknown)
    if found is None:
        return legs, None
    again = replace(legs, question=legs.question.respelled(found.words))
    if embed is None or vector is None or legs.space is None:
        return again, found
    typed = _nearest(connection, legs, at, reader)
    aim(connection, embed(again.question.meaning))
    if _nearest(connection, again, at, reader) < typed:
        return again, found
    aim(connection, vector)
    return legs, None


def _nearest(connection: Connection, legs: Legs, at: Ready, reader: Identity) -> float:
    """How far the nearest row in scope is from what the transaction aims at."""
    hits = _found(connection, replace(legs, mode="meaning", limit=1), at, reader)
    return hits[0].distance if hits else inf


def _found(connection: Connection, legs: Legs, at: Ready, reader: Identity) -> Hits:
    """The path is chosen by the scope; what comes back short is searched exactly."""
    legs.check()
    if legs.space is None:
        return _run(connection, legs, EXACT)
    scope = (legs.space, legs.conditions, at.rows, reader, legs.chosen)
    for way in ways(connection, legs.collection, *scope):
        found = _run(connection, legs, way)
        if len(found) >= legs.limit:
            break
    return found


def _run(connection: Connection, legs: Legs, way: Way) -> Hits:
    statement = _statement(legs.shape, legs.words_share, way)
    return connection.execute(statement, {PLAIN: legs.question.plain}).fetchall()


@lru_cache(maxsize=256)
def _statement(shape: Legs, words_share: float, way: Way) -> Statement:
    """The statement for all questions of that shape: to build it takes longer than to run it."""
    return search_statement(shape, way, words_share)


def _told(
    hits: Hits, space: Space | None, passages: Passages | None = None, meaning: str = ""
) -> pd.DataFrame:
    """The hits as they are handed out: one frame made at once.

    A column that is read from it, or added to it, costs as much as all of them do here.
    """
    every = zip(*hits, strict=True) if hits else ((),) * len(COLUMNS)
    columns: dict[str, Any] = dict(zip(COLUMNS, every, strict=True))
    words = [_marked_words(text or "") for text in columns.pop("marked")]
    columns |= {name: _whole(columns[name]) for name in RANKS}
    columns["words"] = pd.Series(words, dtype="object")
    columns["close"] = pd.array([_close(hit, space) for hit in hits], dtype="boolean")
    if passages:
        columns["passage"] = passages([hit.text or "" for hit in hits], meaning)
    return pd.DataFrame(columns)


def _whole(numbers: Sequence[int | None]) -> pd.api.extensions.ExtensionArray:
    """Whole numbers of which some are missing."""
    missing = np.array([number is None for number in numbers], dtype=bool)
    return pd.arrays.IntegerArray(np.array([number or 0 for number in numbers], int), missing)


def _marked_words(marked: str) -> list[str]:
    pieces = marked.split(MARK[0])[1:]
    return list(dict.fromkeys(piece.split(MARK[1])[0] for piece in pieces))


def _close(hit: Row[Any], space: Space | None) -> bool | None:
    """Whether a hit shares words or is near enough; None where "near" was not learnt."""
    if space is None or space.far is None:
        return None
    return hit.rank_words is not None or (hit.distance is not None and hit.distance <= space.far)


def _far(legs: Legs, hits: Hits) -> str | None:
    """What to tell when not even the nearest row is near; None when one is."""
    if legs.space is None or legs.space.far is None:
        return None
    known = (hit.distance for hit in hits if hit.distance is not None)
    distances = [distance for distance in known if not isnan(distance)]
    if not distances or min(distances) <= legs.space.far:
        return None
    nearest = min(distances)
    where = "among the rows chosen" if legs.filters else "here"
    shared = any(hit.rank_words for hit in hits)
    words = " Rows that share words with it come first." if shared else ""
    return (
        f"Nothing {where} is close to this: the nearest row is at distance {nearest:.2f}, and 95 "
        f"of 100 rows have another within {legs.space.far:.2f}.{words}"
    )


def _trouble(space: Space | None) -> str | None:
    if space is None or not space.trouble:
        return None
    return f"Nearness means nothing here. {space.trouble} Search by words instead."


def _notice(legs: Legs, found: Hits) -> str | None:
    if legs.mode == "hybrid" and legs.documents is None:
        return (
            "Found by meaning only: the words of this collection are not indexed yet. "
            f"`./northlight embed {legs.collection.name}` does that."
        )
    if legs.mode == "words" and not found:
        return "No row has these words. Very common words are not looked for."
    return None
