"""Health: what an operator looks at first, as plain values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from queries.catalog import collections
from queries.collection import Collection
from queries.collections.overview import summary
from queries.errors import QueryError, StatementStopped
from queries.gate import Gate
from queries.queue import jobs, workers
from queries.queue.jobs import Job

MANY = 1000
FAILURES_SHOWN = 5


@dataclass(frozen=True)
class CollectionHealth:
    """One collection in figures; `error` says why there are none."""

    name: str
    rows: int | None = None
    embedded: int | None = None
    refused: int | None = None
    missing: int | None = None
    newer_than_map: int | None = None
    last_run: datetime | None = None
    error: str | None = None


@dataclass(frozen=True)
class Queue:
    """What waits and runs, and the last failures, newest first."""

    waiting: int
    running: tuple[Job, ...]
    failed: tuple[Job, ...]
    worker_alive: bool
    worker_seen: datetime | None


def collection_health(gate: Gate) -> list[CollectionHealth]:
    """Every collection, by name; one that cannot be counted says so and hides no other."""
    return [_counted(gate, collection) for collection in collections(gate)]


def queue(gate: Gate) -> Queue:
    """The queue as it is now."""
    found = jobs.jobs(gate, MANY)
    seen = workers.workers(gate)
    return Queue(
        sum(job.state == "waiting" for job in found),
        tuple(job for job in found if job.state == "running"),
        tuple(job for job in found if job.state == "failed")[:FAILURES_SHOWN],
        any(worker.alive for worker in seen),
        seen[0].seen_at if seen else None,
    )


def shown(job: Job) -> dict[str, Any]:
    """A job for `status`: what, how far, and what came of it."""
    names = ("id", "kind", "collection", "state", "progress", "step", "message", "attempt")
    return {name: getattr(job, name) for name in names} | {
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def _counted(gate: Gate, collection: Collection) -> CollectionHealth:
    try:
        told = summary(gate, collection)
    except StatementStopped:
        return CollectionHealth(collection.name, error="Too large to be counted in time.")
    except QueryError as error:
        return CollectionHealth(collection.name, error=str(error))
    return CollectionHealth(
        collection.name,
        told.rows,
        told.embedded,
        told.refused,
        told.missing,
        told.newer,
        told.run_at,
    )
