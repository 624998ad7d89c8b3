"""What `embed` reads and stores: rows whose text is new or changed, their vectors, their words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, and_, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from queries.collection import Collection
from queries.collections.view_sql import LONGEST_INDEXED
from queries.embeddings.spaces import EMBEDDING, Space, attach_partition
from queries.embeddings.vector_index import index_is_valid
from queries.embeddings.vectors import Embedded, copy_in, copy_signs
from queries.gate import Gate, writing
from queries.identifiers import identifier, joined_name
from queries.statement import Statement

READ_SECONDS = 3600
_WORDS_HASH = "CAST(md5(concat_ws(E'\\n', CAST(:language AS text), r.title, r.text)) AS uuid)"


class Unembedded(NamedTuple):
    """A row whose text the model has not seen in this wording; `text` is its beginning."""

    row_id: str
    text: str
    content_hash: UUID


def unembedded(
    gate: Gate, collection: Collection, space: Space, batch: int, longest: int
) -> Iterator[Sequence[Unembedded]]:
    """Rows to embed, in batches, streamed; the text is empty where the row has none.

    Of a longer text only the first `longest` characters.
    """
    statement = unembedded_statement(collection, space, longest)
    with gate.reading(READ_SECONDS, snapshot=True) as connection:
        streamed = connection.execution_options(yield_per=batch).execute(statement)
        for rows in streamed.partitions():
            yield [Unembedded._make(row) for row in rows]


def unembedded_count(gate: Gate, collection: Collection, space: Space) -> int:
    """How many rows `unembedded` would give."""
    rows = unembedded_statement(collection, space).subquery()
    return int(gate.value(select(func.count()).select_from(rows), READ_SECONDS))


def unembedded_statement(
    collection: Collection, space: Space, longest: int | None = None
) -> Statement:
    """Rows without a stored hash, or whose text no longer has it."""
    rows = collection.view
    body = func.coalesce(rows.c.text, "")
    content_hash = cast(func.md5(body), SQL_UUID)
    changed = or_(EMBEDDING.c.row_id.is_(None), EMBEDDING.c.content_hash != content_hash)
    if space.storage == "column":
        lost = and_(rows.c.embedding.is_(None), EMBEDDING.c.refused.is_(None))
        changed = or_(changed, lost)
    same = and_(EMBEDDING.c.space_id == space.id, EMBEDDING.c.row_id == rows.c.row_id)
    told = body if longest is None else func.left(body, longest)
    return select(rows.c.row_id, told, content_hash).outerjoin(EMBEDDING, same).where(changed)


def store(
    engine: Engine, collection: Collection, space: Space, rows: Sequence[Embedded]
) -> Sequence[Embedded]:
    """Store a batch in one transaction, all of it or nothing and again without harm; the batch."""
    kept = rows
    with writing(engine) as connection:
        if space.storage == "column":
            _fill_column(connection, collection, space, rows)
            kept = [replace(row, vector=None) for row in rows]
        these = {"space": space.id, "ids": [row.row_id for row in rows]}
        connection.execute(text(_forgotten("e.row_id = ANY(:ids)")), these)
        copy_in(connection, f"northlight.{space.partition}", kept, space)
        copy_signs(connection, kept, space)
    return rows


def forget_gone(engine: Engine, collection: Collection, space: Space) -> int:
    """Remove what is stored for rows that are no longer in the collection; how many."""
    with writing(engine) as connection:
        row = f"SELECT FROM {collection.view_name()} r WHERE r.row_id = e.row_id"
        gone = text(_forgotten(f"NOT EXISTS ({row})"))
        return int(connection.execute(gone, {"space": space.id}).scalar_one())


def _forgotten(which: str) -> str:
    """Removes the embeddings `e` of the space of which that is true, with their signs; how many."""
    return (
        "WITH gone AS (DELETE FROM northlight.embedding e "
        f"WHERE e.space_id = :space AND {which} RETURNING e.row_id), "
        "signs AS (DELETE FROM northlight.sign s USING gone "
        "WHERE s.space_id = :space AND s.row_id = gone.row_id) SELECT count(*) FROM gone"
    )


def drop_index_before_load(engine: Engine, space: Space, arriving: int) -> bool:
    """Drop the HNSW index when more arrives than it holds: built once after is far cheaper."""
    name = f"northlight.{space.partition}_hnsw"
    with writing(engine) as connection:
        held = connection.execute(
            text("SELECT count(*) FROM northlight.embedding WHERE space_id = :space"),
            {"space": space.id},
        ).scalar_one()
        if not index_is_valid(connection, name) or arriving < held:
            return False
        connection.exec_driver_sql(f"DROP INDEX {name}")
        return True


def index_words(engine: Engine, collection: Collection) -> int:
    """Bring the words of new, changed and removed rows up to date; how many rows changed."""
    number = _documents_of(engine, collection)
    with writing(engine) as connection:
        changed = _store_words(connection, collection, number)
        if changed:
            _count_lexemes(connection, number)
        connection.exec_driver_sql(
            f"CREATE INDEX IF NOT EXISTS document_{number}_words "
            f"ON northlight.document_{number} USING gin (words)"
        )
    return changed


def words_hash(collection: Collection) -> ColumnElement[UUID]:
    """The digest of what decides a row's words: language, title and text. As _WORDS_HASH."""
    rows = collection.view
    told = func.concat_ws("\n", collection.language, rows.c.title, rows.c.text)
    return cast(func.md5(told), SQL_UUID)


