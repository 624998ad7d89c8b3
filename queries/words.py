"""The words leg: rows that share words with a question, rare words counting most.

Scored as BM25 without term frequency (Robertson and Zaragoza 2009, "The Probabilistic Relevance
Framework"): how often a word occurs within a row says little in short texts, and leaving it out
keeps the statement to tests of membership in a tsvector.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Text,
    cast,
    column,
    func,
    literal,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from queries.collection import Collection
from queries.question import Question
from queries.statement import Statement

# Scores come from the rarest words of a question; a pasted page has enough of them.
MOST_TERMS = 24
# Rows are fetched by words that occur in fewer than this share of all rows, if there are any.
COMMON_SHARE = 0.2
LENGTH_WEIGHT = 0.75
SATURATION = 1.2

DOCUMENT = table(
    "document", *(column(n) for n in ("collection_id", "row_id", "words")), schema="northlight"
)
_LEXEME = table(
    "lexeme", *(column(n) for n in ("collection_id", "lexeme", "rows")), schema="northlight"
)


def must_and_must_not(
    collection: Collection, collection_id: int, question: Question
) -> list[ColumnElement[bool]]:
    """Conditions on the view for quoted phrases and excluded words; none for a plain question."""
    tests = [_has(collection, phrase) for phrase in question.phrases]
    tests += [not_(_has(collection, word, otherwise=False)) for word in question.excluded]
    if not tests:
        return []
    fitting = select(DOCUMENT.c.row_id).where(DOCUMENT.c.collection_id == collection_id, *tests)
    return [collection.view.c.row_id.in_(fitting)]


def scored_statement(
    collection: Collection, collection_id: int, question: Question, total: int
) -> Statement:
    """`row_id, score` of the rows that share a telling word with the question."""
    terms = _terms(collection, collection_id, question, total).cte("terms")
    common = terms.c.rows > COMMON_SHARE * total
    telling = select(func.string_agg(cast(terms.c.query, Text), " | ")).where(not_(common))
    any_term = select(func.string_agg(cast(terms.c.query, Text), " | "))
    fetch = func.coalesce(telling.scalar_subquery(), any_term.scalar_subquery())
    candidates = (
        select(DOCUMENT.c.row_id, DOCUMENT.c.words)
        .where(
            DOCUMENT.c.collection_id == collection_id,
            DOCUMENT.c.words.op("@@")(cast(fetch, TSQUERY)),
        )
        .cte("candidates")
    )
    words = candidates.c.words
    relative = cast(func.length(words), Float) / _mean_length(collection_id)
    damping = (SATURATION + 1) / (1 + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * relative))
    return (
        select(candidates.c.row_id, (func.sum(terms.c.weight) * damping).label("score"))
        .join(terms, words.op("@@")(terms.c.query))
        .group_by(candidates.c.row_id, words)
    )


def _terms(collection: Collection, collection_id: int, question: Question, total: int) -> Statement:
    """The question's words that occur in the collection: `query, rows, weight`, rarest first."""
    asked = (
        func.unnest(func.tsvector_to_array(func.to_tsvector(_config(collection), question.meaning)))
        .table_valued("word")
        .render_derived()
    )
    weight = func.ln(1 + (total - _LEXEME.c.rows + 0.5) / (_LEXEME.c.rows + 0.5))
    return (
        select(
            cast(_quoted(_LEXEME.c.lexeme), TSQUERY).label("query"),
            _LEXEME.c.rows,
            weight.label("weight"),
        )
        .select_from(asked)
        .join(_LEXEME, _LEXEME.c.lexeme == asked.c.word)
        .where(_LEXEME.c.collection_id == collection_id)
        .order_by(_LEXEME.c.rows)
        .limit(MOST_TERMS)
    )


def _mean_length(collection_id: int) -> ColumnElement[Any]:
    """Mean number of different words a row, from a thousand rows: it only scales the scores."""
    some = (
        select(func.length(DOCUMENT.c.words).label("words"))
        .where(DOCUMENT.c.collection_id == collection_id)
        .limit(1000)
        .subquery()
    )
    return func.greatest(select(func.avg(some.c.words)).scalar_subquery(), 1.0)


def any_word(collection: Collection, question: Question) -> ColumnElement[Any]:
    """A tsquery that any word of the question satisfies; none for a question of common words."""
    lexemes = func.tsvector_to_array(func.to_tsvector(_config(collection), question.meaning))
    asked = func.unnest(lexemes).table_valued("word").render_derived(name="asked")
    together = select(func.string_agg(_quoted(asked.c.word), " | ")).select_from(asked)
    return cast(func.coalesce(together.scalar_subquery(), ""), TSQUERY)


def _has(collection: Collection, phrase: str, *, otherwise: bool = True) -> ColumnElement[bool]:
    """Whether a row has the phrase; `otherwise` where it is made of common words only."""
    asked = func.phraseto_tsquery(_config(collection), phrase)
    unknowable = func.numnode(asked) == 0
    found = DOCUMENT.c.words.op("@@", is_comparison=True)(asked)
    return or_(unknowable, found) if otherwise else found


def _quoted(lexeme: ColumnElement[Any]) -> ColumnElement[str]:
    """A lexeme as tsquery reads it. Not quote_literal: that puts an E before a backslash."""
    escaped = func.replace(func.replace(lexeme, "\\", "\\\\"), "'", "''")
    return func.concat("'", escaped, "'")


def _config(collection: Collection) -> ColumnElement[Any]:
    return cast(literal(collection.language), REGCONFIG)
