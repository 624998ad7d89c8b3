"""What decides a fit: the rows, the dial and the engine."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.maps.map_rows import Rows
from queries.maps.runs import Run

SEED = 7
ENGINE_VERSION = 3
UNSORTED_AT_MOST = 0.10


def fingerprint_of(collection: Collection, space: Space, rows: Rows, dial: float) -> str:
    """A digest of everything that decides a fit."""
    digest = hashlib.sha256(json.dumps([collection.name, space.model, parameters(dial)]).encode())
    digest.update("\n".join(rows.ids).encode())
    digest.update(rows.digests.tobytes())
    return digest.hexdigest()


def parameters(dial: float) -> Mapping[str, Any]:
    """What a run keeps of how it was made."""
    return {"seed": SEED, "unsorted_at_most": dial, "engine": ENGINE_VERSION}


def dial_of(run: Run | None) -> float:
    """The share of rows that a run may leave unsorted; the usual one before the first."""
    told = {} if run is None else run.parameters
    return float(told.get("unsorted_at_most", UNSORTED_AT_MOST))
