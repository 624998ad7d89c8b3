"""Locks that end with the process that holds them, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clients.postgres.errors import BusyError

POLL = 0.05


@contextmanager
def exclusive(descriptor: int, wait: float) -> Iterator[None]:
    """Holds an opened lock file alone, waiting at most `wait` seconds for others; closes it.

    Raises BusyError with the number of the process that holds it.
    """
    try:
        if not take(descriptor, wait):
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
            raise BusyError(
                f"Another Northlight command (process {holder or 'unknown'}) has been starting or "
                f"stopping the database for over {wait:.0f} seconds. Wait for it or end it."
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, made if need be; links are not followed."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def take(descriptor: int, wait: float) -> bool:
    """Whether the lock could be had within `wait` seconds."""
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL)
        else:
            return True


def is_held(path: Path) -> bool:
    """Whether some process holds the lock file `path` alone."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look do not see each other.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
