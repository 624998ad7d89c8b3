"""What `up` starts ends with it, however it ends, and nothing dies unnoticed."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.starting.ports import PortError, require_free_port
from jobs.starting.processes import (
    Child,
    DiedError,
    NotReadyError,
    Program,
    Supervisor,
    endings_as_interrupts,
    rotated,
)

CHECKOUT = Path(__file__).resolve().parents[3]
# A child with a child of its own, each writing its number where the test finds it.
FAMILY = """
import os, subprocess, sys, time
grandchild = subprocess.Popen(["sleep", "60"])
print(f"{os.getpid()} {grandchild.pid}", file=open(sys.argv[1] + ".new", "w"))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
"""
WAIT = "import time; time.sleep(60)"
# What `up` does, in short.
PARENT = """
import sys, pathlib
from jobs.starting.processes import Program, Supervisor, endings_as_interrupts
here = pathlib.Path(sys.argv[1])
command = [sys.executable, "-c", sys.argv[2], str(here / "family")]
with endings_as_interrupts(), Supervisor(grace=2) as supervisor:
    child = supervisor.start(Program("app", command, here / "app.log"))
    supervisor.wait_ready(child, (here / "family").exists, 20)
    print("ready", flush=True)
    supervisor.watch()
"""


def program(tmp_path: Path, code: str, name: str = "app") -> Program:
    """A Python child."""
    return Program(name, [sys.executable, "-c", code], tmp_path / "log" / f"{name}.log")


def watch(*programs: Program) -> None:
    """Runs programs until one of them ends."""
    with Supervisor() as supervisor:
        for given in programs:
            supervisor.start(given)
        supervisor.watch()


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return words.rpartition(")")[2].split()[0] != "Z"


def gone_within(pids: list[int], seconds: float) -> bool:
    """Whether all these processes end in time."""
    deadline = time.monotonic() + seconds
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that supervises a family, ready."""
    running = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), FAMILY],
        env={"PYTHONPATH": str(CHECKOUT)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout
    assert running.stdout.readline() == "ready\n"
    yield running
    running.kill()
    running.communicate()


def family(tmp_path: Path) -> list[int]:
    """The numbers of the child and the grandchild."""
    return [int(word) for word in (tmp_path / "family").read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_polite_end_of_the_parent_ends_the_whole_family(
    parent: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    parent.send_signal(number)
    parent.communicate(timeout=20)
    assert gone_within(family(tmp_path), 1)


def test_a_killed_parent_takes_the_whole_family_with_it(
    parent: subprocess.Popen[str], tmp_path: Path
) -> None:
    parent.kill()
    assert gone_within(family(tmp_path), 5)


def test_a_second_ctrl_c_does_not_leave_anything_behind(
    parent: subprocess.Popen[str], tmp_path: Path
) -> None:
    for _ in range(3):
        parent.send_signal(signal.SIGINT)
        time.sleep(0.05)
    parent.communicate(timeout=20)
    assert gone_within(family(tmp_path), 1)


def test_a_child_that_does_not_listen_is_killed_after_the_grace(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); "
    begun = time.monotonic()
    with Supervisor(grace=0.5) as supervisor:
        child = supervisor.start(program(tmp_path, deaf + WAIT))
        supervisor.wait_ready(child, lambda: "deaf" in child.last_lines(), 20)
    assert child.process.returncode == -signal.SIGKILL
    assert time.monotonic() - begun < 5


def test_a_child_that_dies_is_named_with_its_last_words(tmp_path: Path) -> None:
    broken = program(tmp_path, "print('no such table'); raise SystemExit(3)")
    with pytest.raises(DiedError) as raised:
        watch(program(tmp_path, WAIT, "worker"), broken)
    assert "The app ended by itself with exit code 3" in str(raised.value)
    assert "no such table" in str(raised.value)


def test_a_child_killed_from_outside_is_told_with_the_signal(tmp_path: Path) -> None:
    with pytest.raises(DiedError, match=r"SIGKILL.*memory"):
        watch(program(tmp_path, "import os; os.kill(os.getpid(), 9)"))


def test_the_last_words_of_an_earlier_run_are_not_shown(tmp_path: Path) -> None:
    for said in ("first", "second"):
        with pytest.raises(DiedError) as raised:
            watch(program(tmp_path, f"print({said!r})"))
    assert "second" in str(raised.value)
    assert "first" not in str(raised.value)


def test_waiting_ends_when_the_child_dies_first(tmp_path: Path) -> None:
    with Supervisor() as supervisor:
        child = supervisor.start(program(tmp_path, "raise SystemExit(1)"))
        with pytest.raises(DiedError, match="exit code 1"):
            supervisor.wait_ready(child, lambda: False, 20)


def test_a_child_that_is_never_ready_is_told_after_the_time(tmp_path: Path) -> None:
    with Supervisor() as supervisor:
        child = supervisor.start(program(tmp_path, WAIT))
        with pytest.raises(NotReadyError, match="after 0 seconds"):
            supervisor.wait_ready(child, lambda: False, 0.2)


def test_a_program_that_does_not_exist_is_told(tmp_path: Path) -> None:
    absent = Program("app", [str(tmp_path / "absent")], tmp_path / "app.log")
    with pytest.raises(DiedError, match=r"(?s)exit code 127.*absent"):
        watch(absent)


def test_children_get_their_environment_folder_and_arguments(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd(), os.environ['WORD'], sys.argv[1:])"
    command = [sys.executable, "-c", code, "two words", "$HOME"]
    given = Program("app", command, tmp_path / "app.log", {"WORD": "hello"}, tmp_path)
    with Supervisor() as supervisor:
        child = supervisor.start(given)
        wait_for_end(child)
    assert child.last_lines().strip() == f"{tmp_path} hello ['two words', '$HOME']"


def wait_for_end(child: Child) -> None:
    """Waits a little for a child that is about to end."""
    deadline = time.monotonic() + 20
    while not child.ended and time.monotonic() < deadline:
        time.sleep(0.02)


def test_sigterm_arrives_as_an_interrupt_and_the_old_handler_returns() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with endings_as_interrupts(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    with log.open("wb") as opened:
        opened.truncate(11 * 2**20)
    assert rotated(log) == 0
    assert (tmp_path / "app.log.1").exists()


def test_a_port_in_use_is_named_with_the_option_and_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=rf"Port {port} is in use.*--port \d+"):
            require_free_port(port)
    require_free_port(port)


def test_a_port_used_on_all_addresses_counts_as_used() -> None:
    with socket.create_server(("", 0)) as taken, pytest.raises(PortError, match="in use"):
        require_free_port(taken.getsockname()[1])


def test_a_port_that_cannot_exist_is_refused() -> None:
    with pytest.raises(PortError, match="no port 70000"):
        require_free_port(70000)
