"""Search: meaning and words in one statement, under the same filters, fused by rank.

Fusion is weighted reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). The constant and the
weights were chosen on four labelled sets: docs/decisions/search.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Float,
    Subquery,
    cast,
    column,
    func,
    literal,
    null,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters, current_run
from queries.gate import Gate
from queries.question import Question, parse
from queries.row_ids import native
from queries.spaces import INDEX_FROM_ROWS, Space, active_space
from queries.statement import Statement
from queries.vectors import bound, vector_rows
from queries.words import must_and_must_not, scored_statement

MODES = ("hybrid", "meaning", "words")
RANK_CONSTANT = 20
MEANING_WEIGHT = 0.7
WORDS_WEIGHT = 0.3
FEW_WORDS = 2  # so short a question asks for its words as much as for its meaning
DEPTH = 100
EF_SEARCH = 200
MARK = ("\x02", "\x03")
_POINT = table("point", *(column(n) for n in ("run_id", "row_id", "theme_id")), schema="northlight")
_THEME = table("theme", column("id"), column("name"), schema="northlight")


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

    Raises BadQuestion, NotEmbedded, DimensionError, and QueryError for an unknown mode.
    """
    if mode not in MODES:
        raise QueryError(f"There is no search mode {mode!r}. Choose one of {', '.join(MODES)}.")
    question = parse(typed)
    space = active_space(gate, collection) if mode != "words" else None
    if space is not None and vector is not None:
        space.check(len(vector))
    with gate.reading() as connection:
        indexed = _words_indexed(connection, collection)
        legs = Legs(collection, space, vector, question, filters, mode, limit, *indexed)
        exact = space is None or _scope_is_narrow(connection, legs)
        found = _run(connection, legs, exact)
        if not exact and len(found) < limit:
            found = _run(connection, legs, True)
    return SearchResult(mode, _with_words(found), _notice(legs))


@dataclass(frozen=True)
class Legs:
    """Everything the statement is made from."""

    collection: Collection
    space: Space | None
    vector: NDArray[np.floating] | None
    question: Question
    filters: Filters
    mode: str
    limit: int
    collection_id: int
    documents: int

    @property
    def depth(self) -> int:
        """How many rows each leg contributes."""
        return max(DEPTH, 3 * self.limit)

    @property
    def conditions(self) -> Sequence[Any]:
        """Filters, phrases and excluded words: the same in both legs."""
        told = must_and_must_not(self.collection, self.collection_id, self.question)
        return [*self.filters.conditions(self.collection), *told]

    @property
    def words_weight(self) -> float:
        """The words leg's share; a question of one or two words weighs both legs alike."""
        few = len(self.question.meaning.split()) <= FEW_WORDS or bool(self.question.phrases)
        return MEANING_WEIGHT if few else WORDS_WEIGHT


def search_statement(legs: Legs, exact: bool) -> Statement:
    """Both legs, fused and joined with the rows' text, best first."""
    meaning = _meaning_leg(legs, exact) if legs.space is not None else None
    words = _words_leg(legs) if legs.mode != "meaning" and legs.documents else None
    best = _fused(legs, meaning, words)
    rows = legs.collection.view
    run = current_run(legs.collection).scalar_subquery()
    marked = func.ts_headline(
        cast(literal(legs.collection.language), REGCONFIG),
        rows.c.text,
        _any_word(legs),
        f"HighlightAll=true, StartSel={MARK[0]}, StopSel={MARK[1]}",
    )
    shown = (rows.c.row_id, rows.c.text, rows.c.title, rows.c.owner, rows.c.time)
    themes = (_THEME.c.id.label("theme_id"), _THEME.c.name.label("theme"))
    why = (best.c.score, best.c.distance, best.c.rank_meaning, best.c.rank_words)
    return (
        select(*shown, *themes, *why, marked.label("marked"))
        .select_from(best)
        .join(rows, rows.c.id == native(legs.collection, best.c.row_id))
        .outerjoin(_POINT, (_POINT.c.run_id == run) & (_POINT.c.row_id == best.c.row_id))
        .outerjoin(_THEME, _THEME.c.id == _POINT.c.theme_id)
        .order_by(best.c.score.desc(), best.c.row_id)
    )


def _meaning_leg(legs: Legs, exact: bool) -> CTE:
    """`row_id, distance, rank_meaning`; `+ 0` keeps an exact search off the index."""
    assert legs.space is not None
    vectors = vector_rows(legs.collection, legs.space)
    distance = vectors.c.embedding.cosine_distance(bound(legs.vector, legs.space))
    nearest = select(vectors.c.row_id, distance.label("distance"))
    if legs.space.storage == "own":
        rows = legs.collection.view
        nearest = nearest.join(rows, rows.c.id == native(legs.collection, vectors.c.row_id))
        nearest = nearest.where(*legs.conditions)
    elif legs.conditions:
        fitting = select(legs.collection.view.c.row_id).where(*legs.conditions)
        nearest = nearest.where(vectors.c.row_id.in_(fitting))
    order = (distance + 0) if exact else distance
    found = nearest.order_by(order).limit(legs.depth).cte("nearest")
    rank = func.row_number().over(order_by=(found.c.distance, found.c.row_id))
    return select(found, rank.label("rank_meaning")).cte("meaning")


