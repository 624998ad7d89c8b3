"""Why two rows are similar, and which rows belong together."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.alike import SAME, Family, families, nearest_passages
from analysis.pairs import SimilarPairs
from analysis.passages import sentences
from clients.embedder import Embedder
from queries.collection import Collection
from queries.errors import NoSuchRow
from queries.filters import Filters
from queries.gate import Gate
from queries.rows.rows import by_ids
from queries.search.alike import alike
from queries.search.neighbours import of_row
from queries.search.shared_words import shared_words

NEAREST = 10
MOST_PAIRS = 20_000
WORTH_SHOWING = 0.4  # similarity of two sentences below which they explain nothing


@dataclass(frozen=True)
class Group:
    """Rows that belong together: the one in the middle, then the others, most similar first."""

    kind: str  # 'near-duplicates' or 'family'
    ids: tuple[str, ...]
    similarity: tuple[float, ...]  # of each but the first to the first


@dataclass(frozen=True)
class Groups:
    """Near-duplicates, then families, each largest first; the pairs they are made of.

    `pairs` has row_id, other_id, similarity, of at least `since`; `complete` is false where only
    the most similar were looked at.
    """

    groups: list[Group]
    pairs: pd.DataFrame
    since: float
    complete: bool


@dataclass(frozen=True)
class Reasons:
    """Why two rows are similar. `shared` of the `nearest` rows nearest to each are the same."""

    words: list[str]
    passages: tuple[str, str, float] | None
    shared: int
    nearest: int

    def sentences(self) -> list[str]:
        """The reasons in words, one each; at least one."""
        told = []
        if self.words:
            told.append(f"Both have the words {', '.join(self.words)}.")
        if self.passages:
            told.append(f"Closest in meaning: “{self.passages[0]}” and “{self.passages[1]}”.")
        if self.shared:
            told.append(f"{self.shared} of the {self.nearest} rows nearest to each are the same.")
        return told or ["Nothing in particular: only their directions as a whole are near."]


def groups(
    gate: Gate, collection: Collection, filters: Filters, above: float, differ: str | None
) -> Groups:
    """Rows that say the same, and families of similar rows; `differ` a role: only across it.

    Of the pairs that are kept, so a reader needs no vector. Raises as `queries.search.alike.alike`.
    """
    kept = alike(gate, collection, filters, above, differ, MOST_PAIRS)
    ids, positions = np.unique(kept.pairs[["row_id", "other_id"]], return_inverse=True)
    first, second = positions.reshape(-1, 2).T if len(kept.pairs) else (positions, positions)
    similarity = kept.pairs["similarity"].to_numpy(np.float32)
    found = SimilarPairs(first, second, similarity, len(similarity))
    same, wide = families(found, max(SAME, kept.since)), families(found, kept.since)
    told = {frozenset(_members(family)) for family in same}
    listed = [_group("near-duplicates", family, ids) for family in same]
    listed += [
        _group("family", family, ids) for family in wide if frozenset(_members(family)) not in told
    ]
    return Groups(listed, kept.pairs, kept.since, not kept.more)


def why(gate: Gate, collection: Collection, one: str, other: str, embedder: Embedder) -> Reasons:
    """Shared words, the nearest sentences, shared neighbours. Raises NoSuchRow, NoEmbedding."""
    rows = by_ids(gate, collection, [one, other])
    for row_id in (one, other):
        if row_id not in set(rows["row_id"]):
            raise NoSuchRow(collection.name, row_id)
    near = [
        set(of_row(gate, collection, row_id, Filters(), NEAREST)["row_id"])
        for row_id in (one, other)
    ]
    said = dict(zip(rows["row_id"], rows["text"].fillna(""), strict=True))
    return Reasons(
        shared_words(gate, collection, one, other),
        _closest(said[one], said[other], embedder),
        len(near[0] & near[1]),
        NEAREST,
    )


def _closest(one: str, other: str, embedder: Embedder) -> tuple[str, str, float] | None:
    mine, its = sentences(one), sentences(other)
    embedded = embedder.embed([*mine, *its])
    found = nearest_passages(embedded[: len(mine)], embedded[len(mine) :])
    if found is None or found[2] < WORTH_SHOWING:
        return None
    return mine[found[0]], its[found[1]], found[2]


def _members(family: Family) -> tuple[int, ...]:
    return (family.middle, *family.others)


def _group(kind: str, family: Family, ids: NDArray[np.object_]) -> Group:
    members = tuple(str(ids[position]) for position in _members(family))
    return Group(kind, members, tuple(round(value, 6) for value in family.similarity))
