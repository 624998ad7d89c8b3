"""`./northlight up` as a person starts it: to a page that answers, and back to nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from clients.postgres import server
from jobs.starting.ports import try_listening

CHECKOUT = Path(__file__).resolve().parents[3]
READY_SECONDS = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of its own, erased afterwards."""
    made = tmp_path_factory.mktemp("up")
    yield made
    server.erase(made)


@contextmanager
def started(home: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`up` without the demo on a free port, once it says that it is ready; killed in the end."""
    port = try_listening(0, "127.0.0.1")
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {"NORTHLIGHT_HOME": str(home), "PYTHONPATH": str(CHECKOUT)}
    with (home / "up.log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "jobs", "up", "--no-demo", "--port", str(port), *options],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            text=True,
        )
        try:
            wait_until(lambda: "is ready" in said(home) or process.poll() is not None)
            assert "is ready" in said(home), said(home)
            yield process, port
        finally:
            process.kill()
            process.wait()


def said(home: Path) -> str:
    return (home / "up.log").read_text()


def wait_until(true: object, seconds: float = READY_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.1)


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def test_up_ends_everything_it_started_at_ctrl_c(home: Path) -> None:
    with started(home, "--view-as") as (process, port):
        assert answers(port)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert not answers(port)
    assert server.status(home).state == "stopped"


def test_a_killed_up_leaves_nothing_that_stops_the_next_start(home: Path) -> None:
    with started(home, "--view-as") as (process, port):
        process.kill()
        process.wait()
        wait_until(lambda: not answers(port), 30)
        assert not answers(port)
    with started(home, "--view-as") as (_process, again):
        assert answers(again)


def test_a_port_in_use_is_said_before_anything_is_started(home: Path) -> None:
    with started(home, "--view-as") as (_process, port):
        second = subprocess.run(
            [sys.executable, "-P", "-m", "jobs", "up", "--no-demo", "--port", str(port)],
            env=os.environ | {"NORTHLIGHT_HOME": str(home), "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 1
    assert str(port) in second.stderr
    assert "--port" in second.stderr
