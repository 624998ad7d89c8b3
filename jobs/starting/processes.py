"""The processes of `up`: started together, watched, and ended together however `up` itself ends.

Nothing about them is kept on disk but their logs, so nothing stale can stop the next start.

ProcessError
├── NotReadyError  a process runs but did not become ready in time
└── DiedError      a process ended by itself; carries the last lines of its log
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from jobs.errors import JobError

GRACE_SECONDS = 10.0
POLL = 0.1
LINES_SHOWN = 12
LOG_LIMIT = 10 * 2**20
# A child waits for this word, so that it is never begun before the guard knows of it.
BEGIN = 'read -r begin && exec "$@" < /dev/null'
# Reads the children's groups, one a line. "done" is the good end; the end of input without it
# means that `up` was killed, and then nobody else is left to end them.
GUARD = f"""
any_left() {{
  for group in $groups; do kill -s 0 -- $group && return; done
  return 1
}}
while read -r group; do
  [ "$group" = done ] && exit 0
  groups="$groups -$group"
done
[ -z "$groups" ] && exit 0
kill -s TERM -- $groups
seconds={GRACE_SECONDS:.0f}
while any_left && [ $seconds -gt 0 ]; do sleep 1; seconds=$((seconds - 1)); done
any_left && kill -s KILL -- $groups
"""


class ProcessError(JobError):
    """A process of `up` is not as it should be."""


class NotReadyError(ProcessError):
    """A process runs but did not become ready in time."""


class DiedError(ProcessError):
    """A process ended by itself."""


@dataclass(frozen=True)
class Program:
    """What to run, under which name, and the log that takes what it says."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None


@dataclass(frozen=True)
class Child:
    """A running program. It leads a process group of its own, which no Ctrl-C reaches."""

    program: Program
    process: subprocess.Popen[bytes]
    log_start: int

    @property
    def ended(self) -> bool:
        """Whether it has ended. Leaves it unreaped, so that its number stays its own."""
        if self.process.returncode is not None:
            return True
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self.process.pid, flags) is not None

    def last_lines(self) -> str:
        """The end of what it said since it was started."""
        with self.program.log.open("rb") as log:
            log.seek(self.log_start)
            lines = log.read().decode(errors="replace").splitlines()[-LINES_SHOWN:]
        return "\n".join(f"  {line}" for line in lines) or "  (it said nothing)"

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the child and everything it started in its group."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def reap(self) -> int:
        """Its exit code, once it has ended; whatever is left of its group is killed first."""
        self.signal(signal.SIGKILL)
        return self.process.wait()


class Supervisor:
    """Starts programs and ends all of them on the way out of its `with` block.

    They end too when the block is left by Ctrl-C or SIGTERM, and when this process is killed.
    """

    def __init__(self, grace: float = GRACE_SECONDS) -> None:
        """Give children `grace` seconds to end by themselves before they are killed."""
        self.grace = grace
        self.children: list[Child] = []
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the guard, in a session of its own."""
        command = ["/bin/sh", "-c", GUARD]
        # It must not hold our output open: somebody may wait for its end.
        self._guard = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every child, then the guard."""
        with signals_ignored():
            self.end()
        self._tell_guard("done")
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()

    def start(self, program: Program) -> Child:
        """Starts a program in a process group of its own, its words appended to its log."""
        log_start = rotated(program.log)
        with program.log.open("ab") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", BEGIN, "sh", *program.command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=program.environment,
                cwd=program.folder,
                start_new_session=True,
            )
        child = Child(program, process, log_start)
        self.children.append(child)
        self._tell_guard(str(process.pid))
        if process.stdin:
            process.stdin.write(b"begin\n")
            process.stdin.close()
        return child

    def wait_ready(self, child: Child, ready: Callable[[], bool], seconds: float) -> None:
        """Returns once `ready` says so.

        Raises DiedError if any child ends first, NotReadyError when the time is up.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            self.require_all_alive()
            if time.monotonic() >= deadline:
                raise NotReadyError(
                    f"The {child.program.name} was not ready after {seconds:.0f} seconds. Its log, "
                    f"{child.program.log}, ends:\n{child.last_lines()}"
                )
            time.sleep(POLL)

    def watch(self) -> None:
        """Stays until Ctrl-C. Raises DiedError as soon as any child ends by itself."""
        while True:
            self.require_all_alive()
            time.sleep(POLL)

    def require_all_alive(self) -> None:
        """Raises DiedError naming a child that ended by itself, if there is one."""
        for child in self.children:
            if child.ended:
                code = child.reap()
                raise DiedError(
                    f"The {child.program.name} {how_ended(code)}. Its log, {child.program.log}, "
                    f"ends:\n{child.last_lines()}"
                )

    def end(self) -> None:
        """Ends every child: asks all at once, and kills what has not ended after the grace."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        while time.monotonic() < deadline and not all(child.ended for child in self.children):
            time.sleep(POLL / 5)
        for child in self.children:
            child.reap()

    def _tell_guard(self, word: str) -> None:
        """Says a line to the guard. Somebody may have killed it; then there is no guard."""
        if self._guard and self._guard.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(f"{word}\n".encode())
                self._guard.stdin.flush()


@contextlib.contextmanager
def signals_ignored() -> Iterator[None]:
    """A second Ctrl-C does not interrupt the clearing up, which ends by itself in seconds."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def endings_as_interrupts() -> Iterator[None]:
    """SIGTERM and a closed terminal end the block like Ctrl-C: by KeyboardInterrupt."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {
        number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def rotated(log: Path) -> int:
    """Where in the log the next words begin; its folder is made, a long log is put aside."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(f"{log.name}.1"))
    return log.stat().st_size if log.exists() else 0


def how_ended(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"ended by itself with exit code {code}"
    name = signal.Signals(-code).name
    hint = " (often because memory ran out)" if -code == signal.SIGKILL else ""
    return f"was ended by {name}{hint}"
