"""Why two rows are similar, and which rows belong together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.alike import SAME, Family, across, families, nearest_passages
from analysis.pairs import pairs_above
from analysis.passages import sentences
from analysis.vectors import unit_rows
from clients.embedder import Embedder
from queries import spaces, vectors
from queries.collection import Collection
from queries.errors import NoSuchRow
from queries.filters import Filters
from queries.gate import Gate
from queries.neighbours import of_row
from queries.role_values import role_values
from queries.rows import by_ids
from queries.shared_words import shared_words

NEAREST = 10
MOST_PAIRS = 200_000
WORTH_SHOWING = 0.4  # similarity of two sentences below which they explain nothing


@dataclass(frozen=True)
class Group:
    """Rows that belong together: the one in the middle, then the others, most similar first."""

    kind: str  # 'near-duplicates' or 'family'
    ids: tuple[str, ...]
    similarity: tuple[float, ...]  # of each but the first to the first


@dataclass(frozen=True)
class Groups:
    """Near-duplicates, then families, each largest first. `pairs` says how many pairs there are.

    `complete` is false where only the most similar pairs were looked at.
    """

    groups: list[Group]
    pairs: int
    complete: bool


@dataclass(frozen=True)
class Reasons:
    """Why two rows are similar. `shared` of the `nearest` rows nearest to each are the same."""

    words: list[str]
    passages: tuple[str, str, float] | None
    shared: int
    nearest: int

    def sentence(self) -> str:
        """The reasons in words."""
        told = []
        if self.words:
            told.append(f"Both have the words {', '.join(self.words)}.")
        if self.passages:
            told.append(f"Closest in meaning: “{self.passages[0]}” and “{self.passages[1]}”.")
        if self.shared:
            told.append(f"{self.shared} of the {self.nearest} rows nearest to each are the same.")
        return " ".join(told) or "Nothing in particular: only their directions as a whole are near."


def groups(
    gate: Gate,
    collection: Collection,
    above: float,
    differ: str | None,
    progress: Callable[[str, float], None],
) -> Groups:
    """Rows that say the same, and families of similar rows; `differ` a role: only across it."""
    space = spaces.active_space(gate, collection)
    ids, rows = vectors.embeddings(gate, collection, space)
    if not ids:
        return Groups([], 0, True)
    found = pairs_above(unit_rows(rows), above, MOST_PAIRS, None, progress)
    kinds = {"near-duplicates": families(found, max(SAME, above)), "family": families(found, above)}
    if differ is not None:
        values = role_values(gate, collection, differ)
        _, codes = np.unique([values.get(row_id) or "" for row_id in ids], return_inverse=True)
        kinds = {kind: across(some, codes) for kind, some in kinds.items()}
    same = {frozenset(_members(family)) for family in kinds["near-duplicates"]}
    listed = [
        _group(kind, family, ids)
        for kind, some in kinds.items()
        for family in some
        if kind != "family" or frozenset(_members(family)) not in same
    ]
    return Groups(listed, found.total, found.total <= MOST_PAIRS)


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


def _group(kind: str, family: Family, ids: list[str]) -> Group:
    members = tuple(ids[position] for position in _members(family))
    return Group(kind, members, tuple(round(value, 6) for value in family.similarity))
