"""What a method found in texts, kept beside the table: which rows wait, and storing it.

A row waits when its text was not read in this wording by this tool. What a model found stands when
only the lexicon asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, text

from queries.collection import Collection
from queries.gate import Gate, writing
from queries.identifiers import quoted

SECONDS = 120
_NUMBER = "(SELECT c.id FROM northlight.collection c WHERE c.name = :name)"
_HASH = "encode(sha256(convert_to(r.text, 'UTF8')), 'hex')"
# Only the worker reads here: it sees every row, and no reader's view shows another's text.
_WAITING = (
    "FROM northlight_worker.{view} r LEFT JOIN northlight.finding f "
    f"ON f.collection_id = {_NUMBER} AND f.row_id = r.row_id AND f.content_hash = {_HASH} "
    "AND (f.tool = :tool OR (f.method = 'model' AND :method = 'lexicon')) "
    "WHERE f.row_id IS NULL AND btrim(r.text) <> ''"
)


@dataclass(frozen=True)
class Waiting:
    """A row whose text waits to be read."""

    row_id: str
    text: str
    content_hash: str


@dataclass(frozen=True)
class Finding:
    """What was found in a row's text in that wording."""

    row_id: str
    content_hash: str
    sentiment: float | None
    mood: str | None = None
    insights: tuple[str, ...] = ()


def waiting(
    gate: Gate, collection: Collection, method: str, tool: str, size: int, limit: int | None
) -> Iterator[list[Waiting]]:
    """Rows that wait, in the order of their ids, `size` at a time and `limit` in all."""
    after, left = "", limit
    while left is None or left > 0:
        many = size if left is None else min(size, left)
        statement = text(
            f"SELECT r.row_id, r.text, {_HASH} AS content_hash "
            f"{_WAITING.format(view=quoted(collection.name))} "
            "AND r.row_id > :after ORDER BY r.row_id LIMIT :many"
        ).bindparams(name=collection.name, method=method, tool=tool, after=after, many=many)
        rows = [
            Waiting(row.row_id, row.text, row.content_hash) for row in gate.rows(statement, SECONDS)
        ]
        if not rows:
            return
        yield rows
        after, left = rows[-1].row_id, None if left is None else left - len(rows)


def store(
    engine: Engine, collection: Collection, method: str, tool: str, found: Sequence[Finding]
) -> None:
    """Keep what was found, in place of what was found there before."""
    statement = text(
        "INSERT INTO northlight.finding AS kept (collection_id, row_id, content_hash, method, "
        f"tool, sentiment, mood, insights) VALUES ({_NUMBER}, :row_id, :content_hash, :method, "
        ":tool, :sentiment, :mood, :insights) ON CONFLICT (collection_id, row_id) DO UPDATE SET "
        "content_hash = excluded.content_hash, method = excluded.method, tool = excluded.tool, "
        "sentiment = excluded.sentiment, mood = excluded.mood, insights = excluded.insights, "
        "found_at = now()"
    )
    given = {"name": collection.name, "method": method, "tool": tool}
    rows = [given | vars(one) | {"insights": list(one.insights)} for one in found]
    if rows:
        with writing(engine) as connection:
            connection.execute(statement, rows)


def forget_gone(engine: Engine, collection: Collection) -> int:
    """Drop what was found in rows that are gone; how many."""
    view = f"northlight_worker.{quoted(collection.name)}"
    statement = text(
        f"DELETE FROM northlight.finding f WHERE f.collection_id = {_NUMBER} AND NOT EXISTS "
        f"(SELECT FROM {view} r WHERE r.row_id = f.row_id)"
    )
    with writing(engine) as connection:
        return connection.execute(statement, {"name": collection.name}).rowcount