def _words_leg(legs: Legs) -> CTE:
    """`row_id, rank_words` of the rows that share words, the rarest words first."""
    scored = scored_statement(
        legs.collection, legs.collection_id, legs.question, legs.documents
    ).cte("scored")
    found = select(scored.c.row_id, scored.c.score)
    if legs.conditions:
        rows = legs.collection.view
        found = found.join(rows, rows.c.id == native(legs.collection, scored.c.row_id))
        found = found.where(*legs.conditions)
    best = found.order_by(scored.c.score.desc(), scored.c.row_id).limit(legs.depth).cte("best")
    rank = func.row_number().over(order_by=(best.c.score.desc(), best.c.row_id))
    return select(best.c.row_id, rank.label("rank_words")).cte("words")


def _fused(legs: Legs, meaning: CTE | None, words: CTE | None) -> Subquery:
    """`row_id, distance, rank_meaning, rank_words, score`, the best `limit` rows."""
    if meaning is None or words is None or legs.mode == "meaning":
        return _one_leg(legs, meaning, words)
    score: ColumnElement[Any] = func.coalesce(
        MEANING_WEIGHT / (RANK_CONSTANT + meaning.c.rank_meaning), 0.0
    )
    score = score + func.coalesce(legs.words_weight / (RANK_CONSTANT + words.c.rank_words), 0.0)
    return (
        select(
            func.coalesce(meaning.c.row_id, words.c.row_id).label("row_id"),
            meaning.c.distance,
            meaning.c.rank_meaning,
            words.c.rank_words,
            score.label("score"),
        )
        .select_from(meaning)
        .outerjoin(words, words.c.row_id == meaning.c.row_id, full=True)
        .order_by(score.desc())
        .limit(legs.limit)
        .subquery("best")
    )


def _one_leg(legs: Legs, meaning: CTE | None, words: CTE | None) -> Subquery:
    leg, rank = (meaning, "rank_meaning") if meaning is not None else (words, "rank_words")
    if leg is None:
        raise QueryError(
            f"The words of {legs.collection.name} are not indexed yet. "
            f"Run `./northlight embed {legs.collection.name}` first."
        )
    missing = {"distance": Float(), "rank_meaning": None, "rank_words": None}
    columns = [
        leg.c[name] if name in leg.c else cast(null(), kind or Float()).label(name)
        for name, kind in missing.items()
    ]
    score = 1.0 / (RANK_CONSTANT + leg.c[rank])
    best = select(leg.c.row_id, *columns, score.label("score"))
    return best.order_by(leg.c[rank]).limit(legs.limit).subquery("best")


def _any_word(legs: Legs) -> Any:
    """A tsquery of every word of the question, any of which is marked."""
    config = cast(literal(legs.collection.language), REGCONFIG)
    lexemes = func.tsvector_to_array(func.to_tsvector(config, legs.question.meaning))
    quoted = func.array_to_string(
        select(func.array_agg(func.quote_literal(column("w"))))
        .select_from(func.unnest(lexemes).table_valued("w").render_derived(name="asked"))
        .scalar_subquery(),
        " | ",
    )
    return cast(func.coalesce(quoted, ""), TSQUERY)


def _words_indexed(connection: Connection, collection: Collection) -> tuple[int, int]:
    """The collection's number and, from the planner's statistics, how many rows have words."""
    number = connection.execute(
        text("SELECT id FROM northlight.collection WHERE name = :name"), {"name": collection.name}
    ).scalar_one()
    rows = connection.execute(
        text("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:partition)"),
        {"partition": f"northlight.document_{number}"},
    ).scalar()
    return number, max(int(rows or 0), 0)


def _scope_is_narrow(connection: Connection, legs: Legs) -> bool:
    """Whether exact search is the better path: few rows in scope, or no index to use."""
    assert legs.space is not None
    rows = select(literal(1)).select_from(legs.collection.view).where(*legs.conditions)
    some = rows.limit(INDEX_FROM_ROWS + 1).subquery()
    counted = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return bool(counted <= INDEX_FROM_ROWS)


def _run(connection: Connection, legs: Legs, exact: bool) -> pd.DataFrame:
    if not exact:
        settings = {"hnsw.ef_search": str(EF_SEARCH), "hnsw.iterative_scan": "relaxed_order"}
        connection.execute(select(*(func.set_config(*pair, True) for pair in settings.items())))
    result = connection.execute(search_statement(legs, exact))
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def _with_words(found: pd.DataFrame) -> pd.DataFrame:
    """Replace the marked text by the list of marked words, in the order of the text."""
    words = [_marked_words(marked or "") for marked in found.pop("marked")]
    return found.assign(words=pd.Series(words, dtype="object"))


def _marked_words(marked: str) -> list[str]:
    pieces = marked.split(MARK[0])[1:]
    return list(dict.fromkeys(piece.split(MARK[1])[0] for piece in pieces))


def _notice(legs: Legs) -> str | None:
    if legs.mode == "hybrid" and not legs.documents:
        return (
            "Found by meaning only: the words of this collection are not indexed yet. "
            f"`./northlight embed {legs.collection.name}` does that."
        )
    return None
