"""Words of a question that no row has, and the nearest word that rows do have.

No extension is needed: the vocabulary is read once for the letters a word may begin with, and the
edit distance is worked out here. What may be suggested is what the reader's own rows show: a
suggestion is spelled as a row in scope spells it, or not made.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from queries.collection import Collection
from queries.identifiers import quoted
from queries.search.question import Question

# A pasted text has names and numbers of its own; tolerance is for somebody who types a few words.
MOST_UNKNOWN = 4
MOST_CANDIDATES = 20_000
SHORTEST = 4
LONG = 8  # a word of so many letters may have two mistakes
WORD_TOKENS = (1, 2)  # of the default parser: a word of ASCII letters, a word of any letters


# An expression: each word, as typed in small letters and as a lexeme, that no row in scope has.
UNKNOWN = (
    "ARRAY(SELECT DISTINCT ARRAY[lower(p.token), w.lexeme] FROM ts_parse('default', :said) p "
    "CROSS JOIN LATERAL unnest(to_tsvector(CAST(CAST(:language AS text) AS regconfig), p.token)) w "
    f"WHERE p.tokid IN {WORD_TOKENS} AND length(w.lexeme) >= {SHORTEST} AND NOT EXISTS "
    f"(SELECT FROM {{lexemes}} l WHERE l.lexeme = w.lexeme) LIMIT {MOST_UNKNOWN + 1})"
)


@dataclass(frozen=True)
class Respelling:
    """Words that nothing has, each with the word searched for in its place."""

    words: Mapping[str, str]

    def sentence(self) -> str:
        """As the reader is told."""
        return " ".join(
            f'Nothing has "{typed}"; searched for "{instead}".'
            for typed, instead in self.words.items()
        )


def asked_of(collection: Collection, said: str) -> dict[str, str]:
    """What UNKNOWN has to be given."""
    return {"said": said, "language": collection.language}


def respelling(
    connection: Connection,
    collection: Collection,
    question: Question,
    unknown: Sequence[tuple[str, str]],
) -> Respelling | None:
    """What to search for in place of the words that no row in scope has; None for nothing."""
    quoted_words = {word for phrase in question.phrases for word in phrase.lower().split()}
    unknown = [(typed, lexeme) for typed, lexeme in unknown if typed not in quoted_words]
    if not 0 < len(unknown) <= MOST_UNKNOWN:
        return None
    found = {}
    for typed, lexeme in unknown:
        near = nearest(lexeme, _candidates(connection, collection, lexeme))
        spelled = near and _spelled(connection, collection, near)
        if spelled:
            found[typed] = spelled
    return Respelling(found) if found else None


def nearest(lexeme: str, candidates: Iterable[tuple[str, int]]) -> str | None:
    """Of `(lexeme, rows)` the fewest mistakes away, the commonest of those; None for too many."""
    most = allowed(lexeme)
    letters = Counter(lexeme)
    best: tuple[int, int, str] | None = None
    for other, rows in candidates:
        # Each mistake changes two letters of the count at most.
        if abs(len(other) - len(lexeme)) > most or _apart(letters, other) > 2 * most:
            continue
        distance = edits(lexeme, other)
        if distance <= most and (best is None or (distance, -rows, other) < best):
            best = (distance, -rows, other)
    return best[2] if best else None


def allowed(lexeme: str) -> int:
    """How many mistakes a word of that length may have."""
    if len(lexeme) < SHORTEST:
        return 0
    return 2 if len(lexeme) >= LONG else 1


def edits(one: str, other: str) -> int:
    """Letters inserted, left out, changed, or two neighbours swapped (optimal string alignment).

    References
    ----------
    Damerau: A technique for computer detection and correction of spelling errors, 1964.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, its in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _apart(letters: Counter[str], other: str) -> int:
    theirs = Counter(other)
    return sum((letters - theirs).values()) + sum((theirs - letters).values())


def _candidates(
    connection: Connection, collection: Collection, lexeme: str
) -> list[tuple[str, int]]:
    """`lexeme, rows` of known words of about the length, with one of the first two letters."""
    statement = text(
        f"SELECT lexeme, rows FROM {quoted(collection.name + '__lexemes')} "
        "WHERE length(lexeme) BETWEEN :shortest AND :longest AND left(lexeme, 1) IN :first "
        "ORDER BY rows DESC LIMIT :most"
    ).bindparams(bindparam("first", sorted(set(lexeme[:2])), expanding=True))
    most = allowed(lexeme)
    given = {"shortest": len(lexeme) - most, "longest": len(lexeme) + most}
    rows = connection.execute(statement, given | {"most": MOST_CANDIDATES})
    return [(row.lexeme, row.rows) for row in rows]


def _spelled(connection: Connection, collection: Collection, lexeme: str) -> str | None:
    """The word as a row in scope spells it, in small letters; None if no row shows it."""
    statement = text(
        "SELECT ts_headline(CAST(CAST(:language AS text) AS regconfig), "
        "concat_ws(E'\\n', r.title, r.text), s.query, 'StartSel=\x02, StopSel=\x03') "
        f"FROM (SELECT CAST(:lexeme AS tsquery) AS query) s, "
        f"LATERAL (SELECT w.row_id FROM {quoted(collection.name + '__words')} w "
        "WHERE w.words @@ s.query LIMIT 5) w "
        f"JOIN {quoted(collection.name)} r ON r.id = CAST(w.row_id AS {collection.id_type})"
    )
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    given = {"language": collection.language, "lexeme": f"'{escaped}'"}
    shown = Counter(
        piece.split("\x03")[0].lower()
        for headline in connection.execute(statement, given).scalars()
        for piece in headline.split("\x02")[1:]
    )
    return shown.most_common(1)[0][0] if shown else None
