"""The worker's loop: claim a job, do it, say what came of it; wait when there is none.

One job at a time. The queue decides who owns a job (`queries.queue.jobs`), the fence keeps a worker
that lost its job from storing anything (`queries.queue.fence`), the heartbeat keeps a job while it
computes.
"""

import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import uuid4

from clients.errors import ClientError
from jobs.errors import Cancelled, JobError
from jobs.faults import place_of
from jobs.starting.processes import endings_as_interrupts, signals_ignored
from jobs.worker.heartbeat import BEAT_SECONDS, Heartbeat
from jobs.worker.kinds import KINDS, Kind, Work
from jobs.worker.watch import Watch
from queries.catalog import collection_named
from queries.errors import LeaseLost, QueryError, ServerError
from queries.gate import Gate
from queries.queue import jobs, workers
from queries.queue.fence import fenced
from queries.queue.jobs import LEASE_SECONDS, Job

POLL_SECONDS = 1.0
SHOWN_SECONDS = 10.0
OUT_OF_MEMORY = (
    "The job needed more memory than the worker may take. Give it more with "
    "`./northlight worker --memory GIGABYTES`, or use a machine that has more."
)
ENDS = {"done": jobs.finish, "failed": jobs.fail, "cancelled": jobs.obey_cancel}

log = logging.getLogger("northlight.worker")


def unique_name() -> str:
    """Never used before: a worker that took over a dead one's name would keep its jobs stuck."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"


class Presence:
    """Shows people that a worker is there, at most every ten seconds."""

    def __init__(self) -> None:
        """Shown at once when first asked."""
        self._next = time.monotonic()

    def show(self, gate: Gate, name: str) -> None:
        """Write it down if it is time."""
        if time.monotonic() >= self._next:
            workers.be_seen(gate.engine, name)
            self._next = time.monotonic() + SHOWN_SECONDS


@dataclass(frozen=True)
class Worker:
    """Who works, on what, and how patiently. `say` takes a line for the log."""

    gate: Gate
    say: Callable[[str], None]
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)
    watch: Watch | None = None
    lease: float = LEASE_SECONDS
    beat: float = BEAT_SECONDS
    poll: float = POLL_SECONDS
    name: str = field(default_factory=unique_name)
    presence: Presence = field(default_factory=Presence)


def work(worker: Worker, *, once: bool = False) -> None:
    """Work until SIGTERM or Ctrl-C; with `once` only until nothing waits any more."""
    engine = worker.gate.engine
    try:
        with endings_as_interrupts():
            workers.arrive(engine, worker.name)
            while _turn(worker) or not once:
                pass
    except KeyboardInterrupt:
        worker.say("Told to end.")
    finally:
        with signals_ignored(), suppress(QueryError):
            if jobs.release(engine, worker.name):
                worker.say("The job in hand waits for another worker.")
            workers.leave(engine, worker.name)


def _turn(worker: Worker) -> bool:
    """Do one job if there is one; whether to look again at once."""
    try:
        _look(worker)
        job = jobs.claim(worker.gate.engine, worker.name, worker.lease)
        if job is not None:
            _do(worker, job)
            return True
        worker.presence.show(worker.gate, worker.name)
    except ServerError as error:
        _await_server(worker, error)
        return True
    except QueryError as error:
        worker.say(str(error))
    time.sleep(worker.poll)
    return False


def _look(worker: Worker) -> None:
    """Ask for a refresh where rows arrived, if that is wanted."""
    watch = worker.watch
    if watch is not None:
        state, message = _outcome("looking for rows that arrived", lambda: watch.look(worker.gate))
        if state == "failed" or message:
            worker.say(message)


def _do(worker: Worker, job: Job) -> None:
    """One job from its claim to its end, whatever that end is."""
    engine = worker.gate.engine
    what = f"job {job.id}, {job.kind} {job.collection}"
    worker.say(f"Begun: {what}, attempt {job.attempt}.")
    try:
        state, message = _outcome(what, lambda: _done(worker, job))
        ENDS[state](engine, job, message)
        worker.say(f"{state.capitalize()}: {what}. {message}")
    except LeaseLost as lost:
        worker.say(str(lost))
    except ServerError as error:
        _await_server(worker, error)
        with suppress(LeaseLost):
            jobs.put_back(engine, job, str(error))


def _outcome(what: str, doing: Callable[[], str]) -> tuple[str, str]:
    """How it ended and the sentence about it. Raises LeaseLost and ServerError: no fault of it."""
    try:
        return "done", doing()
    except (LeaseLost, ServerError):
        raise
    except Cancelled as cancelled:
        return "cancelled", str(cancelled)
    except (QueryError, ClientError, JobError) as error:
        return "failed", str(error)
    except MemoryError:
        return "failed", OUT_OF_MEMORY
    except Exception as error:
        # The one broad handler: a bug in one kind of work must not end all others.
        log.error("A bug in %s\n%s", what, place_of(error))
        # Not what it says: that may quote a person's text, and operators read the queue.
        return "failed", f"unexpected: {type(error).__name__} (see the worker's log)"


def _done(worker: Worker, job: Job) -> str:
    """What the kind's function says, while the heartbeat keeps the job."""
    kind = worker.kinds.get(job.kind)
    if kind is None:
        known = ", ".join(worker.kinds)
        raise JobError(f"There is no work of the kind {job.kind!r}. Kinds: {known}.")
    gate = replace(worker.gate, engine=fenced(worker.gate.engine, job))
    with Heartbeat(lambda share, step: _beaten(worker, job, share, step), worker.beat) as progress:
        collection = collection_named(gate, job.collection)
        return kind(Work(gate, collection, job.arguments, progress))


def _beaten(worker: Worker, job: Job, share: float, step: str) -> bool:
    worker.presence.show(worker.gate, worker.name)
    return jobs.beat(worker.gate.engine, job, share, step, worker.lease)


def _await_server(worker: Worker, error: ServerError) -> None:
    """Return when the server answers again; says once that it does not, and once that it does."""
    worker.say(f"{error} Waiting for it.")
    while True:
        with suppress(ServerError):
            workers.be_seen(worker.gate.engine, worker.name)
            worker.say("The database answers again.")
            return
        time.sleep(worker.poll)
