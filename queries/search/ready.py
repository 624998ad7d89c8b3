"""What a search must know before it starts, asked and set in one statement."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, TextClause, text

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.embeddings.vectors import SCAN_ON, spelled
from queries.errors import NotEmbedded, QueryError
from queries.identifiers import quoted
from queries.search.spelling import UNKNOWN, asked_of

_FACTS = (
    "SELECT s.id, s.collection_id, s.model, s.dimensions, s.storage, s.half, s.active, s.far, "
    "s.trouble, s.signed, to_regclass('northlight.document_' || c.id) IS NOT NULL AS indexed, "
    "(SELECT max(p.reltuples)::bigint FROM pg_class p WHERE p.oid IN ("
    "to_regclass('northlight.document_' || c.id), to_regclass('northlight.embedding_' || s.id))"
    ") AS rows, {unknown} AS unknown, "
    "length(to_tsvector(CAST(CAST(:language AS text) AS regconfig), :said)) AS lexemes, "
    "set_config('northlight.query', :vector, true), {scan} "
    "FROM northlight.collection c "
    "LEFT JOIN northlight.space s ON s.collection_id = c.id AND s.active WHERE c.name = :name"
)


@dataclass(frozen=True)
class Ready:
    """Where a search stands before it starts.

    `rows` is about how many rows the collection has, from the planner's statistics; `indexed` says
    whether their words are; `unknown` are words of the question, as typed and as a lexeme, that no
    row in scope has; `lexemes` is how many the question has, stop words left out.
    """

    space: Space | None
    indexed: bool
    rows: int
    unknown: list[tuple[str, str]]
    lexemes: int

    @property
    def documents(self) -> int | None:
        """About how many rows have words; None before they are indexed."""
        return self.rows if self.indexed else None

    def active(self, collection: Collection) -> Space:
        """The space that searches use. Raises NotEmbedded."""
        if self.space is None:
            raise NotEmbedded(collection.name)
        return self.space


def ready(
    connection: Connection,
    collection: Collection,
    said: str,
    vector: NDArray[np.floating] | None,
) -> Ready:
    """The facts of a search; its distances are measured to `vector` from now on.

    Raises NotEmbedded, DimensionError, and QueryError for a vector that has no direction, where a
    vector is given.
    """
    given = asked_of(collection, said) | {"name": collection.name}
    given |= {"vector": "" if vector is None else spelled(vector)}
    row = connection.execute(_statement(collection), given).one()
    space = Space(*row[: len(Space.__dataclass_fields__)]) if row.id is not None else None
    unknown = [(typed, lexeme) for typed, lexeme in row.unknown]
    found = Ready(space, row.indexed, max(int(row.rows or 0), 0), unknown, row.lexemes)
    if vector is not None:
        _check(found.active(collection), vector)
    return found


def _check(space: Space, vector: NDArray[np.floating]) -> None:
    space.check(len(vector))
    if not (np.isfinite(vector).all() and np.any(vector)):
        raise QueryError("This vector has no direction, so nothing can be near to it.")


@lru_cache(maxsize=256)
def _statement(collection: Collection) -> TextClause:
    scan = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in SCAN_ON.items())
    unknown = UNKNOWN.format(lexemes=quoted(collection.name + "__lexemes"))
    return text(_FACTS.format(unknown=unknown, scan=scan))
