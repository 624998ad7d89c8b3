"""Start, find, stop and erase the embedded server of a home."""

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clients.postgres import cluster, connection, locks, postmaster, startup
from clients.postgres.account import Account, for_new_cluster
from clients.postgres.connection import Answer
from clients.postgres.errors import PlaceError, StopError
from clients.postgres.place import Place, lock_file, make_folder, recorded, settle

# Somebody else may be waiting for a long recovery.
OTHERS_SECONDS = 330.0
FAST_STOP_SECONDS = 60.0
AT_ONCE_SECONDS = 15.0
CURES = {
    errno.ENOSPC: "Free some space on that disk and try again.",
    errno.EROFS: "Set NORTHLIGHT_HOME to a folder that can be written.",
}


@dataclass(frozen=True)
class ServerStatus:
    """What can be said about a home's server without starting it."""

    state: Literal["running", "starting", "stopped", "absent"]
    url: str
    data: Path
    log: Path
    pid: int | None


def ensure_running(home: Path) -> str:
    """The URL of this home's database, its server started if need be.

    The server outlives the caller. Any number of callers may ask at the same time; one of them
    starts it. Raises PostgresError with a cure.
    """
    with explained():
        home = home.resolve()
        place = recorded(home)
        if connection.ask(place) is not Answer.READY:
            with changing(home):
                place, account = made(home)
                startup.ensure(place, account)
        return connection.url(place)


def url(home: Path) -> str:
    """The URL this home's database has, or will have if it is made in the home."""
    with explained():
        return connection.url(recorded(home.resolve()))


def status(home: Path) -> ServerStatus:
    """What can be said about this home's server without starting it."""
    with explained():
        place = recorded(home.resolve())
        pid = postmaster.find(place)
        return ServerStatus(state(place), connection.url(place), place.data, place.log, pid)


def state(place: Place) -> Literal["running", "starting", "stopped", "absent"]:
    """One word for the server's state. "starting" includes recovering and shutting down."""
    if not place.exists:
        return "absent"
    if connection.ask(place) is Answer.READY:
        return "running"
    return "starting" if postmaster.lives(place) else "stopped"


def stop(home: Path) -> bool:
    """Ends this home's server; open connections are cut. Whether there was one to end.

    Raises StopError if one runs that cannot be seen from here.
    """
    with explained():
        home = home.resolve()
        if not recorded(home).exists:
            return False
        with changing(home):
            return end(recorded(home))


def erase(home: Path) -> None:
    """Ends this home's server and deletes its database for good, wherever it is kept."""
    stop(home)
    with explained():
        home = home.resolve()
        place = recorded(home)
        for folder in (place.cluster, place.sockets, home / "postgres"):
            if folder.exists():
                shutil.rmtree(folder)
        place.log.unlink(missing_ok=True)


@contextmanager
def changing(home: Path) -> Iterator[None]:
    """Holds the home's lock, its folder made if need be."""
    path = lock_file(home)
    make_folder(path.parent, open_to_pass=os.geteuid() == 0)
    with locks.exclusive(locks.open_lock(path), OTHERS_SECONDS):
        yield


@contextmanager
def explained() -> Iterator[None]:
    """Turns what the system refuses into a PlaceError with a cure."""
    try:
        yield
    except PermissionError as error:
        raise PlaceError(
            f"May not use {error.filename}: it belongs to another user. Run as that user, or set "
            "NORTHLIGHT_HOME to a folder of yours."
        ) from error
    except OSError as error:
        cure = CURES.get(error.errno or 0, "Set NORTHLIGHT_HOME to another folder.")
        raise PlaceError(f"Cannot use {error.filename}: {error.strerror}. {cure}") from error


def made(home: Path) -> tuple[Place, Account]:
    """The home's cluster, made if there is none, and the account that runs its server."""
    place = recorded(home)
    if not place.exists:
        account = for_new_cluster()
        place = settle(home, account)
        cluster.make(place, account)
    return place, cluster.owner(place)


def end(place: Place) -> bool:
    """Ends the server with the home's lock held. Whether there was one to end."""
    pid = postmaster.find(place)
    if pid is None:
        if connection.ask(place) is Answer.NOBODY:
            return False
        raise StopError(
            f"The database in {place.data} runs, but its process cannot be seen from here. Stop it "
            "where it was started (another container or machine?)."
        )
    # Fast first, which writes everything down; then at once, which leaves the rest to recovery.
    for number, seconds in ((signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, AT_ONCE_SECONDS)):
        postmaster.send([pid], number)
        if postmaster.wait_gone(place, seconds):
            return True
    raise StopError(f"The database (process {pid}) does not end. Its log: {place.log}")
