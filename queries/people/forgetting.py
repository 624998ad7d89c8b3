"""Removes what Northlight made of rows that are gone, or that belong to somebody who was erased."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from queries.collection import Collection
from queries.gate import Gate
from queries.identifiers import identifier, joined_name
from queries.people.own_tables import by_row

_RUNS = "(SELECT r.id FROM northlight.run r WHERE r.collection_id = :number)"
_SHOWN = (
    "SELECT unnest(k.representatives) AS row_id FROM northlight.theme_in_run k "
    f"WHERE k.run_id IN {_RUNS}"
)
_COUNT_DOWN = """
WITH said AS (
    SELECT w.word, count(*) AS times FROM northlight.document d
    JOIN forgotten f ON f.row_id = d.row_id
    CROSS JOIN unnest(tsvector_to_array(d.words)) AS w (word)
    WHERE d.collection_id = :number GROUP BY w.word)
UPDATE northlight.lexeme l SET rows = l.rows - said.times FROM said
WHERE l.collection_id = :number AND l.lexeme = said.word"""
_UNSHOW = f"""
UPDATE northlight.theme_in_run k SET representatives = ARRAY(
    SELECT s.row_id FROM unnest(k.representatives) WITH ORDINALITY AS s (row_id, place)
    WHERE s.row_id NOT IN (SELECT f.row_id FROM forgotten f) ORDER BY s.place)
WHERE k.run_id IN {_RUNS}
  AND k.representatives && (SELECT coalesce(array_agg(f.row_id), '{{}}') FROM forgotten f)"""


def forget(connection: Connection, collection: Collection, owner: str) -> bool:
    """Keep only what is of somebody else's rows that are there; whether anything went.

    Words that nobody else says go from themes too, with the names made of them.
    """
    number = connection.execute(
        text("SELECT id FROM northlight.collection WHERE name = :name"), {"name": collection.name}
    ).scalar_one()
    given = {"number": number, "owner": owner}
    if _list(connection, collection, given):
        connection.execute(text(_COUNT_DOWN), given)
        for table in by_row(connection):
            of_them = f"USING forgotten f WHERE f.row_id = k.row_id AND {table.of_collection}"
            connection.execute(text(f"DELETE FROM {table.name} k {of_them}"), given)
        connection.execute(text(_UNSHOW), given)
        unsaid = connection.execute(
            text(
                "DELETE FROM northlight.lexeme l WHERE l.collection_id = :number AND l.rows <= 0 "
                "RETURNING l.lexeme"
            ),
            given,
        )
        _unsay(connection, collection, number, list(unsaid.scalars()))
        return True
    return False


def _list(connection: Connection, collection: Collection, given: dict[str, object]) -> bool:
    """Fill the table `forgotten` with the ids of rows that nobody else has; whether any."""
    connection.execute(text("DROP TABLE IF EXISTS pg_temp.forgotten"))
    connection.execute(text("CREATE TEMPORARY TABLE forgotten (row_id text) ON COMMIT DROP"))
    key = identifier(joined_name(collection.id))
    others = f"SELECT FROM {identifier(collection.table)} t WHERE t.{key}::text = kept.row_id"
    if collection.owner:
        owner = identifier(joined_name(collection.owner))
        others += f" AND t.{owner}::text IS DISTINCT FROM :owner"
    kept = " UNION ".join(
        [f"SELECT k.row_id FROM {t.name} k WHERE {t.of_collection}" for t in by_row(connection)]
        + [_SHOWN]
    )
    found = connection.execute(
        text(f"INSERT INTO forgotten SELECT row_id FROM ({kept}) kept WHERE NOT EXISTS ({others})"),
        given,
    )
    return found.rowcount > 0


def _unsay(connection: Connection, collection: Collection, number: int, words: list[str]) -> None:
    """Take words out of every theme, of this run and earlier ones, and out of their history."""
    if not words:
        return
    given = {"number": number, "words": words, "language": collection.language}
    for statement in _UNSAY:
        connection.execute(text(statement), given)


def _says(told: str) -> str:
    """Whether a text or the strings of a document have one of the words."""
    config = "CAST(CAST(:language AS text) AS regconfig)"
    return f"tsvector_to_array(to_tsvector({config}, {told})) && CAST(:words AS text[])"


_TERM_GOES, _NAME_GOES = _says("u.term"), _says("coalesce(h.name, '')")
_DEFINED, _NAMED = _says("coalesce(h.definition, '')"), _says("coalesce(h.named_with, '{}')")
_UNSAY = (
    "UPDATE northlight.theme_in_run k SET terms = ARRAY(SELECT u.term "
    "FROM unnest(k.terms) WITH ORDINALITY AS u (term, place) "
    f"WHERE NOT {_TERM_GOES} ORDER BY u.place) WHERE k.run_id IN {_RUNS} "
    f"AND EXISTS (SELECT FROM unnest(k.terms) AS u (term) WHERE {_TERM_GOES})",
    f"UPDATE northlight.theme h SET name = CASE WHEN {_NAME_GOES} THEN 'Theme ' || h.id "
    f"ELSE h.name END, definition = CASE WHEN {_DEFINED} THEN NULL ELSE h.definition END, "
    f"named_with = CASE WHEN {_NAMED} THEN NULL ELSE h.named_with END "
    f"WHERE h.collection_id = :number AND ({_NAME_GOES} OR {_DEFINED} OR {_NAMED})",
    "UPDATE northlight.theme_event v SET detail = '{}' "
    f"WHERE v.collection_id = :number AND {_says('v.detail')}",
    # Without how it was before, an edit cannot be undone.
    f"DELETE FROM northlight.theme_edit e WHERE e.collection_id = :number AND {_says('e.detail')}",
    "DELETE FROM northlight.run r USING northlight.run_note n WHERE n.run_id = r.id "
    f"AND r.collection_id = :number AND r.proposed AND ({_says('n.told')} OR {_says('n.events')})",
)


def mapped(gate: Gate, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the collections that have a map."""
    found = gate.rows(
        text(
            "SELECT c.name FROM northlight.collection c WHERE c.name = ANY (:names) AND EXISTS "
            "(SELECT FROM northlight.run r WHERE r.collection_id = c.id AND r.current) ORDER BY 1"
        ).bindparams(names=list(names))
    )
    return tuple(row.name for row in found)
