"""Where a home keeps its cluster.

    <home>/postgres/lock          held while somebody starts or stops the server
    <home>/postgres/place         only if the cluster had to be elsewhere: its folder
    <home>/postgres/cluster/      the cluster, when the server's account can reach it there
        alive                     locked by every process of the server while it lives
        postgresql.conf, hba.conf, ident.conf    written anew at each start
        data/                     PGDATA
        run/                      the socket, unless the path is too long for one
    <home>/log/postgres.log       what the server says

Folders that exist already are never made more open than they are.
"""

import hashlib
import os
import re
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from clients.postgres.account import MAY_NOT_SWITCH, Account, first_closed
from clients.postgres.errors import AccountError, ClusterError, PlaceError

PORT = 5432
# A socket's path may have 107 bytes on Linux and 103 on macOS.
SOCKET_PATH_LIMIT = 103
# Commas separate hosts in a connection string, quotes end a setting.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
SHARED_BASES = tuple(
    Path(base) / "northlight" for base in ("/var/lib", "/opt", "/srv", "/var/tmp", "/run")
)
SHORT_BASE = Path("/tmp")


@dataclass(frozen=True)
class Place:
    """The folders and files of one home's server. Nothing here says that they exist."""

    home: Path
    cluster: Path

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.cluster / "data"

    @property
    def alive(self) -> Path:
        """Locked by every process of the server for as long as it lives."""
        return self.cluster / "alive"

    @property
    def config(self) -> Path:
        """The settings file the server is started with."""
        return self.cluster / "postgresql.conf"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "log" / "postgres.log"

    @property
    def sockets(self) -> Path:
        """The private folder of the socket; elsewhere if the path is too long or has odd signs."""
        here = self.cluster / "run"
        longest = len(os.fsencode(here / socket_name()))
        if longest <= SOCKET_PATH_LIMIT and PLAIN_PATH.fullmatch(str(here)):
            return here
        return SHORT_BASE / f"northlight-{digest(self.cluster)}"

    @property
    def socket(self) -> Path:
        """The socket the server listens on."""
        return self.sockets / socket_name()

    @property
    def exists(self) -> bool:
        """Whether a cluster was made here."""
        return self.data.exists()


def socket_name() -> str:
    """The name PostgreSQL gives its socket."""
    return f".s.PGSQL.{PORT}"


def digest(path: Path) -> str:
    """Twelve hexadecimal digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def lock_file(home: Path) -> Path:
    """Held while somebody starts or stops the server of this home."""
    return home / "postgres" / "lock"


def record(home: Path) -> Path:
    """Names the cluster's folder if it had to be outside the home."""
    return home / "postgres" / "place"


def recorded(home: Path) -> Place:
    """The place of this home's cluster as recorded, or where it would be by default."""
    if record(home).exists():
        return Place(home, Path(os.fsdecode(record(home).read_bytes()).strip("\n")))
    return Place(home, home / "postgres" / "cluster")


def settle(home: Path, account: Account) -> Place:
    """The place of this home's cluster, its folder made. Call with the home's lock held.

    Prefers the home itself. If `account` cannot get there, a folder elsewhere is made and
    recorded in the home.
    """
    place = recorded(home)
    if place.cluster.exists():
        return place
    if "\n" in str(home):
        raise PlaceError("NORTHLIGHT_HOME contains a line break, which PostgreSQL cannot take.")
    if record(home).exists():
        raise ClusterError(
            f"The database of {home} was kept in {place.cluster}, which is gone. Bring it back, or "
            f"remove {record(home)} to begin with an empty one."
        )
    if first_closed(place.cluster.parent, account) is None and keeps_modes(place.cluster, account):
        return place
    elsewhere = shared_base(account) / f"{home.name.strip('.')[:24]}-{secrets.token_hex(6)}"
    make_folder(elsewhere, open_to_pass=not account.is_us)
    unfinished = record(home).with_suffix(".new")
    unfinished.write_bytes(os.fsencode(f"{elsewhere}\n"))
    unfinished.replace(record(home))
    return Place(home, elsewhere)


def keeps_modes(cluster: Path, account: Account) -> bool:
    """Makes the cluster's folder; false, with the folder gone, if modes do not hold there.

    On some mounted folders (Windows drives, shared volumes) every file has one fixed mode, and
    PostgreSQL refuses a data folder that others can read.
    """
    make_folder(cluster, open_to_pass=not account.is_us)
    trial = cluster / "trial"
    try:
        make_private(trial, account)
        found = trial.stat()
        holds = stat.S_IMODE(found.st_mode) == stat.S_IRWXU and found.st_uid == account.uid
    except AccountError:
        holds = False
    trial.rmdir()
    if not holds:
        cluster.rmdir()
    return holds


def shared_base(account: Account) -> Path:
    """A folder outside the home in which `account` can reach what we put there."""
    tried = []
    for base in bases(account):
        tried.append(str(base))
        try:
            make_folder(base, open_to_pass=not account.is_us)
        except OSError:
            continue
        if is_ours(base) and first_closed(base, account) is None:
            return base
    raise PlaceError(
        f"Found no folder that the account {account.name} can reach for the database; tried "
        f"{', '.join(tried)}. Set NORTHLIGHT_HOME to a folder whose parents others may pass."
    )


def bases(account: Account) -> tuple[Path, ...]:
    """Where to look for room outside the home, best first."""
    if not account.is_us:
        return SHARED_BASES
    return (Path("/var/tmp") / f"northlight-{account.uid}",)


def is_ours(folder: Path) -> bool:
    """Whether `folder` is a real folder of ours in which nobody else may write."""
    found = folder.lstat()
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not others_write


def make_folder(folder: Path, *, open_to_pass: bool = False) -> None:
    """Makes `folder` unless it exists. The mode of an existing one is left alone."""
    if folder.exists():
        return
    make_folder(folder.parent, open_to_pass=open_to_pass)
    try:
        folder.mkdir()
    except FileExistsError:
        return
    # Whatever the umask: this folder is new, so its mode is ours to choose.
    folder.chmod(0o711 if open_to_pass else 0o700)


def make_private(folder: Path, account: Account) -> None:
    """Makes `folder` for `account` alone, or checks that an existing one is.

    Raises PlaceError if somebody else holds the name, AccountError if we may not give it away.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.geteuid()):
            message = f"{folder} belongs to somebody else. Remove it and try again."
            raise PlaceError(message) from None
    folder.chmod(0o700)
    if account.is_us:
        return
    try:
        os.chown(folder, account.uid, account.gid)
    except OSError as error:
        raise AccountError(MAY_NOT_SWITCH) from error
