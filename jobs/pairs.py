"""Pairs of rows above a similarity, from all embeddings at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.pairs import pairs_above
from queries import spaces, vectors
from queries.collection import Collection
from queries.gate import Gate
from queries.role_values import role_values


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
        _, codes = np.unique([groups.get(row_id, "") for row_id in ids], return_inverse=True)
    first, second, similarity = pairs_above(rows, above, codes, progress)
    found = [
        Pair(ids[one], ids[other], round(float(value), 6))
        for one, other, value in zip(
            first[:limit].tolist(),
            second[:limit].tolist(),
            similarity[:limit].tolist(),
            strict=True,
        )
    ]
    return Pairs(found, len(first))
