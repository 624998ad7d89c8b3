"""The words leg: rows that share words with a question, rare words counting most.

Scored as BM25 without term frequency (Robertson and Zaragoza 2009, "The Probabilistic Relevance
Framework"): how often a word occurs within a row says little in short texts, and leaving it out
keeps the statement to tests of membership in a tsvector.
"""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    Function,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from queries.collection import Collection
from queries.search.question import PREFIX, Question
from queries.statement import Statement

# Scores come from the rarest words of a question; a pasted page has enough of them.
MOST_TERMS = 24
PLAIN = "plain_words"
MOST_PREFIXES = 8
# Rows are fetched by words that occur in fewer than this share of all rows, if there are any.
COMMON_SHARE = 0.2
LENGTH_WEIGHT = 0.75
SATURATION = 1.2


def must_and_must_not(collection: Collection, question: Question) -> list[ColumnElement[bool]]:
    """Conditions on the view for quoted phrases and excluded words; none for a plain question."""
    tests = [_has(collection, phrase) for phrase in question.phrases]
    tests += [not_(_has(collection, word, otherwise=False)) for word in question.excluded]
    if not tests:
        return []
    fitting = select(collection.words.c.row_id).where(*tests)
    return [collection.view.c.row_id.in_(fitting)]


def scored_statement(collection: Collection, question: Question, total: int) -> Statement:
    """`row_id, score` of the rows that share a telling word with the question."""
    terms = _terms(collection, question, total).cte("terms")
    common = terms.c.rows > COMMON_SHARE * total
    telling = select(func.string_agg(cast(terms.c.query, Text), " | ")).where(not_(common))
    any_term = select(func.string_agg(cast(terms.c.query, Text), " | "))
    fetch = func.coalesce(telling.scalar_subquery(), any_term.scalar_subquery())
    candidates = (
        select(collection.words.c.row_id, collection.words.c.words)
        .where(collection.words.c.words.op("@@")(cast(fetch, TSQUERY)))
        .cte("candidates")
    )
    words = candidates.c.words
    # Beside the row and not joined: who may be found is then decided before anything is weighed.
    weight = select(func.sum(terms.c.weight)).where(words.op("@@")(terms.c.query))
    relative = cast(func.length(words), Float) / _mean_length(collection)
    damping = (SATURATION + 1) / (1 + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * relative))
    told = weight.correlate(candidates).scalar_subquery() * damping
    return select(candidates.c.row_id, told.label("score"))


def _terms(collection: Collection, question: Question, total: int) -> Statement:
    """The question's words that occur in the collection: `query, rows, weight`, rarest first."""
    asked = _lexemes(collection, plain_words(question)).table_valued("word").render_derived()
    known = collection.lexemes
    whole = (
        select(cast(_quoted(known.c.lexeme), TSQUERY).label("query"), known.c.rows)
        .select_from(asked)
        .join(known, known.c.lexeme == asked.c.word)
    )
    begun = [_begun(collection, prefix) for prefix in question.prefixes[:MOST_PREFIXES]]
    found = union_all(whole, *begun).subquery("found")
    weight = func.ln(
        1 + (func.greatest(total, found.c.rows) - found.c.rows + 0.5) / (found.c.rows + 0.5)
    )
    return (
        select(found.c.query, found.c.rows, weight.label("weight"))
        .order_by(found.c.rows)
        .limit(MOST_TERMS)
    )


def _begun(collection: Collection, prefix: str) -> Statement:
    """`query, rows` of the words that begin so, if there are any; rows of two words count twice."""
    known = collection.lexemes
    fitting = or_(
        func.starts_with(known.c.lexeme, prefix.lower()),
        known.c.lexeme == any_(func.tsvector_to_array(_vector(collection, prefix))),
    )
    rows = func.sum(known.c.rows)
    query = _beginning(collection, prefix).label("query")
    return select(query, rows.label("rows")).where(fitting).having(rows > 0)


def _beginning(collection: Collection, prefix: str) -> ColumnElement[Any]:
    """A tsquery of words that begin so, or of which the prefix is a form: running* finds run."""
    begins = cast(literal(f"'{prefix.lower()}':*"), TSQUERY)
    return begins.op("||")(func.plainto_tsquery(_config(collection), prefix))


def _mean_length(collection: Collection) -> ColumnElement[Any]:
    """Mean number of different words a row, from a thousand rows: it only scales the scores."""
    some = select(func.length(collection.words.c.words).label("words")).limit(1000).subquery()
    mean = func.greatest(cast(func.avg(some.c.words), Float), 1.0, type_=Float)
    return select(mean).scalar_subquery()


def any_word(collection: Collection, question: Question) -> ColumnElement[Any]:
    """A tsquery that any word of the question satisfies; none for a question of common words."""
    asked = (
        _lexemes(collection, plain_words(question))
        .table_valued("word")
        .render_derived(name="asked")
    )
    together = select(func.string_agg(_quoted(asked.c.word), " | ")).select_from(asked)
    query: ColumnElement[Any] = cast(func.coalesce(together.scalar_subquery(), ""), TSQUERY)
    for prefix in question.prefixes[:MOST_PREFIXES]:
        query = query.op("||")(_beginning(collection, prefix))
    return query


def _has(collection: Collection, phrase: str, *, otherwise: bool = True) -> ColumnElement[bool]:
    """Whether a row has the phrase; `otherwise` where it is made of common words only."""
    asked: ColumnElement[Any] = func.phraseto_tsquery(_config(collection), phrase)
    if PREFIX.fullmatch(phrase):
        asked = _beginning(collection, phrase[:-1])
    unknowable = func.numnode(asked) == 0
    found = collection.words.c.words.op("@@", is_comparison=True)(asked)
    return or_(unknowable, found) if otherwise else found


def plain_words(question: Question) -> BindParameter[str]:
    """The plain words as a parameter by name: the statement is the same for other words."""
    return bindparam(PLAIN, question.plain, Text)


def _lexemes(collection: Collection, said: BindParameter[str]) -> Function[Any]:
    return func.unnest(func.tsvector_to_array(_vector(collection, said)))


def _vector(collection: Collection, said: str | BindParameter[str]) -> ColumnElement[Any]:
    return func.to_tsvector(_config(collection), said)


def _quoted(lexeme: ColumnElement[Any]) -> ColumnElement[str]:
    """A lexeme as tsquery reads it. Not quote_literal: that puts an E before a backslash."""
    escaped = func.replace(func.replace(lexeme, "\\", "\\\\"), "'", "''")
    return func.concat("'", escaped, "'")


def _config(collection: Collection) -> ColumnElement[Any]:
    return cast(literal(collection.language), REGCONFIG)
