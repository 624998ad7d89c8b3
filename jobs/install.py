"""Makes `.venv`. `./northlight` runs this with the system's Python, so nothing else is imported.

`python install.py CHECKOUT LOG`. One installation at a time; one that was interrupted is begun
again from nothing. The last act is the copy of requirements.txt that says it is complete.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LINES_SHOWN = 8
POLL = 0.2
SECONDS_BETWEEN_LINES = 15.0
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--progress-bar=off"]
FETCHING = re.compile(r"\s*(?:Downloading|Using cached) (?:\S*/)?([A-Za-z0-9_.]+?)-\d")
DISK_FULL = "No space left on device"
OFFLINE = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ProxyError")


class InstallError(Exception):
    """The environment could not be made; the message says why and what to do."""


@dataclass
class Progress:
    """One line that moves on a terminal; elsewhere a line now and then."""

    total: int
    begun: float = field(default_factory=time.monotonic)
    shown: float = 0.0

    def show(self, what: str, done: int) -> None:
        """Says what is being done, how much is done, and for how long it has been going on."""
        seconds = time.monotonic() - self.begun
        line = f"Making .venv: {done} of {self.total} · {what} · {seconds:.0f} s"
        if sys.stderr.isatty():
            room = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{line[:room]}", end="", file=sys.stderr, flush=True)
        elif seconds - self.shown >= SECONDS_BETWEEN_LINES or not self.shown:
            self.shown = seconds or 1e-9
            print(line, file=sys.stderr, flush=True)

    def finish(self) -> None:
        """Says how long it took."""
        seconds = time.monotonic() - self.begun
        start = "\r\033[K" if sys.stderr.isatty() else ""
        print(f"{start}Made .venv in {seconds:.0f} s.", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Environment:
    """The files that matter in and beside `.venv`."""

    checkout: Path

    @property
    def folder(self) -> Path:
        """The environment."""
        return self.checkout / ".venv"

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.folder / "bin" / "python"

    @property
    def requirements(self) -> Path:
        """What it must hold."""
        return self.checkout / "requirements.txt"

    @property
    def complete(self) -> Path:
        """A copy of the requirements that were satisfied."""
        return self.folder / "installed-requirements.txt"

    @property
    def unfinished(self) -> Path:
        """There while an installation of ours is under way, or was when it was interrupted."""
        return self.folder / "unfinished"

    def is_current(self) -> bool:
        """Whether nothing is left to do."""
        if not self.complete.exists() or not os.access(self.python, os.X_OK):
            return False
        return self.complete.read_bytes() == self.requirements.read_bytes()


def install(environment: Environment, log_path: Path) -> None:
    """Makes the environment, unless another process has done so while we waited."""
    with alone(environment) as lock:
        if environment.is_current():
            return
        wanted = environment.requirements.read_bytes()
        log_path.parent.mkdir(parents=True, exist_ok=True)
        progress = Progress(count(wanted.decode()))
        with log_path.open("w", encoding="utf-8") as log:
            create(environment, progress, log, lock)
            fill(environment, progress, log, lock)
        unfinished = environment.complete.with_suffix(".new")
        unfinished.write_bytes(wanted)
        unfinished.replace(environment.complete)
        environment.unfinished.unlink()
        progress.finish()


@contextmanager
def alone(environment: Environment) -> Iterator[int]:
    """Holds the installation's lock. Our pip inherits it, so that it counts if we are killed."""
    lock = os.open(environment.requirements, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another installation of .venv to end.", file=sys.stderr, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
    finally:
        os.close(lock)


def count(requirements: str) -> int:
    """How many packages are asked for."""
    lines = (line.strip() for line in requirements.splitlines())
    return sum(1 for line in lines if line and line[0].isalnum())


def create(environment: Environment, progress: Progress, log: IO[str], lock: int) -> None:
    """An environment with pip in it. One that somebody else made is kept, one half made is not."""
    usable = os.access(environment.python, os.X_OK) and not environment.unfinished.exists()
    progress.show("preparing", 0)
    if not usable:
        if environment.folder.exists():
            shutil.rmtree(environment.folder)
        environment.folder.mkdir()
    environment.unfinished.touch()
    environment.complete.unlink(missing_ok=True)
    if not usable:
        run(
            [sys.executable, "-m", "venv", str(environment.folder)],
            log,
            lock,
            progress,
            environment,
        )


def fill(environment: Environment, progress: Progress, log: IO[str], lock: int) -> None:
    """Installs what requirements.txt asks for."""
    command = [str(environment.python), "-I", *PIP, "-r", str(environment.requirements)]
    run(command, log, lock, progress, environment)


def run(
    command: list[str], log: IO[str], lock: int, progress: Progress, environment: Environment
) -> None:
    """Runs a command to its end, its words in the log. Raises InstallError with their end."""
    # A file and not a pipe: it must not stop because we were killed.
    log.flush()
    running = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=clean(), pass_fds=(lock,)
    )
    with open(log.name, encoding="utf-8", errors="replace") as words:
        fetched: dict[str, None] = {}
        while running.poll() is None:
            fetched |= dict.fromkeys(name for line in words if (name := package(line)))
            progress.show(*state(fetched, installed(environment.folder)))
            time.sleep(POLL)
        words.seek(0)
        if running.returncode != 0:
            raise InstallError(explain(words.read(), Path(log.name)))


def clean() -> dict[str, str]:
    """The caller's variables without those that would send packages elsewhere."""
    harmful = {"PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    return {name: value for name, value in os.environ.items() if name not in harmful}


def package(line: str) -> str | None:
    """The package that a line of pip's says is being fetched."""
    found = None if ".metadata" in line else FETCHING.match(line)
    return found[1].replace("_", "-") if found else None


def state(fetched: dict[str, None], installed_count: int) -> tuple[str, int]:
    """What is being done and how far it is. pip first fetches everything, then installs it."""
    if installed_count or not fetched:
        return ("installing" if fetched else "preparing"), installed_count
    return f"fetching {list(fetched)[-1]}", len(fetched)


def installed(folder: Path) -> int:
    """How many packages are in the environment, pip and setuptools not counted."""
    packages = {
        path.name.partition("-")[0] for path in folder.glob("lib/*/site-packages/*.dist-info")
    }
    return len(packages - {"pip", "setuptools"})


def explain(words: str, log: Path) -> str:
    """A sentence with the end of what pip said."""
    why = "Making .venv failed."
    if DISK_FULL in words:
        why = "Making .venv failed: the disk is full. It needs about 1.5 GB."
    elif any(sign in words for sign in OFFLINE):
        why = "Making .venv failed: the package index cannot be reached. First use needs a network."
    lines = [line for line in words.splitlines() if line.strip()][-LINES_SHOWN:]
    said = "\n".join(f"  {line}" for line in lines)
    return f"{why} The next call begins again. All of it is in {log}; it ends:\n{said}"


def main() -> int:
    """The exit code."""
    checkout, log = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        install(Environment(checkout), log.absolute())
    except InstallError as error:
        print(f"\nnorthlight: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        why = f"{error.strerror}: {error.filename}"
        cure = "Run as the user who owns the checkout, or clone it anew."
        print(f"\nnorthlight: cannot make .venv ({why}). {cure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nnorthlight: interrupted; the next call begins again.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
