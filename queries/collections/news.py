"""Whether rows arrived, changed or went since a collection was embedded and mapped."""

from collections.abc import Iterator

from sqlalchemy import and_, column, exists, func, or_, select, table, text, true

from queries.collection import Collection
from queries.embeddings.embed import unembedded_statement, words_hash
from queries.embeddings.spaces import EMBEDDING, Space
from queries.embeddings.vectors import vector_rows
from queries.filters import current_run
from queries.gate import Gate
from queries.statement import Statement

SECONDS = 120

_SPACE = table(
    "space",
    *(column(n) for n in ("collection_id", "active", "embedded_at")),
    schema="northlight",
)
_COLLECTION = table("collection", column("id"), column("name"), schema="northlight")
_DOCUMENT = table(
    "document",
    *(column(n) for n in ("collection_id", "row_id", "content_hash")),
    schema="northlight",
)
_POINT = table("point", column("run_id"), column("row_id"), schema="northlight")


def embedded_names(gate: Gate) -> list[str]:
    """Collections that were embedded to the end at least once, by name."""
    there = select(_COLLECTION.c.name).join(_SPACE, _SPACE.c.collection_id == _COLLECTION.c.id)
    wanted = there.where(_SPACE.c.active, _SPACE.c.embedded_at.is_not(None))
    return [row.name for row in gate.rows(wanted.order_by(_COLLECTION.c.name))]


def change_mark(gate: Gate, collection: Collection) -> str | None:
    """Differs when rows may have changed; takes no longer for a large table than for a small one.

    None where the view is gone.

    Made of the server's counters of inserted, updated and deleted rows, of every table that the
    collection's view reads, through views and partitions. A foreign table has no counters here.
    """
    marked = text(
        "WITH RECURSIVE source(oid) AS ("
        "  SELECT CAST(to_regclass(:view) AS oid) UNION "
        "  SELECT next.oid FROM source CROSS JOIN LATERAL ("
        "    SELECT d.refobjid AS oid FROM pg_rewrite r "
        "    JOIN pg_depend d ON d.classid = CAST('pg_rewrite' AS regclass) AND d.objid = r.oid "
        "      AND d.refclassid = CAST('pg_class' AS regclass) WHERE r.ev_class = source.oid "
        "    UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = source.oid) next) "
        "SELECT md5(string_agg(concat_ws(' ', oid, pg_relation_filenode(oid), "
        "  pg_stat_get_tuples_inserted(oid), pg_stat_get_tuples_updated(oid), "
        "  pg_stat_get_tuples_deleted(oid)), ',' ORDER BY oid)) FROM source"
    )
    mark = gate.value(marked.bindparams(view=collection.view_name()))
    return None if mark is None else str(mark)


def has_news(gate: Gate, collection: Collection, space: Space) -> bool:
    """Whether `refresh` would find something to do. Reads every row when it would not."""
    return any(gate.value(one, SECONDS) for one in news_statements(collection, space))


def news_statements(collection: Collection, space: Space) -> Iterator[Statement]:
    """How many rows were not seen in this wording, are gone, are not on the map: one each.

    Counted, not tested by EXISTS: that has the planner hope for a first row soon, and compare
    every row with every other where there is none.
    """
    unread = space.only_read(collection)
    unseen = _unread(collection, space) if unread else unembedded_statement(collection, space)
    for rows in (unseen, _gone(collection, space), _unmapped(collection, space)):
        yield select(func.count()).select_from(rows.subquery())


def _unread(collection: Collection, space: Space) -> Statement:
    """Rows of a table with vectors of its own whose words are not indexed in this wording."""
    rows = collection.view
    same = and_(
        _DOCUMENT.c.collection_id == space.collection_id, _DOCUMENT.c.row_id == rows.c.row_id
    )
    changed = or_(_DOCUMENT.c.row_id.is_(None), _DOCUMENT.c.content_hash != words_hash(collection))
    return select(rows.c.row_id).outerjoin(_DOCUMENT, same).where(changed)


def _gone(collection: Collection, space: Space) -> Statement:
    rows = collection.view
    there = exists(select(true()).select_from(rows).where(rows.c.row_id == EMBEDDING.c.row_id))
    return select(EMBEDDING.c.row_id).where(EMBEDDING.c.space_id == space.id, ~there)


def _unmapped(collection: Collection, space: Space) -> Statement:
    """Embedded rows that are not on the current map; none where there is no map yet."""
    vectors, rows = vector_rows(collection, space), collection.view
    run = current_run(collection).scalar_subquery()
    mapped = exists(
        select(true()).where(_POINT.c.run_id == run, _POINT.c.row_id == vectors.c.row_id)
    )
    there = select(vectors.c.row_id).join(rows, rows.c.row_id == vectors.c.row_id)
    return there.where(run.is_not(None), ~mapped)
