"""Bringing a server up, whatever the last one left behind."""

import os
import pwd
import subprocess
import time
from pathlib import Path

from clients.postgres import binaries, cluster, connection, locks, postmaster, settings
from clients.postgres.account import Account
from clients.postgres.connection import Answer
from clients.postgres.errors import BusyError, StartError
from clients.postgres.place import Place, make_folder, make_private

# Recovery after a crash of a busy server may take minutes.
RECOVERY_SECONDS = 300.0
LEFTOVER_SECONDS = 15.0
# Processes that lost their postmaster normally see it within a second and end by themselves.
LEFTOVER_PATIENCE = 5.0
POLL = 0.05
LOG_LIMIT = 10 * 2**20
MEMORY_IN_USE = "pre-existing shared memory block"
# The shell leaves at once, so that the server is nobody's child and no zombie of ours.
LET_GO = '"$@" &'


def ensure(place: Place, account: Account) -> None:
    """Returns once the server answers. Call with the home's lock held."""
    if is_up_after_waiting(place):
        return
    cluster.check(place, account)
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while not launch(place, account):
        if time.monotonic() >= deadline:
            raise StartError(failure(place, 0))
        time.sleep(10 * POLL)


def is_up_after_waiting(place: Place) -> bool:
    """Whether the server answers, once what is under way has come to an end.

    Under way: a server that still starts, recovers or shuts down; or what is left of a killed
    one, which is asked to end when it does not do so by itself.

    Raises BusyError if it does not come to an end.
    """
    begun = time.monotonic()
    while connection.ask(place) is not Answer.READY:
        if not postmaster.lives(place):
            return False
        pid, waited = postmaster.find(place), time.monotonic() - begun
        if pid is None and waited > LEFTOVER_PATIENCE:
            postmaster.end_leftovers(place)
        if waited > (LEFTOVER_SECONDS if pid is None else RECOVERY_SECONDS):
            raise BusyError(busy(place, pid))
        time.sleep(POLL)
    return True


def busy(place: Place, pid: int | None) -> str:
    """What to tell about a server that neither answers nor ends."""
    if pid is not None:
        return (
            f"A PostgreSQL (process {pid}) works on {place.data} but does not answer at "
            f"{place.socket}. Stop it (kill -INT {pid}) and try again. Its log: {place.log}"
        )
    left = ", ".join(map(str, postmaster.members(place))) or "not visible from here"
    return (
        f"Processes of a killed database server still work on {place.data} ({left}). "
        "Wait until they have ended, or end them."
    )


def launch(place: Place, account: Account) -> bool:
    """Starts the server; false if memory of a killed one is still in use.

    Raises StartError with the end of the log if it does not start.
    """
    settings.write(place, operators(place))
    make_private(place.sockets, account)
    postmaster.clear_stale(place)
    spoken = rotated(place.log)
    spawn(place, account)
    deadline = time.monotonic() + RECOVERY_SECONDS
    while connection.ask(place) is not Answer.READY:
        if not postmaster.lives(place):
            if MEMORY_IN_USE in said(place.log, spoken):
                return False
            raise StartError(failure(place, spoken))
        if time.monotonic() >= deadline:
            raise StartError(failure(place, spoken))
        time.sleep(POLL)
    return True


def operators(place: Place) -> list[str]:
    """System users who are the role northlight: root, and whoever made the cluster's folder."""
    names = {"root"}
    for uid in (place.cluster.stat().st_uid, os.geteuid()):
        names.add(pwd.getpwuid(uid).pw_name)
    return sorted(names)


def spawn(place: Place, account: Account) -> None:
    """Starts the server in a session of its own, so that no Ctrl-C reaches it.

    It inherits the lock on `alive`, and so do all processes it makes: the lock is free again
    only when the last of them has ended.
    """
    program = binaries.usable_by(account) / "postgres"
    command = [str(program), "-D", str(place.data), "-c", f"config_file={place.config}"]
    alive = locks.open_lock(place.alive)
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        if not locks.take(alive, 10 * POLL):
            raise BusyError(busy(place, postmaster.find(place)))
        subprocess.run(
            ["/bin/sh", "-c", LET_GO, "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=True,
            env=binaries.environment(),
            cwd="/",
            start_new_session=True,
            pass_fds=(alive,),
            **account.switch,
        )
    finally:
        os.close(log)
        os.close(alive)


def rotated(log: Path) -> int:
    """Where in the log the next server's words begin. A long log is put aside first."""
    make_folder(log.parent)
    if not log.exists():
        return 0
    if log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
        return 0
    return log.stat().st_size


def said(log: Path, start: int) -> str:
    """What was written to the log after position `start`."""
    with log.open("rb") as opened:
        opened.seek(start)
        return opened.read().decode(errors="replace")


def failure(place: Place, start: int) -> str:
    """A sentence with the last lines of the log."""
    what = f"PostgreSQL did not start (log: {place.log})"
    return cluster.explain(what, said(place.log, start))
