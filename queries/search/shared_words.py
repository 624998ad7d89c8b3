"""The telling words two rows share."""

from sqlalchemy import text

from queries.collection import Collection
from queries.gate import Gate, Read
from queries.identifiers import quoted

MOST = 6
COMMON_SHARE = 0.1  # a word in more of the rows than that says little
FEW_ROWS = 5  # no word is common in so few
# A lexeme as tsquery reads it. Not quote_literal: that puts an E before a backslash.
AS_QUERY = (
    "concat(:quote, replace(replace(lexeme, :slash, repeat(:slash, 2)), :quote, repeat(:quote, 2)),"
    " :quote)"
)
MARK = ("\x02", "\x03")


def shared_words(gate: Gate, collection: Collection, one: str, other: str) -> list[str]:
    """Words that both rows have, the rarest first; none where words are not indexed.

    Of what the reader sees only: counted over, and read from, the rows in scope; spelled as the
    first of the rows spells them.
    """
    words, lexemes, rows = (quoted(collection.name + part) for part in ("__words", "__lexemes", ""))
    statement = text(
        "WITH shared AS (SELECT l.lexeme, l.rows "
        f"FROM {lexemes} l WHERE l.lexeme = ANY (ARRAY("
        f"SELECT unnest(tsvector_to_array(words)) FROM {words} WHERE row_id = :one INTERSECT "
        f"SELECT unnest(tsvector_to_array(words)) FROM {words} WHERE row_id = :other)) "
        f"AND l.rows <= greatest(:few, :common * (SELECT count(*) FROM {rows})) "
        "AND length(l.lexeme) > 1 ORDER BY l.rows, l.lexeme LIMIT :most) "
        "SELECT ts_headline(CAST(CAST(:language AS text) AS regconfig), "
        "translate(concat_ws(E'\\n', r.title, r.text), :marks, ''), CAST(s.query AS tsquery), "
        ":options) AS marked "
        f"FROM (SELECT {AS_QUERY} AS query, rows FROM shared ORDER BY rows) s "
        f"CROSS JOIN {rows} r WHERE r.row_id = :one"
    )
    given = {"one": one, "other": other, "common": COMMON_SHARE, "few": FEW_ROWS, "most": MOST}
    given |= {"language": collection.language, "marks": "".join(MARK)}
    given |= {"quote": "'", "slash": "\\"}
    given["options"] = f"HighlightAll=true, StartSel={MARK[0]}, StopSel={MARK[1]}"
    read = Read("shared words", collection.name, "2 rows by id")
    marked = gate.frame(statement.bindparams(**given), read=read)["marked"]
    found = [
        piece.split(MARK[1])[0].lower() for text in marked for piece in text.split(MARK[0])[1:]
    ]
    return list(dict.fromkeys(found))[:MOST]
