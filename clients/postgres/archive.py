"""PostgreSQL's own programs for backups: pg_dump and pg_restore, of the PATH or of the wheel."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from clients.postgres.binaries import MAJOR, installed
from clients.postgres.errors import ArchiveError, BinariesError

JOBS = 2  # at a time, when a backup is restored: indexes take most of it
LINES_SHOWN = 5


def dump(url: str, major: int, to: Path, snapshot: str) -> None:
    """Write the database as that snapshot sees it, compressed. Raises ArchiveError."""
    arguments = ["--format=custom", f"--snapshot={snapshot}", f"--file={to}"]
    _run(program("pg_dump", major), arguments, url)


def restore(url: str, major: int, archive: Path, login: str) -> None:
    """Fill an empty database from an archive; everything then belongs to the login of the URL.

    Default privileges of another login are left out: that login may not be known here. Raises
    ArchiveError at the first thing that cannot be restored.
    """
    folder = program("pg_restore", major)
    listed = _run(folder, ["--list", str(archive)], None)
    wanted = [line for line in listed.splitlines() if _is_for(line, login)]
    contents = archive.with_name(f"{archive.name}.contents")
    try:
        contents.write_text("\n".join(wanted), encoding="utf-8")
        order = ["--exit-on-error", "--no-owner", f"--jobs={JOBS}", f"--use-list={contents}"]
        _run(folder, [*order, str(archive)], url)
    finally:
        contents.unlink(missing_ok=True)


def program(name: str, major: int) -> Path:
    """The program that fits a server of this major version. Raises BinariesError if none does.

    One of another major than the server's may write what the server does not understand, so the
    PATH's is taken only if it is of the same; the wheel's comes next, for servers as old or older.
    """
    found = shutil.which(name)
    if found and _major(Path(found)) == major:
        return Path(found)
    ours = installed() / name
    if major > MAJOR or not ours.exists():
        raise BinariesError(
            f"This server is PostgreSQL {major}. Put its own {name} on the PATH (Debian and "
            f"Ubuntu: postgresql-client-{major}), then run the command again."
        )
    return ours


def _is_for(line: str, login: str) -> bool:
    return " DEFAULT ACL " not in line or line.endswith(f" {login}")


def _major(path: Path) -> int:
    asked = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    told = re.search(r"(\d+)", asked.stdout)
    return int(told[1]) if told else 0


def _run(path: Path, arguments: Sequence[str], url: str | None) -> str:
    """What the program printed. The password goes in the environment: arguments are public."""
    environment = os.environ | {"LC_ALL": "C"}
    if url is not None:
        bare, password = _without_password(url)
        arguments = [*arguments, "--no-password", f"--dbname={bare}"]
        environment |= {"PGPASSWORD": password} if password else {}
    ran = subprocess.run(
        [path, *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=environment,
    )
    if ran.returncode != 0:
        said = [line for line in ran.stderr.splitlines() if line.strip()][:LINES_SHOWN]
        raise ArchiveError(f"{path.name} failed: {' '.join(said) or ran.returncode}")
    return ran.stdout


def _without_password(url: str) -> tuple[str, str | None]:
    parts = urlsplit(url)
    if parts.password is None:
        return url, None
    _, _, place = parts.netloc.rpartition("@")
    user = quote(unquote(parts.username or ""), safe="")
    return urlunsplit(parts._replace(netloc=f"{user}@{place}")), unquote(parts.password)
