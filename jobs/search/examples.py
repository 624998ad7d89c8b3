"""Search from examples: rows that are right, rows that are not, or a passage of a text."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analysis.direction import towards
from clients.embedder import Embedder, of_passages
from jobs.search.search import NO_MEANING, passages_of
from queries.collection import Collection
from queries.errors import NoSuchRow, QueryError
from queries.filters import Filters
from queries.gate import Gate
from queries.rows.rows import by_ids
from queries.search.question import BadQuestion
from queries.search.search import SearchResult, nearest_to
from queries.sendable import sendable

MOST_EXAMPLES = 50


def find_like(
    gate: Gate,
    collection: Collection,
    embedder: Embedder,
    filters: Filters,
    *,
    like: Sequence[str] = (),
    unlike: Sequence[str] = (),
    passage: str | None = None,
    limit: int = 20,
) -> SearchResult:
    """The rows nearest to the good examples and the passage, and away from the bad examples.

    The examples themselves are left out. What an example means is embedded from its text as the
    reader sees it, so no vector of a row leaves the database. Columns as of
    `jobs.search.search.find`.
    Raises NoSuchRow, NotEmbedded, DimensionError, BadQuestion where nothing is left to search by,
    EmbeddingError, and QueryError for bad examples without a good one and for too many.
    """
    _check(like, unlike, passage)
    texts = passage, _texts(gate, collection, like), _texts(gate, collection, unlike)
    aimed = _aimed(embedder, *texts)
    if aimed is None:
        silence = embedder.silence.replace("question", "example")
        raise BadQuestion(NO_MEANING.format(silence=silence))
    found = nearest_to(gate, collection, aimed, filters, limit, [*like, *unlike])
    ours = of_passages(embedder)
    meant = aimed if ours is embedder else _aimed(ours, *texts)
    said = found.hits["text"].fillna("").tolist()
    passages = None if meant is None else passages_of(said, meant, ours)
    return replace(found, hits=found.hits.assign(passage=passages))


def _aimed(
    embedder: Embedder, passage: str | None, good: Sequence[str], bad: Sequence[str]
) -> NDArray[np.float32] | None:
    """Where to search, shape (dimensions,); None where nothing has a meaning."""
    asked = None if passage is None else _finite(embedder.embed([sendable(passage)])[0])
    return towards(asked, embedder.embed(good), embedder.embed(bad))


def _check(like: Sequence[str], unlike: Sequence[str], passage: str | None) -> None:
    if not like and not (passage or "").strip():
        raise QueryError("Choose at least one row, or mark a passage, to search for more like it.")
    if both := set(like) & set(unlike):
        raise QueryError(f"Row {min(both)!r} is both a good and a bad example. Decide for one.")
    if len(like) + len(unlike) > MOST_EXAMPLES:
        raise QueryError(f"Up to {MOST_EXAMPLES} examples can be searched from.")


def _texts(gate: Gate, collection: Collection, ids: Sequence[str]) -> list[str]:
    """Raises NoSuchRow for one the reader cannot see."""
    if not ids:
        return []
    rows = by_ids(gate, collection, ids)
    if missing := set(ids) - set(rows["row_id"]):
        raise NoSuchRow(collection.name, min(missing))
    return list(rows["text"].fillna(""))


def _finite(vector: NDArray[np.float32]) -> NDArray[np.float32] | None:
    return vector if np.isfinite(vector).all() else None