def _documents_of(engine: Engine, collection: Collection) -> int:
    """The collection's number, with a partition for its words, made in a transaction of its own."""
    with writing(engine) as connection:
        number = connection.execute(
            text("SELECT id FROM northlight.collection WHERE name = :name FOR NO KEY UPDATE"),
            {"name": collection.name},
        ).scalar_one()
        there = text("SELECT to_regclass(:name) IS NOT NULL")
        if not connection.execute(there, {"name": f"northlight.document_{number}"}).scalar_one():
            attach_partition(connection, "document", number)
    return int(number)


def _store_words(connection: Connection, collection: Collection, number: int) -> int:
    view = collection.view_name()
    gone = connection.execute(
        text(
            "DELETE FROM northlight.document d WHERE d.collection_id = :number AND NOT EXISTS "
            f"(SELECT FROM {view} r WHERE r.row_id = d.row_id)"
        ),
        {"number": number},
    )
    arrived = connection.execute(
        text(
            "INSERT INTO northlight.document (collection_id, row_id, content_hash, words) "
            f"SELECT :number, r.row_id, {_WORDS_HASH}, "
            "  to_tsvector(CAST(CAST(:language AS text) AS regconfig), "
            f"    left({_told(collection)}, :longest)) "
            f"FROM {view} r LEFT JOIN northlight.document d "
            "  ON d.collection_id = :number AND d.row_id = r.row_id "
            f"WHERE d.row_id IS NULL OR d.content_hash <> {_WORDS_HASH} "
            "ON CONFLICT (collection_id, row_id) DO UPDATE "
            "SET content_hash = excluded.content_hash, words = excluded.words"
        ),
        {"number": number, "language": collection.language, "longest": LONGEST_INDEXED},
    )
    return int(gone.rowcount + arrived.rowcount)


def _told(collection: Collection) -> str:
    """What the words are made from. Personal text is masked: analysts share these words."""
    told = "concat_ws(E'\\n', r.title, r.text)"
    return f"northlight_auth.unnamed({told})" if collection.personal else told


def _count_lexemes(connection: Connection, number: int) -> None:
    connection.execute(
        text("DELETE FROM northlight.lexeme WHERE collection_id = :number"), {"number": number}
    )
    connection.execute(
        text(
            "INSERT INTO northlight.lexeme (collection_id, lexeme, rows) "
            "SELECT :number, word, ndoc FROM ts_stat(:documents)"
        ),
        {"number": number, "documents": f"SELECT words FROM northlight.document_{number}"},
    )
    connection.exec_driver_sql(f"ANALYZE northlight.document_{number}")


def _fill_column(
    connection: Connection, collection: Collection, space: Space, rows: Sequence[Embedded]
) -> None:
    assert collection.embedding is not None
    connection.exec_driver_sql(
        "CREATE TEMPORARY TABLE arriving (space_id integer, row_id text, content_hash uuid, "
        "embedding halfvec, refused text) ON COMMIT DROP"
    )
    copy_in(connection, "arriving", rows, space)
    column = identifier(joined_name(collection.embedding))
    key = identifier(joined_name(collection.id))
    kind = "halfvec" if space.half else "vector"
    statement = (
        f"UPDATE {identifier(collection.table)} t SET {column} = a.embedding::{kind} "
        f"FROM arriving a WHERE t.{key} = a.row_id::{collection.id_type}"
    )
    connection.exec_driver_sql(statement.replace("%", "%%"))
