"""The statement of a search: a meaning leg and a words leg under the same filters, fused by rank.

Fusion is weighted reciprocal rank fusion (Cormack, Clarke and Büttcher 2009). The constant and the
shares were chosen on four labelled sets: docs/decisions/search.md.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Integer,
    Subquery,
    cast,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import REGCONFIG
from sqlalchemy.types import TypeEngine

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.errors import QueryError
from queries.filters import Filters
from queries.rows.row_ids import native
from queries.search.nearest import Way, nearest_rows
from queries.search.question import Question
from queries.search.words import any_word, must_and_must_not, scored_statement
from queries.statement import Statement, in_full

RANK_CONSTANT = 20
FEW_WORDS = 2  # so short a question asks for its words as much as for its meaning
SHARES = (0.2, 0.4)  # of the words leg, least and most
NO_WORDS, SHARE_OF_A_WORD = 0.1, 0.05
DEPTH = 100
MARK = ("\x02", "\x03")


@dataclass(frozen=True)
class Legs:
    """Everything the statement is made from.

    `documents` is None where words are not indexed; `lexemes` is how many the question has.
    """

    collection: Collection
    space: Space | None
    question: Question
    filters: Filters
    mode: str
    limit: int
    documents: int | None
    lexemes: int = 0

    @property
    def depth(self) -> int:
        """How many rows each leg contributes; one that stands alone gives what is shown."""
        alone = self.mode == "meaning" or self.space is None
        return self.limit if alone else max(DEPTH, 3 * self.limit)

    @property
    def conditions(self) -> Sequence[Any]:
        """Filters, phrases and excluded words: the same in both legs."""
        told = must_and_must_not(self.collection, self.question)
        return [*self.filters.conditions(self.collection), *told]

    @property
    def chosen(self) -> Hashable:
        """What the conditions are made from."""
        return self.filters, self.question.phrases, self.question.excluded

    @property
    def words_share(self) -> float:
        """The words leg's share: the more words there are to find by, the more it knows.

        One or two words, a list of words (none of them a stop word) and a phrase are meant as they
        are: both legs weigh the same.
        """
        typed = len(self.question.meaning.split())
        if typed <= max(FEW_WORDS, self.lexemes) or self.question.phrases:
            return 0.5
        least, most = SHARES
        return min(max(NO_WORDS + SHARE_OF_A_WORD * self.lexemes, least), most)

    @property
    def shape(self) -> "Legs":
        """What decides the statement, beside the words leg's share."""
        return replace(self, question=self.question.shape, lexemes=0)

    def check(self) -> None:
        """Raise QueryError for what needs words where there are none."""
        needed = self.mode == "words" or self.question.phrases or self.question.excluded
        if needed and self.documents is None:
            raise QueryError(
                f"The words of {self.collection.name} are not indexed yet. "
                f"Run `./northlight embed {self.collection.name}` first."
            )


def search_statement(legs: Legs, way: Way, words_share: float | None = None) -> Statement:
    """Both legs, fused and joined with the rows' text, best first."""
    best = _fused(legs, way, legs.words_share if words_share is None else words_share)
    rows = legs.collection.view
    points, named = legs.collection.points, legs.collection.themes
    shown = (rows.c.row_id, rows.c.text, rows.c.title, rows.c.owner, rows.c.time)
    themes = (named.c.id.label("theme_id"), named.c.name.label("theme"))
    why = (best.c.score, best.c.distance, best.c.rank_meaning, best.c.rank_words)
    told = (
        select(*shown, *themes, *why)
        .select_from(best)
        .join(rows, rows.c.id == native(legs.collection, best.c.row_id))
        .outerjoin(points, points.c.row_id == best.c.row_id)
        .outerjoin(named, named.c.id == points.c.theme_id)
        # Worked out here, so that a text is masked once and not once for each use.
        .offset(in_full(0))
        .subquery("told")
    )
    marked = _marked(legs, told.c.text).label("marked")
    return select(*told.c, marked).order_by(told.c.score.desc(), told.c.row_id)


def _marked(legs: Legs, shown: ColumnElement[str]) -> ColumnElement[str]:
    """The text with the question's words between marks."""
    return func.ts_headline(
        cast(literal(legs.collection.language), REGCONFIG),
        func.translate(shown, "".join(MARK), ""),
        any_word(legs.collection, legs.question),
        f"HighlightAll=true, StartSel={MARK[0]}, StopSel={MARK[1]}",
    )


def _meaning_leg(legs: Legs, way: Way) -> CTE:
    """`row_id, distance, rank_meaning`, nearest first."""
    nearest = nearest_rows(legs.collection, legs.conditions, legs.depth, way)
    found = nearest.cte("nearest")
    rank = func.row_number().over(order_by=(found.c.distance, found.c.row_id))
    return select(found, rank.label("rank_meaning")).cte("meaning")


def _words_leg(legs: Legs) -> CTE:
    """`row_id, rank_words` of the rows that share words, the rarest words first."""
    scored = scored_statement(legs.collection, legs.question, legs.documents or 0).cte("scored")
    found = select(scored.c.row_id, scored.c.score)
    if legs.conditions:
        rows = legs.collection.view
        found = found.join(rows, rows.c.id == native(legs.collection, scored.c.row_id))
        found = found.where(*legs.conditions)
    best = (
        found.order_by(scored.c.score.desc(), scored.c.row_id)
        .limit(in_full(legs.depth))
        .cte("best")
    )
    rank = func.row_number().over(order_by=(best.c.score.desc(), best.c.row_id))
    return select(best.c.row_id, rank.label("rank_words")).cte("words")


def _fused(legs: Legs, way: Way, words_share: float) -> Subquery:
    """`row_id, distance, rank_meaning, rank_words, score`, the best `limit` rows."""
    if legs.space is None:
        return _one_leg(legs, _words_leg(legs), "rank_words")
    meaning = _meaning_leg(legs, way)
    if legs.mode == "meaning" or legs.documents is None:
        return _one_leg(legs, meaning, "rank_meaning")
    return _both_legs(legs.limit, meaning, _words_leg(legs), words_share)


def _both_legs(limit: int, meaning: CTE, words: CTE, words_share: float) -> Subquery:
    score: ColumnElement[Any] = func.coalesce(
        (1 - words_share) / (RANK_CONSTANT + meaning.c.rank_meaning), 0.0
    )
    score = score + func.coalesce(words_share / (RANK_CONSTANT + words.c.rank_words), 0.0)
    row_id = func.coalesce(meaning.c.row_id, words.c.row_id)
    return (
        select(
            row_id.label("row_id"),
            meaning.c.distance,
            meaning.c.rank_meaning,
            words.c.rank_words,
            score.label("score"),
        )
        .select_from(meaning)
        .outerjoin(words, words.c.row_id == meaning.c.row_id, full=True)
        .order_by(score.desc(), row_id)
        .limit(in_full(limit))
        .subquery("best")
    )


def _one_leg(legs: Legs, leg: CTE, rank: str) -> Subquery:
    missing: dict[str, TypeEngine[Any]] = {
        "distance": Float(),
        "rank_meaning": Integer(),
        "rank_words": Integer(),
    }
    columns = [
        leg.c[name] if name in leg.c else cast(null(), kind).label(name)
        for name, kind in missing.items()
    ]
    score = 1.0 / (RANK_CONSTANT + leg.c[rank])
    best = select(leg.c.row_id, *columns, score.label("score"))
    return best.order_by(leg.c[rank]).limit(in_full(legs.limit)).subquery("best")
