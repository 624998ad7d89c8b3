"""The worker: what becomes of a job when the worker, the server or the work itself fails."""

import hashlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine, text

from jobs.embed import BATCH, embed
from jobs.errors import JobError
from jobs.search.cutoff import QUESTIONS
from jobs.worker.kinds import KINDS, Kind, Work
from jobs.worker.memory import limit_memory
from jobs.worker.watch import Watch
from jobs.worker.work import Worker, work
from queries.catalog import publish
from queries.collection import Collection
from queries.engine import make_engine
from queries.gate import WORKER, Gate, writing
from queries.queue import jobs, workers
from queries.queue.jobs import Job

ROWS = 12_000
LEASE = 0.6
NOTES = Collection("notes", "Notes", "public.notes", "id", ("body",))
Pause = Callable[[str], None]


@dataclass(frozen=True)
class FakeEmbedder:
    """Directions made of a text's digest; every text it was given is a line of the ledger."""

    ledger: Path
    name: str = "fake"
    dimensions: int = 8
    longest: int = 1_000
    silence: str = "it was not asked"
    sends_to: str | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self.ledger.open("a") as lines:
            lines.writelines(f"{one}\n" for one in texts)
        digests = b"".join(hashlib.blake2b(t.encode(), digest_size=8).digest() for t in texts)
        rows = np.frombuffer(digests, np.uint8).reshape(-1, 8).astype(np.float32) + 1
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture(autouse=True)
def notes(engine: Engine) -> None:
    """Twelve thousand notes that nobody embedded yet, and an empty queue."""
    with writing(engine) as connection:
        for statement in (
            "CREATE TABLE IF NOT EXISTS public.notes (id integer PRIMARY KEY, body text)",
            "TRUNCATE public.notes, northlight.job, northlight.worker",
            "DELETE FROM northlight.space",
            f"INSERT INTO public.notes SELECT n, 'note ' || n FROM generate_series(1, {ROWS}) n",
            "DROP TABLE IF EXISTS stored",
            "CREATE TABLE stored (who text)",
        ):
            connection.execute(text(statement))
    publish(engine, [NOTES])


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """Where a worker says that it is where the test wants it."""
    return tmp_path / "here"


@pytest.fixture
def started(database_url: str, tmp_path: Path) -> Iterator[Callable[..., BaseProcess]]:
    """Starts workers in processes of their own; none is left behind."""
    running: list[BaseProcess] = []

    def start(kinds: Mapping[str, Kind], lease: float = LEASE, once: bool = True) -> BaseProcess:
        arguments = (database_url, kinds, lease, once, tmp_path / "log")
        process = multiprocessing.get_context("fork").Process(target=run_worker, args=arguments)
        process.start()
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.join()


def run_worker(url: str, kinds: Mapping[str, Kind], lease: float, once: bool, log: Path) -> None:
    def say(line: str) -> None:
        with log.open("a") as lines:
            lines.write(f"{line}\n")

    gate = Gate(make_engine(url), WORKER)
    work(Worker(gate, say, kinds, lease=lease, beat=lease / 6, poll=0.1), once=once)


def here(gate: Gate, kinds: Mapping[str, Kind]) -> None:
    """Work through the queue in this process."""
    work(Worker(gate, print, kinds, poll=0.05), once=True)


