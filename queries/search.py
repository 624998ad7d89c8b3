"""Search: meaning and words in one ranked list, under the same filters."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection, func, literal, select, text

from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.legs import MARK, Legs, search_statement
from queries.question import parse
from queries.spaces import INDEX_FROM_ROWS, active_space
from queries.vectors import aim, scan_on

MODES = ("hybrid", "meaning", "words")
RANKS = ("rank_meaning", "rank_words")


@dataclass(frozen=True)
class SearchResult:
    """Hits, best first, and what the reader should know about how they were found.

    Columns of `hits`: row_id, text, title, owner, time, theme_id, theme, score, distance (cosine, 0
    to 2), rank_meaning, rank_words (from 1; missing where that leg did not find the row), words
    (those of the text that the question shares).
    """

    mode: str
    hits: pd.DataFrame
    notice: str | None = None


def search(
    gate: Gate,
    collection: Collection,
    typed: str,
    vector: NDArray[np.floating] | None,
    filters: Filters,
    mode: str = "hybrid",
    limit: int = 20,
) -> SearchResult:
    """The rows that fit a question best. `vector` embeds `parse(typed).meaning`; words need none.

    Raises BadQuestion, NotEmbedded, DimensionError, and QueryError for an unknown mode and where
    words are needed that are not indexed.
    """
    if mode not in MODES:
        raise QueryError(f"There is no search mode {mode!r}. Choose one of {', '.join(MODES)}.")
    question = parse(typed)
    space = active_space(gate, collection) if mode != "words" else None
    if space is not None and vector is not None:
        space.check(len(vector))
    read = Read("search", collection.name, filters.sentence(collection), typed)
    with gate.recorded(read) as told:
        connection = told.connection
        documents = _words_indexed(connection, collection)
        legs = Legs(collection, space, vector, question, filters, mode, limit, documents)
        legs.check()
        if space is not None and vector is not None:
            aim(connection, vector)
        exact = space is None or _scope_is_narrow(connection, legs)
        found = _run(connection, legs, exact)
        if not exact and len(found) < limit:
            found = _run(connection, legs, True)
        told.rows = len(found)
    return SearchResult(mode, _with_words(found), _notice(legs, found))


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


def _scope_is_narrow(connection: Connection, legs: Legs) -> bool:
    """Whether exact search is the better path: few rows in scope, or no index to use."""
    rows = select(literal(1)).select_from(legs.collection.view).where(*legs.conditions)
    some = rows.limit(INDEX_FROM_ROWS + 1).subquery()
    counted = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return bool(counted <= INDEX_FROM_ROWS)


def _run(connection: Connection, legs: Legs, exact: bool) -> pd.DataFrame:
    if not exact:
        scan_on(connection)
    result = connection.execute(search_statement(legs, exact))
    found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    return found.astype(dict.fromkeys(RANKS, "Int64"))


def _with_words(found: pd.DataFrame) -> pd.DataFrame:
    """Replace the marked text by the list of marked words, in the order of the text."""
    marked = found["marked"].fillna("")
    words = pd.Series([_marked_words(text) for text in marked], index=found.index, dtype="object")
    return found.drop(columns="marked").assign(words=words)


def _marked_words(marked: str) -> list[str]:
    pieces = marked.split(MARK[0])[1:]
    return list(dict.fromkeys(piece.split(MARK[1])[0] for piece in pieces))


def _notice(legs: Legs, found: pd.DataFrame) -> str | None:
    if legs.mode == "hybrid" and legs.documents is None:
        return (
            "Found by meaning only: the words of this collection are not indexed yet. "
            f"`./northlight embed {legs.collection.name}` does that."
        )
    if legs.mode == "words" and found.empty:
        return "No row has these words. Very common words are not looked for."
    return None
