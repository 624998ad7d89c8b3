"""A digital twin's documents, ingestions, conversations, and what it keeps for a while."""

import pandas as pd
from sqlalchemy import text

from queries.collection import Collection
from queries.collections.beside import has, told
from queries.gate import Gate, Read
from queries.identifiers import quoted

EXPIRING = ("cache", "limits", "ingestions")


def documents(gate: Gate, collection: Collection, limit: int = 500) -> pd.DataFrame:
    """Documents with their chunks, the newest first.

    Columns: document, title, owner, chunks, total (as the ingestion said), embedded, letters,
    first_row (of its first chunk), time. A document whose `chunks` differ from `total` is not whole
    or has stale ones.
    """
    if not has(collection, "chunks"):
        return pd.DataFrame(columns=["document", "title", "owner", "chunks", "total"])
    rows, chunks = quoted(collection.name), quoted(f"{collection.name}__chunks")
    distances = quoted(f"{collection.name}__distances")
    statement = text(
        f"SELECT coalesce(c.document, r.row_id) AS document, min(r.title) AS title, r.owner, "
        "count(*) AS chunks, max(c.total) AS total, count(d.row_id) AS embedded, "
        "sum(length(r.text))::bigint AS letters, "
        "(array_agg(r.row_id ORDER BY c.number NULLS FIRST))[1] AS first_row, max(r.time) AS time "
        f"FROM {rows} r JOIN {chunks} c ON c.of_row = r.row_id "
        f"LEFT JOIN {distances} d ON d.row_id = r.row_id "
        "GROUP BY 1, 3 ORDER BY max(r.time) DESC NULLS LAST, 1 LIMIT :limit"
    ).bindparams(limit=limit)
    return gate.frame(statement, read=Read("documents", collection.name))


def conversations(gate: Gate, collection: Collection, limit: int = 200) -> pd.DataFrame:
    """Conversations, the last spoken in first.

    Columns: id, title, owner, messages, asked (by the person), time, last. Empty without them.
    """
    if not has(collection, "conversations"):
        return pd.DataFrame(columns=["id", "title", "owner", "messages", "asked", "time", "last"])
    said = "SELECT NULL::text AS conversation, NULL::text AS role, NULL::timestamptz AS time"
    if has(collection, "messages"):
        said = f"SELECT m.conversation, m.role, m.time FROM {_beside(collection, 'messages')} m"
    statement = text(
        "SELECT c.id, c.title, c.owner, count(m.role) AS messages, "
        "count(*) FILTER (WHERE m.role = 'user') AS asked, c.time, max(m.time) AS last "
        f"FROM {_beside(collection, 'conversations')} c "
        f"LEFT JOIN ({said}) m ON m.conversation = c.id "
        "GROUP BY 1, 2, 3, 6 ORDER BY max(m.time) DESC NULLS LAST, c.id LIMIT :limit"
    ).bindparams(limit=limit)
    return gate.frame(statement, read=Read("conversations", collection.name))


def expiring(gate: Gate, collection: Collection) -> pd.DataFrame:
    """What is kept for a while. Columns: what, kept, expired (to be cleaned up), never (without an
    end), next (when the next one ends)."""
    parts = [
        f"SELECT '{name}' AS what, count(*) AS kept, count(*) FILTER (WHERE k.expires <= now()) "
        "AS expired, count(*) FILTER (WHERE k.expires IS NULL) AS never, "
        "min(k.expires) FILTER (WHERE k.expires > now()) AS next "
        f"FROM {_beside(collection, name)} k"
        for name in EXPIRING
        if has(collection, name)
    ]
    if not parts:
        return pd.DataFrame(columns=["what", "kept", "expired", "never", "next"])
    return gate.frame(text(" UNION ALL ".join(parts) + " ORDER BY what"))


def ingestions(gate: Gate, collection: Collection) -> pd.DataFrame:
    """What was ingested for whom, the newest first.

    Columns: owner, id, documents, expires, time.
    """
    return told(gate, collection, "ingestions")


def _beside(collection: Collection, companion: str) -> str:
    return str(quoted(f"{collection.name}__{companion}"))
