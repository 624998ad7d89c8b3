"""The rows a map is made of, what decides a fit of them, and what changed since."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queries.collection import Collection
from queries.runs import Points
from queries.spaces import Space

SEED = 7
ENGINE_VERSION = 1
UNSORTED_AT_MOST = 0.10


def fingerprint_of(
    collection: Collection, space: Space, ids: Sequence[str], rows: NDArray[np.float32]
) -> str:
    """A digest of everything that decides a fit."""
    parameters = [collection.name, space.model, SEED, UNSORTED_AT_MOST, ENGINE_VERSION]
    digest = hashlib.sha256(json.dumps(parameters).encode())
    digest.update("\n".join(ids).encode())
    digest.update(rows.tobytes())
    return digest.hexdigest()


def digests_of(rows: NDArray[np.float32]) -> NDArray[np.int64]:
    """Eight bytes of a digest of each embedding; never 0, which means that it is not known."""
    found = (hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    digests = np.frombuffer(b"".join(found), dtype=np.int64)
    return np.where(digests == 0, 1, digests)


@dataclass(frozen=True)
class Data:
    """Every embedded row, by id."""

    ids: list[str]
    rows: NDArray[np.float32]
    fingerprint: str


@dataclass(frozen=True)
class Changes:
    """What is new on a map: positions among the data, and the same rows' positions on the map.

    `gone` are ids that leave the map: of rows removed, and of rows embedded anew, which arrive.
    """

    kept: NDArray[np.intp]
    kept_on_map: NDArray[np.intp]
    arrived: NDArray[np.intp]
    gone: list[str]

    @classmethod
    def between(cls, points: Points, data: Data) -> "Changes":
        """The changes from a map to the rows that are there now."""
        position = {row_id: number for number, row_id in enumerate(points.row_ids)}
        on_map = np.array([position.get(row_id, -1) for row_id in data.ids], dtype=np.intp)
        before = np.where(on_map < 0, 0, points.digests[on_map])
        same = (on_map >= 0) & ((before == 0) | (before == digests_of(data.rows)))
        staying = {data.ids[number] for number in np.flatnonzero(same).tolist()}
        gone = [row_id for row_id in points.row_ids if row_id not in staying]
        return cls(np.flatnonzero(same), on_map[same], np.flatnonzero(~same), gone)


def parameters() -> Mapping[str, Any]:
    return {"seed": SEED, "unsorted_at_most": UNSORTED_AT_MOST, "engine": ENGINE_VERSION}
