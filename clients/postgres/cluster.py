"""The data folder: made whole or not at all, and looked at before each start."""

import os
import pwd
import secrets
import shutil
import stat
from pathlib import Path

from clients.postgres import binaries
from clients.postgres.account import Account, first_closed, of_user
from clients.postgres.errors import ClusterError, PlaceError, StartError
from clients.postgres.place import Place, make_private
from clients.postgres.settings import DATABASE, ROLE

BUILDING = "building-"
DISK_FULL = ("No space left", "Check free disk space")


def make(place: Place, account: Account) -> None:
    """Makes the data folder.

    It is built beside its place and gets its name at the end. Whatever an interrupted attempt
    left is removed first. Every attempt has a name of its own, because a killed command may
    leave an initdb behind that still writes.
    """
    for left in place.cluster.glob(f"{BUILDING}*"):
        shutil.rmtree(left, ignore_errors=True)
    unfinished = place.cluster / f"{BUILDING}{secrets.token_hex(4)}"
    make_private(unfinished, account)
    try:
        build(unfinished, account)
        unfinished.rename(place.data)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    sync_folder(place.cluster)


def build(folder: Path, account: Account) -> None:
    """Runs initdb in an empty folder and makes the database in it."""
    programs = binaries.usable_by(account)
    made = binaries.run(programs, "initdb", initdb_arguments(folder, "C.UTF-8"), account)
    if "invalid locale name" in made.stderr:
        made = binaries.run(programs, "initdb", initdb_arguments(folder, "C"), account)
    if made.returncode != 0:
        said = made.stdout + made.stderr
        raise StartError(explain("PostgreSQL could not make its data folder", said))
    single = ["--single", "-D", str(folder), "postgres"]
    statement = f"CREATE DATABASE {DATABASE};\n"
    created = binaries.run(programs, "postgres", single, account, statement)
    if created.returncode != 0 or "ERROR" in created.stderr:
        raise StartError(explain("PostgreSQL could not make its database", created.stderr))


def initdb_arguments(folder: Path, system_locale: str) -> list[str]:
    """What initdb is told.

    Sorting and case come from PostgreSQL itself, the same everywhere. Only the splitting of texts
    into words asks the system's locale; under C.UTF-8 it knows that a curly quote is no letter.
    """
    return [
        f"--pgdata={folder}",
        f"--username={ROLE}",
        # Our own rules replace these; should anyone start the server without, nobody gets in.
        "--auth=reject",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        f"--locale={system_locale}",
        "--data-checksums",
    ]


def sync_folder(folder: Path) -> None:
    """Makes sure that a name given in `folder` survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def explain(what: str, output: str, count: int = 8) -> str:
    """A sentence with the last lines of what a program said."""
    lines = [line for line in output.splitlines() if line.strip()]
    full = any(words in output for words in DISK_FULL)
    why = ": the disk is full. Free some space and try again" if full else ""
    said = "\n".join(f"  {line}" for line in lines[-count:]) or "  (it said nothing)"
    return f"{what}{why}. It said:\n{said}"


def owner(place: Place) -> Account:
    """The account that runs this cluster's server: the owner of its data folder.

    Raises ClusterError if that is root, or somebody we may not act for.
    """
    uid = place.data.stat().st_uid
    if uid == 0:
        raise ClusterError(
            f"The data folder {place.data} belongs to root, and PostgreSQL refuses to run as root. "
            f"Give it back to the account it had: chown -R nobody {place.data}"
        )
    if os.geteuid() not in (0, uid):
        raise ClusterError(
            f"The data folder {place.data} belongs to {user_name(uid)}, and you are "
            f"{user_name(os.geteuid())}. Run as that user, or set NORTHLIGHT_HOME to a folder."
        )
    return of_user(uid)


def user_name(uid: int) -> str:
    """The name of a user, or the number if it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user number {uid}"


def check(place: Place, account: Account) -> None:
    """Raises ClusterError with the cure if PostgreSQL would refuse this data folder."""
    closed = first_closed(place.data, account)
    if closed is not None and closed != place.data:
        raise PlaceError(
            f"The account {account.name}, which runs the database, may not pass {closed}. "
            f"Let it: chmod o+x {closed}"
        )
    mode = stat.S_IMODE(place.data.stat().st_mode)
    if mode not in (0o700, 0o750):
        raise ClusterError(
            f"The data folder {place.data} has the mode {mode:04o}, and PostgreSQL only starts "
            f"when it is private. Somebody changed it; change it back: chmod 700 {place.data}"
        )
    check_version(place)


def check_version(place: Place) -> None:
    """Raises ClusterError unless the data folder was made by the PostgreSQL we bring."""
    try:
        major = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise ClusterError(
            f"{place.data} is not a PostgreSQL data folder: PG_VERSION is missing. Nothing was "
            "changed in it. Restore it from a backup, or move it away to begin with an empty one."
        ) from None
    if major != str(binaries.MAJOR):
        raise ClusterError(
            f"The data folder {place.data} was made by PostgreSQL {major}, and this Northlight "
            f"brings {binaries.MAJOR}. Nothing was changed in it. Back it up with the Northlight "
            "that made it, move it away, and restore the backup here."
        )
