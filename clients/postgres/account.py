"""The operating system account the server runs as, and the folders that account can reach."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from clients.postgres.errors import AccountError

MAY_NOT_SWITCH = (
    "May not act as another account here, and PostgreSQL refuses to run as root. Run ./northlight "
    "as an ordinary user, or set DATABASE_URL to another server."
)
# initdb looks its account up by number, so only accounts the system knows will do.
SERVICE_ACCOUNTS = ("nobody", "postgres", "daemon", "www-data", "bin")


class Switch(TypedDict, total=False):
    """The arguments of `subprocess` that change who a child runs as."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """Who runs the server: never root, because PostgreSQL refuses to."""

    uid: int
    gid: int
    name: str

    @property
    def switch(self) -> Switch:
        """Arguments that make `subprocess` run a child as this account; none if we are it."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    @property
    def is_us(self) -> bool:
        """Whether this very process runs as the account."""
        return self.uid == os.geteuid()


def for_new_cluster() -> Account:
    """The caller, or for root an account without rights.

    Raises AccountError when the system knows no such account.
    """
    if os.geteuid() != 0:
        return of_user(os.geteuid())
    for name in SERVICE_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise AccountError(
        "PostgreSQL refuses to run as root, and this machine has no account without rights. "
        "Add one (useradd --system nobody) or run ./northlight as an ordinary user."
    )


def of_user(uid: int) -> Account:
    """The account with this number. Raises AccountError when the system does not know it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise AccountError(
            f"User number {uid} has no entry in /etc/passwd, and PostgreSQL needs one. "
            "Add the entry, run as a known user, or set DATABASE_URL to another server."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def first_closed(path: Path, account: Account) -> Path | None:
    """The outermost existing folder on the way to `path` that `account` may not pass, if any."""
    for folder in (*reversed(path.parents), path):
        if folder.exists() and not may_pass(folder, account):
            return folder
    return None


def may_pass(folder: Path, account: Account) -> bool:
    """Whether the mode of `folder` lets `account` go through it."""
    found = folder.stat()
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)
