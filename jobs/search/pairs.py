"""Pairs of rows above a similarity, from all embeddings at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.pairs import pairs_above
from analysis.vectors import unit_rows
from queries.collection import Collection
from queries.embeddings import spaces, vectors
from queries.gate import Gate
from queries.rows.role_values import role_values


@dataclass(frozen=True)
class Pair:
    """Two rows and their cosine similarity, -1 to 1; `id1` sorts before `id2`."""

    id1: str
    id2: str
    similarity: float


@dataclass(frozen=True)
class Pairs:
    """The most similar pairs, and how many there are in all."""

    pairs: list[Pair]
    total: int


def similar_pairs(
    gate: Gate,
    collection: Collection,
    above: float,
    across: str | None,
    limit: int,
    progress: Callable[[str, float], None],
) -> Pairs:
    """Pairs of at least that similarity, most similar first; `across` a role: only unlike ones."""
    space = spaces.active_space(gate, collection)
    groups = None if across is None else role_values(gate, collection, across)
    progress("reading embeddings", 0.0)
    ids, rows = vectors.embeddings(gate, collection, space)
    codes = None
    if groups is not None:
        # Rows without a value are one group: nothing says that they differ.
        _, codes = np.unique([groups.get(row_id) or "" for row_id in ids], return_inverse=True)
    found = pairs_above(unit_rows(rows), above, limit, codes, progress)
    listed = zip(
        found.first.tolist(), found.second.tolist(), found.similarity.tolist(), strict=True
    )
    pairs = [Pair(ids[one], ids[other], round(value, 6)) for one, other, value in listed]
    return Pairs(pairs, found.total)
