"""The queue: who has a job, and who may still write for it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from queries.errors import LeaseLost, NoSuchJob, UnknownCollection
from queries.gate import Gate, writing
from queries.queue import jobs
from queries.queue.fence import fenced
from queries.queue.jobs import MOST_INTERRUPTIONS, Job

NAMES = [f"c{number}" for number in range(20)]
SHORT = 0.05


@pytest.fixture(autouse=True)
def queue(engine: Engine) -> None:
    """An empty queue, twenty collections, and a table to write into."""
    with writing(engine) as connection:
        connection.execute(text("TRUNCATE northlight.job"))
        connection.execute(
            text(
                "INSERT INTO northlight.collection (name, declaration) "
                "SELECT unnest(CAST(:names AS text[])), '{}' ON CONFLICT DO NOTHING"
            ),
            {"names": NAMES},
        )
        connection.execute(text("CREATE TABLE IF NOT EXISTS stored (who text)"))
        connection.execute(text("TRUNCATE stored"))


def claimed(engine: Engine, lease: float = 60.0, worker: str = "one") -> Job:
    job = jobs.claim(engine, worker, lease)
    assert job is not None
    return job


def lapsed(engine: Engine) -> tuple[Job, Job]:
    """An attempt that was silent for too long, and the one that took its place."""
    old = claimed(engine, SHORT)
    time.sleep(2 * SHORT)
    return old, claimed(engine, worker="two")


def stored(engine: Engine) -> list[str]:
    with writing(engine) as connection:
        return list(connection.execute(text("SELECT who FROM stored")).scalars())


def store(engine: Engine, who: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO stored VALUES (:who)"), {"who": who})


def test_asking_twice_for_unfinished_work_is_one_job(engine: Engine, gate: Gate) -> None:
    first = jobs.ask(engine, "map", "c0", {"refit": True})
    assert jobs.ask(engine, "map", "c0", {"refit": True}).id == first.id
    running = claimed(engine)
    assert jobs.ask(engine, "map", "c0", {"refit": True}).id == running.id
    assert jobs.ask(engine, "map", "c0").id != first.id
    jobs.finish(engine, running, "Mapped.")
    assert jobs.ask(engine, "map", "c0", {"refit": True}).id > first.id
    assert jobs.job(gate, first.id).message == "Mapped."


def test_many_asking_at_once_get_one_job(engine: Engine) -> None:
    with ThreadPoolExecutor(12) as pool:
        asked = list(pool.map(lambda _: jobs.ask(engine, "embed", "c0").id, range(48)))
    assert len(set(asked)) == 1


def test_work_on_an_unknown_collection_is_refused(engine: Engine) -> None:
    with pytest.raises(UnknownCollection, match="nowhere"):
        jobs.ask(engine, "map", "nowhere")


def test_many_workers_claim_each_job_once(engine: Engine) -> None:
    asked = {jobs.ask(engine, "embed", name).id for name in NAMES}
    got: list[int] = []

    def drain(worker: int) -> None:
        while (job := jobs.claim(engine, f"worker {worker}")) is not None:
            got.append(job.id)
            jobs.finish(engine, job)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(drain, range(8)))
    assert sorted(got) == sorted(asked)


def test_a_collection_is_worked_on_by_one_worker_at_a_time(engine: Engine) -> None:
    for kind in ("embed", "map", "refresh"):
        jobs.ask(engine, kind, "c0")
    start = threading.Barrier(6)

    def take(worker: int) -> Job | None:
        start.wait()
        return jobs.claim(engine, f"worker {worker}")

    with ThreadPoolExecutor(6) as pool:
        got = [job for job in pool.map(take, range(6)) if job is not None]
    assert [job.kind for job in got] == ["embed"]
    jobs.ask(engine, "map", "c1")
    assert claimed(engine).collection == "c1"


def test_a_beat_extends_the_lease_and_tells_progress(engine: Engine, gate: Gate) -> None:
    jobs.ask(engine, "map", "c0")
    job = claimed(engine, SHORT)
    assert jobs.beat(engine, job, 0.4, "clusters", lease=60) is False
    time.sleep(2 * SHORT)
    assert jobs.claim(engine, "two") is None
    seen = jobs.job(gate, job.id)
    assert seen.progress == pytest.approx(0.4)
    assert seen.step == "clusters"


def test_a_stale_lease_gives_the_job_to_another_worker(engine: Engine) -> None:
    jobs.ask(engine, "map", "c0")
    old, new = lapsed(engine)
    assert (new.id, new.attempt, new.worker) == (old.id, old.attempt + 1, "two")


@pytest.mark.parametrize(
    "late", [jobs.beat, jobs.finish, lambda e, j: jobs.put_back(e, j, ""), jobs.obey_cancel]
)
def test_no_write_of_a_worker_that_lost_its_lease_counts(
    engine: Engine, gate: Gate, late: Callable[[Engine, Job], object]
) -> None:
    jobs.ask(engine, "map", "c0")
    old, new = lapsed(engine)
    with pytest.raises(LeaseLost):
        late(engine, old)
    assert jobs.job(gate, new.id).state == "running"
    assert jobs.finish(engine, new, "in time").message == "in time"


def test_nothing_is_stored_behind_the_fence_once_the_lease_is_lost(engine: Engine) -> None:
    jobs.ask(engine, "map", "c0")
    old, new = lapsed(engine)
    with pytest.raises(LeaseLost):
        store(fenced(engine, old), "late")
    store(fenced(engine, new), "in time")
    assert stored(engine) == ["in time"]


def test_the_fence_lets_reads_through(engine: Engine, gate: Gate) -> None:
    jobs.ask(engine, "map", "c0")
    old, _ = lapsed(engine)
    assert jobs.jobs(Gate(fenced(engine, old), gate.identity))[0].id == old.id


def test_a_job_whose_worker_died_three_times_has_failed(engine: Engine, gate: Gate) -> None:
    asked = jobs.ask(engine, "map", "c0")
    for _ in range(MOST_INTERRUPTIONS):
        claimed(engine, SHORT)
        time.sleep(2 * SHORT)
    assert jobs.claim(engine, "last") is None
    ended = jobs.job(gate, asked.id)
    assert ended.state == "failed"
    assert ended.message.startswith("Given up after 3 attempts: its worker ended")


def test_a_job_given_back_in_good_order_is_not_counted(engine: Engine, gate: Gate) -> None:
    asked = jobs.ask(engine, "map", "c0")
    for _ in range(2 * MOST_INTERRUPTIONS):
        claimed(engine, worker="gentle")
        assert jobs.release(engine, "gentle") == 1
    assert jobs.job(gate, asked.id).interrupted == 0
    assert claimed(engine).attempt == 2 * MOST_INTERRUPTIONS + 1


def test_a_waiting_job_is_cancelled_at_once(engine: Engine) -> None:
    asked = jobs.ask(engine, "map", "c0")
    assert jobs.cancel(engine, asked.id).state == "cancelled"
    assert jobs.claim(engine, "one") is None


def test_a_running_job_learns_at_its_beat_that_it_is_cancelled(engine: Engine) -> None:
    asked = jobs.ask(engine, "map", "c0")
    job = claimed(engine)
    assert jobs.cancel(engine, asked.id).state == "running"
    assert jobs.beat(engine, job) is True
    again = jobs.ask(engine, "map", "c0")
    assert again.id != asked.id
    assert jobs.obey_cancel(engine, job).state == "cancelled"
    assert claimed(engine).id == again.id


def test_a_cancelled_job_whose_worker_died_is_not_done_again(engine: Engine, gate: Gate) -> None:
    asked = jobs.ask(engine, "map", "c0")
    claimed(engine, SHORT)
    jobs.cancel(engine, asked.id)
    time.sleep(2 * SHORT)
    assert jobs.claim(engine, "two") is None
    assert jobs.job(gate, asked.id).state == "cancelled"


def test_a_finished_job_cannot_be_cancelled(engine: Engine) -> None:
    asked = jobs.ask(engine, "map", "c0")
    jobs.finish(engine, claimed(engine), "Mapped.")
    ended = jobs.cancel(engine, asked.id)
    assert (ended.state, ended.cancel, ended.message) == ("done", False, "Mapped.")
    with pytest.raises(NoSuchJob):
        jobs.cancel(engine, 10**9)


def test_open_jobs_are_listed_first(engine: Engine, gate: Gate) -> None:
    first, second = (jobs.ask(engine, "map", name).id for name in ("c0", "c1"))
    done = jobs.ask(engine, "embed", "c2").id
    for _ in range(3):
        job = claimed(engine)
        if job.id == done:
            jobs.finish(engine, job)
    assert [job.id for job in jobs.jobs(gate)] == [second, first, done]
    assert len(jobs.jobs(gate, limit=1)) == 1