def wait_for(true: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def hang_once(marker: Path) -> None:
    """The first time never comes back; after that it is as if it were not there."""
    if not marker.exists():
        marker.touch()
        time.sleep(60)


def embed_kind(ledger: Path, marker: Path | None = None, at: str = "") -> Mapping[str, Kind]:
    """The real embedding; with a marker its first attempt hangs `at` a place."""

    def pause(place: str) -> None:
        if marker is not None and place.startswith(at):
            hang_once(marker)

    def run(given: Work) -> str:
        def progress(step: str, share: float) -> None:
            pause(step)
            given.progress(step, share)

        pause("claimed")
        report = embed(given.gate, given.collection, FakeEmbedder(ledger), progress)
        pause("before finish")
        return f"{report.embedded} embedded"

    return {"embed": run}


def ended(gate: Gate, number: int) -> Job:
    wait_for(lambda: not jobs.job(gate, number).open)
    return jobs.job(gate, number)


def embedded_rows(engine: Engine) -> tuple[int, int, int]:
    """Rows of the space, those with a vector, and those whose text's words are indexed."""
    with writing(engine) as connection:
        row = connection.execute(
            text(
                "SELECT count(*), count(embedding), (SELECT count(*) FROM northlight.document) "
                "FROM northlight.embedding"
            )
        ).one()
    return tuple(row)


@pytest.mark.parametrize("at", ["claimed", "embedded 5,000", "before finish"])
def test_a_job_of_a_killed_worker_is_done_once_in_the_end(
    engine: Engine,
    gate: Gate,
    started: Callable[..., BaseProcess],
    tmp_path: Path,
    marker: Path,
    at: str,
) -> None:
    asked = jobs.ask(engine, "embed", "notes")
    kinds = embed_kind(tmp_path / "ledger", marker, at)
    first = started(kinds)
    wait_for(marker.exists)
    first.kill()
    first.join()
    started(kinds, once=False)
    done = ended(gate, asked.id)
    assert (done.state, done.attempt, done.interrupted) == ("done", 2, 1)
    assert embedded_rows(engine) == (ROWS, ROWS, ROWS)
    given = (tmp_path / "ledger").read_text().splitlines()
    assert len(set(given)) == ROWS
    # One batch may have been on its way; the cut-off is learnt from some texts read as questions.
    assert len(given) <= ROWS + BATCH + QUESTIONS


def test_a_worker_paused_past_its_lease_stores_nothing(
    engine: Engine, gate: Gate, started: Callable[..., BaseProcess], tmp_path: Path, marker: Path
) -> None:
    def store(given: Work) -> str:
        late = not marker.exists()
        marker.touch()
        if late:
            time.sleep(0.3)
        with writing(given.gate.engine) as connection:
            connection.execute(text(f"INSERT INTO stored VALUES ('{'late' if late else 'new'}')"))
        return "stored"

    asked = jobs.ask(engine, "store", "notes")
    paused = started({"store": store})
    wait_for(marker.exists)
    os.kill(paused.pid or 0, signal.SIGSTOP)
    time.sleep(2 * LEASE)
    here(gate, {"store": store})
    os.kill(paused.pid or 0, signal.SIGCONT)
    paused.join(10)
    with writing(engine) as connection:
        assert connection.execute(text("SELECT who FROM stored")).scalars().all() == ["new"]
    assert jobs.job(gate, asked.id).attempt == 2
    assert "no longer this worker's" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_told_to_end_gives_its_job_back_first(
    engine: Engine,
    gate: Gate,
    started: Callable[..., BaseProcess],
    tmp_path: Path,
    marker: Path,
    told: signal.Signals,
) -> None:
    asked = jobs.ask(engine, "embed", "notes")
    kinds = embed_kind(tmp_path / "ledger", marker, "embedded 5,000")
    first = started(kinds, lease=60)
    wait_for(marker.exists)
    os.kill(first.pid or 0, told)
    first.join(10)
    waiting = jobs.job(gate, asked.id)
    assert (first.exitcode, waiting.state, waiting.interrupted) == (0, "waiting", 0)
    assert workers.workers(gate) == []
    here(gate, kinds)
    assert jobs.job(gate, asked.id).message == f"{ROWS - 5000} embedded"


def test_a_job_goes_on_when_the_server_was_away(
    engine: Engine, gate: Gate, started: Callable[..., BaseProcess], tmp_path: Path, marker: Path
) -> None:
    def slowly(given: Work) -> str:
        for number in range(20):
            marker.touch()
            given.progress("counting", number / 20)
            time.sleep(0.05)
            with writing(given.gate.engine) as connection:
                connection.execute(text("SELECT 1"))
        return "counted"

    asked = jobs.ask(engine, "slowly", "notes")
    started({"slowly": slowly}, lease=60, once=False)
    wait_for(marker.exists)
    with server_away(engine):
        time.sleep(0.7)
    done = ended(gate, asked.id)
    assert (done.state, done.attempt, done.interrupted) == ("done", 2, 1)
    said = (tmp_path / "log").read_text()
    assert said.count("Waiting for it.") == said.count("answers again.") == 1


class server_away:  # noqa: N801
    """The database cuts every connection and takes none, as a server that restarts does."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        url = engine.url.set(drivername="postgresql")
        self.name = str(url.database)
        self.admin = psycopg.connect(
            url.set(database="postgres").render_as_string(hide_password=False), autocommit=True
        )

    def __enter__(self) -> None:
        self.engine.dispose()
        self.admin.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS false')
        self.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.name]
        )

    def __exit__(self, *_: object) -> None:
        self.admin.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS true')
        self.admin.close()


def test_one_long_call_does_not_cost_the_lease(
    engine: Engine, gate: Gate, started: Callable[..., BaseProcess], marker: Path
) -> None:
    def long(_: Work) -> str:
        marker.touch()
        time.sleep(3 * LEASE)
        return "slept"

    asked = jobs.ask(engine, "long", "notes")
    started({"long": long})
    wait_for(marker.exists)
    time.sleep(2 * LEASE)
    assert jobs.claim(engine, "other") is None
    assert any(worker.alive for worker in workers.workers(gate))
    assert ended(gate, asked.id).attempt == 1


def test_a_cancelled_job_stops_and_the_next_one_runs(
    engine: Engine, gate: Gate, started: Callable[..., BaseProcess], marker: Path
) -> None:
    def endless(given: Work) -> str:
        while True:
            marker.touch()
            given.progress("going on", 0.25)
            time.sleep(0.02)

    first = jobs.ask(engine, "endless", "notes")
    second = jobs.ask(engine, "brief", "notes")
    started({"endless": endless, "brief": lambda _: "brief"}, once=False)
    wait_for(lambda: jobs.job(gate, first.id).progress > 0)
    jobs.cancel(engine, first.id)
    assert ended(gate, first.id).state == "cancelled"
    assert ended(gate, second.id).message == "brief"


def refuse(_: Work) -> str:
    raise JobError("notes has 2 embedded rows; a map needs at least 3.")


def stumble(_: Work) -> str:
    raise KeyError("a key\nthat is missing")


def outgrow(_: Work) -> str:
    raise MemoryError


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (refuse, "notes has 2 embedded rows; a map needs at least 3."),
        (stumble, "unexpected: KeyError (see the worker's log)"),
        (outgrow, "The job needed more memory than the worker may take."),
    ],
)
def test_a_failing_job_says_why_and_the_worker_goes_on(
    engine: Engine, gate: Gate, kind: Kind, message: str
) -> None:
    failing = jobs.ask(engine, "failing", "notes")
    next_one = jobs.ask(engine, "fine", "notes")
    here(gate, {"failing": kind, "fine": lambda _: "fine"})
    assert jobs.job(gate, failing.id).state == "failed"
    assert jobs.job(gate, failing.id).message.startswith(message)
    assert jobs.job(gate, next_one.id).state == "done"


def test_an_unknown_kind_of_work_fails_with_the_kinds_there_are(engine: Engine, gate: Gate) -> None:
    asked = jobs.ask(engine, "dance", "notes")
    here(gate, KINDS)
    message = jobs.job(gate, asked.id).message
    assert f"Kinds: {', '.join(KINDS)}" in message


def test_work_beyond_the_memory_limit_fails_and_the_worker_lives(
    engine: Engine, gate: Gate, started: Callable[..., BaseProcess]
) -> None:
    def greedy(_: Work) -> str:
        limit_memory(2)
        return str(np.ones(2**29).sum())

    asked = jobs.ask(engine, "greedy", "notes")
    after = jobs.ask(engine, "fine", "notes")
    started({"greedy": greedy, "fine": lambda _: "fine"})
    assert ended(gate, asked.id).message.startswith("The job needed more memory")
    assert ended(gate, after.id).state == "done"


def test_rows_that_arrive_are_noticed_once(engine: Engine, gate: Gate, tmp_path: Path) -> None:
    watch = Watch(every=0)
    kinds = {"refresh": embed_kind(tmp_path / "ledger")["embed"]}
    assert watch.look(gate) == ""  # never embedded: somebody else decides
    jobs.ask(engine, "refresh", "notes")
    here(gate, kinds)
    assert watch.look(gate) == ""
    change(engine, "INSERT INTO public.notes VALUES (0, 'one more')")
    wait_for(lambda: watch.look(gate) == "Rows changed in notes: refresh asked for.")
    assert watch.look(gate) == ""
    here(gate, kinds)
    assert jobs.jobs(gate)[0].message == "1 embedded"
    change(engine, "DELETE FROM public.notes WHERE id = 0")
    wait_for(lambda: watch.look(gate) != "")
    here(gate, kinds)
    time.sleep(1.1)  # the server counts changes with a delay of up to a second
    assert watch.look(gate) == ""
    assert embedded_rows(engine)[0] == ROWS


def change(engine: Engine, statement: str) -> None:
    with writing(engine) as connection:
        connection.execute(text(statement))
