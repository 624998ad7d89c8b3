"""The queue: work that takes long, asked for here and done by a worker.

A claim is a lease that the worker keeps extending. Whoever is silent for longer loses the job, and
from then on every write for it is refused: each is conditional on (id, attempt), and `attempt`
grows with every claim. Leases are compared by the server's clock only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, column, select, table, text
from sqlalchemy.exc import IntegrityError

from queries.errors import LeaseLost, NoSuchJob, UnknownCollection
from queries.gate import Gate, writing
from queries.statement import Statement

LEASE_SECONDS = 60.0
MOST_INTERRUPTIONS = 3
OPEN = ("waiting", "running")
WENT_SILENT = "its worker ended or hung in the middle of it, perhaps for want of memory."
# Of two workers that claim jobs of one collection at once, the later one looks again.
LOOKS = 5


@dataclass(frozen=True)
class Job:
    """A request for work. `state`: waiting, running, done, failed or cancelled.

    `progress` goes from 0 to 1, `step` says what is being done, `message` what came of it. `cancel`
    was asked for and not obeyed yet. `interrupted` counts the workers that died on it.
    """

    id: int
    kind: str
    collection: str
    arguments: Mapping[str, Any]
    state: str
    cancel: bool
    progress: float
    step: str
    message: str
    worker: str | None
    attempt: int
    interrupted: int
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN


_JOB = table("job", *(column(name) for name in Job.__dataclass_fields__), schema="northlight")
_COLUMNS = ", ".join(f"job.{name}" for name in Job.__dataclass_fields__)
_MINE = "job.id = :id AND job.attempt = :attempt AND job.state = 'running'"


def ask(
    engine: Engine, kind: str, collection: str, arguments: Mapping[str, Any] | None = None
) -> Job:
    """The job that does this work: the unfinished one that was asked for before, or a new one.

    Raises UnknownCollection.
    """
    asked = text(
        "INSERT INTO northlight.job AS job (kind, collection, arguments) "
        "SELECT :kind, name, CAST(:arguments AS jsonb) FROM northlight.collection "
        "WHERE name = :collection "
        "ON CONFLICT (kind, collection, arguments) "
        "WHERE state IN ('waiting', 'running') AND NOT cancel "
        f"DO UPDATE SET asked_at = job.asked_at RETURNING {_COLUMNS}"
    )
    values = {
        "kind": kind,
        "collection": collection,
        "arguments": json.dumps(dict(arguments or {})),
    }
    with writing(engine) as connection:
        row = connection.execute(asked, values).first()
        if row is None:
            names = connection.execute(text("SELECT name FROM northlight.collection"))
            raise UnknownCollection(collection, list(names.scalars()))
    return Job(**row._mapping)


def claim(engine: Engine, worker: str, lease: float = LEASE_SECONDS) -> Job | None:
    """The oldest job that waits or whose lease ran out, now this worker's; None without one.

    A collection that another worker is busy with is passed by.
    """
    for _ in range(LOOKS):
        try:
            return _claimed(engine, worker, lease)
        except IntegrityError:
            continue
    return None


def beat(
    engine: Engine,
    job: Job,
    progress: float | None = None,
    step: str | None = None,
    lease: float = LEASE_SECONDS,
) -> bool:
    """Extend the lease and tell how far the work is; whether somebody asked to cancel it.

    Raises LeaseLost when the job is no longer this attempt's.
    """
    share = None if progress is None else min(max(progress, 0.0), 1.0)
    changes = (
        "lease_until = clock_timestamp() + make_interval(secs => :lease), "
        "progress = coalesce(CAST(:share AS real), progress), "
        "step = coalesce(CAST(:step AS text), step)"
    )
    return _changed(engine, job, changes, lease=lease, share=share, step=step).cancel


def finish(engine: Engine, job: Job, message: str = "") -> Job:
    """The job, done; the message says what came of it. Raises LeaseLost."""
    return _ended(engine, job, "done", message)


def fail(engine: Engine, job: Job, message: str) -> Job:
    """The job, failed for good, with the sentence that says why. Raises LeaseLost."""
    return _ended(engine, job, "failed", message)


def obey_cancel(engine: Engine, job: Job, message: str = "Cancelled.") -> Job:
    """The job, ended because somebody asked for it. Raises LeaseLost."""
    return _ended(engine, job, "cancelled", message)


def put_back(engine: Engine, job: Job, why: str) -> None:
    """Return a job that could not go on for a reason outside it; the third time it fails.

    Raises LeaseLost.
    """
    mine = {"id": job.id, "attempt": job.attempt}
    with writing(engine) as connection:
        if not _return(connection, _MINE, counted=1, why=why, **mine):
            raise LeaseLost(job.id)


def release(engine: Engine, worker: str) -> int:
    """Return what a worker holds because it is told to end; does not count as a death."""
    with writing(engine) as connection:
        return _return(connection, "job.worker = :worker", counted=0, why="", worker=worker)


def cancel(engine: Engine, number: int) -> Job:
    """Ask for a job to stop. A waiting one is cancelled at once; one that ended stays as it is.

    Raises NoSuchJob.
    """
    asked = text(
        "UPDATE northlight.job AS job SET cancel = job.state IN ('waiting', 'running'), "
        "state = CASE job.state WHEN 'waiting' THEN 'cancelled' ELSE job.state END, "
        "message = CASE job.state WHEN 'waiting' THEN 'Cancelled before it began.' "
        "  ELSE job.message END, "
        "finished_at = CASE job.state WHEN 'waiting' THEN now() ELSE job.finished_at END "
        f"WHERE job.id = :id RETURNING {_COLUMNS}"
    )
    with writing(engine) as connection:
        row = connection.execute(asked, {"id": number}).first()
    if row is None:
        raise NoSuchJob(number)
    return Job(**row._mapping)


def jobs(gate: Gate, limit: int = 50) -> list[Job]:
    """Jobs, the open ones first, then the newest first."""
    return [Job(**row._mapping) for row in gate.rows(jobs_statement(limit))]


def jobs_statement(limit: int) -> Statement:
    """Every column of a job."""
    return select(*_JOB.c).order_by(_JOB.c.state.in_(OPEN).desc(), _JOB.c.id.desc()).limit(limit)


def job(gate: Gate, number: int) -> Job:
    """One job. Raises NoSuchJob."""
    row = gate.one(select(*_JOB.c).where(_JOB.c.id == number))
    if row is None:
        raise NoSuchJob(number)
    return Job(**row._mapping)


def _claimed(engine: Engine, worker: str, lease: float) -> Job | None:
    taken = text(
        "UPDATE northlight.job AS job SET state = 'running', worker = :worker, "
        "attempt = job.attempt + 1, progress = 0, step = '', message = '', "
        "started_at = now(), lease_until = now() + make_interval(secs => :lease) "
        "WHERE job.id = (SELECT open.id FROM northlight.job open WHERE open.state = 'waiting' "
        "  AND NOT EXISTS (SELECT FROM northlight.job busy "
        "    WHERE busy.state = 'running' AND busy.collection = open.collection) "
        f"  ORDER BY open.id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING {_COLUMNS}"
    )
    with writing(engine) as connection:
        _return(connection, "job.lease_until < now()", counted=1, why=WENT_SILENT)
        row = connection.execute(taken, {"worker": worker, "lease": lease}).first()
    return None if row is None else Job(**row._mapping)


def _return(
    connection: Connection, condition: str, *, counted: int, why: str, **values: Any
) -> int:
    """Put running jobs back; cancelled ones and those returned too often end. How many."""
    given_up = "(job.interrupted + :counted >= :most AND :counted > 0)"
    returned = text(
        "UPDATE northlight.job AS job SET lease_until = NULL, progress = 0, step = '', "
        "interrupted = job.interrupted + :counted, "
        f"state = CASE WHEN job.cancel THEN 'cancelled' WHEN {given_up} THEN 'failed' "
        "  ELSE 'waiting' END, "
        f"message = CASE WHEN job.cancel THEN 'Cancelled.' WHEN {given_up} THEN :given_up "
        "  ELSE CAST(:why AS text) END, "
        f"finished_at = CASE WHEN job.cancel OR {given_up} THEN now() END "
        "WHERE job.id IN (SELECT job.id FROM northlight.job "
        f"  WHERE job.state = 'running' AND {condition} FOR UPDATE SKIP LOCKED)"
    )
    sentence = f"Given up after {MOST_INTERRUPTIONS} attempts: {why}"
    limits = {"counted": counted, "most": MOST_INTERRUPTIONS, "why": why, "given_up": sentence}
    return int(connection.execute(returned, limits | values).rowcount)


def _ended(engine: Engine, job: Job, state: str, message: str) -> Job:
    changes = (
        "state = :state, message = :message, lease_until = NULL, finished_at = now(), "
        "progress = CASE WHEN :state = 'done' THEN 1 ELSE progress END, "
        "step = CASE WHEN :state = 'done' THEN '' ELSE step END"
    )
    return _changed(engine, job, changes, state=state, message=message)


def _changed(engine: Engine, job: Job, changes: str, **values: Any) -> Job:
    changed = text(f"UPDATE northlight.job AS job SET {changes} WHERE {_MINE} RETURNING {_COLUMNS}")
    with writing(engine) as connection:
        row = connection.execute(changed, {"id": job.id, "attempt": job.attempt} | values).first()
    if row is None:
        raise LeaseLost(job.id)
    return Job(**row._mapping)
