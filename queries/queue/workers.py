"""Workers as they were last seen, so that people can tell whether anything works on the queue."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, column, extract, func, select, table, text

from queries.gate import Gate, writing
from queries.queue.jobs import LEASE_SECONDS

_WORKER = table(
    "worker", *(column(n) for n in ("name", "started_at", "seen_at")), schema="northlight"
)
_FORGET = (
    "DELETE FROM northlight.worker WHERE seen_at < now() - interval '1 day'",
    "DELETE FROM northlight.job WHERE finished_at < now() - interval '90 days'",
)


@dataclass(frozen=True)
class WorkerSeen:
    """A worker; `silent` is seconds since its last sign of life."""

    name: str
    started_at: datetime
    seen_at: datetime
    silent: float

    @property
    def alive(self) -> bool:
        """Whether it was heard of within a lease."""
        return self.silent < LEASE_SECONDS


def arrive(engine: Engine, name: str) -> None:
    """A worker begins. Forgets workers and jobs that ended long ago."""
    with writing(engine) as connection:
        for statement in _FORGET:
            connection.execute(text(statement))
    be_seen(engine, name)


def be_seen(engine: Engine, name: str) -> None:
    """A worker is there."""
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO northlight.worker (name) VALUES (:name) "
                "ON CONFLICT (name) DO UPDATE SET seen_at = now()"
            ),
            {"name": name},
        )


def leave(engine: Engine, name: str) -> None:
    """A worker ended in good order."""
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM northlight.worker WHERE name = :name"), {"name": name})


def workers(gate: Gate) -> list[WorkerSeen]:
    """Workers that did not say goodbye, the one seen last first."""
    silent = extract("epoch", func.now() - _WORKER.c.seen_at).label("silent")
    statement = select(*_WORKER.c, silent).order_by(_WORKER.c.seen_at.desc()).limit(100)
    return [
        WorkerSeen(row.name, row.started_at, row.seen_at, float(row.silent))
        for row in gate.rows(statement)
    ]
