"""The processes of a server: which they are, whether they live, and how they end.

A process number alone proves nothing: it may have been given to somebody else since. So whether
a server lives is asked of a lock that all its processes hold, and a process is only sent a
signal after the system says that it works on our data folder.
"""

import contextlib
import os
import signal
import time
from pathlib import Path

from clients.postgres import locks
from clients.postgres.connection import same_folder
from clients.postgres.place import Place

PROC = Path("/proc")
POLL = 0.05


def lives(place: Place) -> bool:
    """Whether any process of this cluster's server is left, as far as can be seen."""
    return locks.is_held(place.alive) or find(place) is not None


def find(place: Place) -> int | None:
    """The number of the live postmaster of this data folder, if it can be seen from here."""
    pid = number_in(place.data / "postmaster.pid")
    return pid if pid is not None and is_postmaster(pid, place.data) else None


def is_postmaster(pid: int, data: Path) -> bool:
    """Whether this process is a PostgreSQL that was started on this data folder."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    if not words[0].endswith(b"/postgres") or b"-D" not in words[:-1]:
        return False
    named = Path(os.fsdecode(words[words.index(b"-D") + 1]))
    # Its folder may have been moved since, together with the whole home; its own view moves along.
    return same_folder(named, data) or same_folder(PROC / str(pid) / "cwd", data)


def members(place: Place) -> list[int]:
    """Numbers of all PostgreSQL processes at work in this data folder that can be seen."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            works_here = (entry / "cwd").readlink() == place.data
            is_postgres = (entry / "exe").readlink().name.startswith("postgres")
        except OSError:
            # It ended, or it is somebody else's and the system does not tell.
            continue
        if works_here and is_postgres:
            found.append(int(entry.name))
    return found


def send(pids: list[int], number: signal.Signals) -> None:
    """Sends a signal to processes that may have ended meanwhile."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def end_leftovers(place: Place) -> None:
    """Asks processes that outlived their postmaster to end; what they did not commit is lost."""
    if find(place) is None:
        send(members(place), signal.SIGTERM)


def wait_gone(place: Place, seconds: float) -> bool:
    """Whether no process of the server is left within so many seconds."""
    deadline = time.monotonic() + seconds
    while lives(place):
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL)
    return True


def clear_stale(place: Place) -> None:
    """Removes pid files that name a live process which is not ours. Call when none of ours lives.

    PostgreSQL itself deals with the files of dead processes. But it takes any live process of its
    user for a server, and also a dead one that nobody reaps, as in containers without an init.
    """
    for path in (place.data / "postmaster.pid", place.sockets / f"{place.socket.name}.lock"):
        pid = number_in(path)
        # Otherwise the file stays: it leads PostgreSQL to shared memory that may be in use.
        if pid is not None and (PROC / str(pid)).exists() and not members(place):
            path.unlink(missing_ok=True)


def number_in(path: Path) -> int | None:
    """The process number in the first line of a pid file."""
    try:
        first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    return abs(int(first)) if first.lstrip("-").isdigit() else None
