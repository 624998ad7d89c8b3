"""The house an operator runs: versions, sizes, workers, what is embedded and mapped."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from queries.access.reader_calls import called
from queries.gate import Gate
from queries.queue.jobs import LEASE_SECONDS

COLUMNS = ("name", "rows", "bytes", "model", "vectors", "embedded_at", "mapped_at", "mapped")


@dataclass(frozen=True)
class House:
    """Versions and sizes. `database` in bytes; `collections` has COLUMNS, rows are estimates.

    `alive` counts workers heard of within a lease; `seen` is the last sign of any, or empty.
    """

    postgresql: str
    pgvector: str
    database: int
    migrations: int
    alive: int
    seen: str
    collections: pd.DataFrame


def house(gate: Gate) -> House:
    """As it is now, for an operator. Raises IdentityRefused for any other reader."""
    told: dict[str, Any] = called(gate, select(func.northlight_auth.house()))
    workers = told["workers"]
    alive = sum(worker["silent"] < LEASE_SECONDS for worker in workers)
    found = pd.DataFrame(told["collections"], columns=list(COLUMNS))
    for moment in ("embedded_at", "mapped_at"):
        found[moment] = pd.to_datetime(found[moment], utc=True)
    return House(
        told["postgresql"],
        told["pgvector"] or "none",
        told["database"],
        told["migrations"],
        alive,
        workers[0]["seen_at"] if workers else "",
        found,
    )
