"""Back up the whole database into one file; restore it, verified before it replaces anything."""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clients.postgres import archive
from jobs.backups import backup_file, erasure
from jobs.errors import JobError
from queries.access.logins import WEB_LOGIN, ensure_web_login
from queries.access.signing import ensure_signing_key
from queries.engine import plain_url
from queries.gate import WORKER, Gate
from queries.server import databases, manifest, migrate, restored, server

if TYPE_CHECKING:
    from sqlalchemy import Engine

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class BackedUp:
    """What is in the file."""

    path: Path
    tables: int
    rows: int
    size: int


@dataclass(frozen=True)
class Restored:
    """What is in use now. `kept`: the database that was replaced; `erased`: people, once more."""

    rows: int
    made_at: str
    kept: str
    erased: int
    carried: restored.Carried
    migrated: tuple[str, ...]

    def sentences(self) -> Iterator[str]:
        """What somebody who restored should know."""
        yield f"In use now: the backup of {self.made_at}, {self.rows:,} rows compared and alike."
        if self.migrated:
            yield f"Migrated since: {', '.join(self.migrated)}."
        if self.carried.known:
            yield (
                f"Kept from the database before: {self.carried.withdrawn} withdrawn consents and "
                f"{self.carried.shut_out} deactivated people that the backup did not know of."
            )
        yield f"Erased again: {self.erased}. Everybody has to sign in anew."
        yield f"The database before is kept as {self.kept}, closed to everybody; drop it when sure."


def back_up(engine: "Engine", home: Path, to: Path, progress: Progress) -> BackedUp:
    """Write everything, as of one moment, into a new file that only its owner may read.

    The file gets its name when it is whole. Raises JobError if it is there already.
    """
    if to.exists():
        raise JobError(f"{to} is there already. Name a new file: a backup is never overwritten.")
    unfinished = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with manifest.snapshot(engine) as (snapshot, connection):
            progress("counting", 0.0)
            found = manifest.manifest(connection)
            progress("writing", 0.3)
            archive.dump(plain_url(engine), _major(engine), unfinished, snapshot)
        progress("signing", 0.9)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        migrations = restored.migrations(engine)
        told = {"made_at": now, "migrations": migrations, "manifest": asdict(found)}
        backup_file.finish(unfinished, told, home)
        os.link(unfinished, to)  # unlike a rename it never takes another's place
    except FileExistsError as error:
        raise JobError(f"{to} is there already. Name a new file.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return BackedUp(to, len(found.tables), found.rows, to.stat().st_size)


def restore(
    engine: "Engine",
    home: Path,
    path: Path,
    progress: Progress,
    *,
    foreign: bool = False,
    own: bool = False,
    login: str = WEB_LOGIN,
) -> Restored:
    """Put what a backup holds in the place of the live database.

    It is restored beside it, compared with what the backup says of itself, brought to this version,
    and everybody who was erased since is erased again; only then do the two change names. Whatever
    goes wrong before leaves the live database as it was. `foreign`: the file may be of another
    installation; `own`: nobody else uses this database; `login`: the application's.
    """
    progress("checking the file", 0.0)
    told = backup_file.checked(path, home, foreign=foreign)
    wanted = manifest.from_json(told["manifest"])
    restored.require_known(told["migrations"])
    restored.ensure_roles(engine, wanted.roles)
    with databases.beside(engine) as new:
        progress("restoring", 0.1)
        archive.restore(plain_url(new.engine), _major(engine), path, restored.login(engine))
        progress("comparing", 0.6)
        _require_alike(new.engine, wanted)
        progress("bringing it up to date", 0.8)
        migrated = tuple(migrate.migrate(new.engine))
        carried = restored.carry_over(engine, new.engine)
        ensure_web_login(new.engine, None, login=login, own_database=own)
        ensure_signing_key(new.engine, home)
        reports = erasure.replay(Gate(new.engine, WORKER), home, "restore")
        progress("switching", 0.95)
        engine.dispose()
        kept = new.take_the_place()
    return Restored(wanted.rows, told["made_at"], kept, len(reports), carried, migrated)


def _major(engine: "Engine") -> int:
    return server.facts(engine).number // 10_000


def _require_alike(engine: "Engine", wanted: manifest.Manifest) -> None:
    with manifest.snapshot(engine) as (_, connection):
        unlike = wanted.differences(manifest.manifest(connection))
    if unlike:
        raise JobError(
            f"What was restored is not what was backed up: {'; '.join(unlike)}. "
            "Nothing was replaced."
        )
