"""Search: meaning and words in one ranked list, under the same filters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, func, literal, select, text

from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate, Identity, Read
from queries.legs import MARK, Legs, search_statement
from queries.question import Question, parse
from queries.spaces import INDEX_FROM_ROWS, Space, active_space_in
from queries.spelling import respelling
from queries.statement import Statement
from queries.vectors import aim, scan_on
from queries.words import PLAIN

MODES = ("hybrid", "meaning", "words")
RANKS = ("rank_meaning", "rank_words")

Vector = NDArray[np.floating]


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
    embed: Callable[[str], Vector] | None = None,
) -> SearchResult:
    """The rows that fit a question best. `vector` embeds `parse(typed).meaning`; words need none.

    With `embed` a question that had to be respelled is also searched for by its new meaning.

    Raises BadQuestion, NotEmbedded, DimensionError, and QueryError for an unknown mode and where
    words are needed that are not indexed.
    """
    if mode not in MODES:
        raise QueryError(f"There is no search mode {mode!r}. Choose one of {', '.join(MODES)}.")
    question = parse(typed)
    read = Read("search", collection.name, filters.sentence(collection), typed)
    with gate.recorded(read) as told:
        connection = told.connection
        space = active_space_in(connection, collection) if mode != "words" else None
        if space is not None and vector is not None:
            space.check(len(vector))
        documents = _words_indexed(connection, collection)
        respelled = respelling(connection, collection, question) if documents else None
        if respelled:
            question = question.respelled(respelled.words)
            vector = embed(question.meaning) if embed and vector is not None else vector
        legs = Legs(collection, space, vector, question, filters, mode, limit, documents)
        found = _found(connection, legs, gate.identity)
        told.rows = len(found)
    hits = _with_words(found).assign(close=_close(found, space))
    notices = (respelled.sentence() if respelled else None, _notice(legs, found), _far(legs, hits))
    return SearchResult(mode, hits, " ".join(filter(None, notices)) or None, question)


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
    nothing = Question("")
    with gate.recorded(Read("search", collection.name, filters.sentence(collection))) as told:
        space = active_space_in(told.connection, collection)
        space.check(len(vector))
        most = limit + len(without)
        legs = Legs(collection, space, vector, nothing, filters, "meaning", most, None)
        found = _found(told.connection, legs, gate.identity)
        told.rows = len(found)
    others = found[~found["row_id"].isin(list(without))].head(limit).reset_index(drop=True)
    hits = _with_words(others).assign(close=_close(others, space))
    return SearchResult("meaning", hits, _far(legs, hits), nothing)


def _found(connection: Connection, legs: Legs, reader: Identity) -> pd.DataFrame:
    """The path is chosen by the scope; what the index leaves short is searched exactly."""
    legs.check()
    if legs.space is not None and legs.vector is not None:
        aim(connection, legs.vector)
    exact = legs.space is None or _scope_is_narrow(connection, legs, reader)
    found = _run(connection, legs, exact)
    if not exact and len(found) < legs.limit:
        found = _run(connection, legs, True)
    return found


def _words_indexed(connection: Connection, collection: Collection) -> int | None:
    """From the planner's statistics, how many rows have words; None before they are indexed."""
    row = connection.execute(
        text(
            "SELECT p.oid IS NOT NULL AS indexed, greatest(p.reltuples::bigint, 0) AS rows "
            "FROM northlight.collection c "
            "LEFT JOIN pg_class p ON p.oid = to_regclass('northlight.document_' || c.id) "
            "WHERE c.name = :name"
        ),
        {"name": collection.name},
    ).one()
    return int(row.rows) if row.indexed else None


def _scope_is_narrow(connection: Connection, legs: Legs, reader: Identity) -> bool:
    """Whether exact search is the better path: few rows in scope, or no index to use.

    Where nothing narrows the scope, neither filters nor the reader, statistics tell it.
    """
    if reader.role != "coach" and not legs.conditions and (legs.documents or 0) > INDEX_FROM_ROWS:
        return False
    rows = select(literal(1)).select_from(legs.collection.view).where(*legs.conditions)
    some = rows.limit(INDEX_FROM_ROWS + 1).subquery()
    counted = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return bool(counted <= INDEX_FROM_ROWS)


def _run(connection: Connection, legs: Legs, exact: bool) -> pd.DataFrame:
    if not exact:
        scan_on(connection)
    shape = replace(legs, vector=None, question=legs.question.shape)
    statement = _statement(shape, legs.words_weight, exact)
    result = connection.execute(statement, {PLAIN: legs.question.plain})
    found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    return found.astype(dict.fromkeys(RANKS, "Int64"))


@lru_cache(maxsize=256)
def _statement(shape: Legs, words_weight: float, exact: bool) -> Statement:
    """The statement for all questions of that shape: to build it takes longer than to run it."""
    return search_statement(shape, exact, words_weight)


def _with_words(found: pd.DataFrame) -> pd.DataFrame:
    """Replace the marked text by the list of marked words, in the order of the text."""
    words = [_marked_words(text or "") for text in found["marked"]]
    listed = pd.Series(words, index=found.index, dtype="object")
    return found.drop(columns="marked").assign(words=listed)


def _marked_words(marked: str) -> list[str]:
    pieces = marked.split(MARK[0])[1:]
    return list(dict.fromkeys(piece.split(MARK[1])[0] for piece in pieces))


def _close(found: pd.DataFrame, space: Space | None) -> pd.Series:
    """Whether each hit shares words or is near enough; missing where "near" was not learnt."""
    if space is None or space.far is None:
        return pd.Series(pd.NA, index=found.index, dtype="boolean")
    near = found["distance"].astype(float) <= space.far
    return (near | found["rank_words"].notna()).astype("boolean")


def _far(legs: Legs, hits: pd.DataFrame) -> str | None:
    """What to tell when not even the nearest row is near; None when one is."""
    if legs.space is None or legs.space.far is None or hits["distance"].isna().all():
        return None
    nearest = float(hits["distance"].min())
    if nearest <= legs.space.far:
        return None
    where = "among the rows chosen" if legs.filters else "here"
    words = " Rows that share words with it come first." if hits["rank_words"].notna().any() else ""
    return (
        f"Nothing {where} is close to this: the nearest row is at distance {nearest:.2f}, and 95 "
        f"of 100 rows have another within {legs.space.far:.2f}.{words}"
    )


def _notice(legs: Legs, found: pd.DataFrame) -> str | None:
    if legs.mode == "hybrid" and legs.documents is None:
        return (
            "Found by meaning only: the words of this collection are not indexed yet. "
            f"`./northlight embed {legs.collection.name}` does that."
        )
    if legs.mode == "words" and found.empty:
        return "No row has these words. Very common words are not looked for."
    return None
