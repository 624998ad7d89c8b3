"""Numbered SQL migrations: each applied once, in a transaction, one process at a time.

Northlight's own migrations are numbered below 100. From 100 on each file lays out one of the five
systems; where that system's schema is there already it is used in place and the file is passed by.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from queries.engine import first_line
from queries.errors import MigrationError, ServerError
from queries.gate import writing
from queries.server.server import facts_in

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
FIRST_SYSTEM = 100


@dataclass(frozen=True)
class Migration:
    """One file of `migrations/`."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Changes with any edit of the file."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def system(self) -> str | None:
        """The schema of the system the file lays out, for numbers from 100 on."""
        return self.name if self.number >= FIRST_SYSTEM else None


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The files in their order. Raises MigrationError if two share a number."""
    found = []
    for path in sorted(folder.glob("[0-9]*.sql")):
        number, _, name = path.stem.partition("_")
        found.append(Migration(int(number), name, path.read_text(encoding="utf-8")))
    numbers = [migration.number for migration in found]
    if len(set(numbers)) != len(numbers):
        raise MigrationError(f"Two migrations share a number: {numbers}. Renumber the newer one.")
    return found


def migrate(engine: Engine, folder: Path = FOLDER) -> list[str]:
    """Apply what is missing; the names of what was applied now, in order.

    Raises MigrationError if an applied file was edited since, ServerError without pgvector.
    """
    applied = []
    for migration in migrations(folder):
        with writing(engine) as connection:
            _one_at_a_time(connection)
            if _needed(connection, migration):
                _apply(connection, migration)
                applied.append(f"{migration.number:04}_{migration.name}")
    return applied


def pending(engine: Engine, folder: Path = FOLDER) -> list[str]:
    """The names of the migrations that this database has not seen."""
    with writing(engine) as connection:
        there = connection.execute(text("SELECT to_regclass('public.northlight_migration')"))
        if there.scalar() is None:
            known: set[int] = set()
        else:
            numbers = connection.execute(text("SELECT number FROM public.northlight_migration"))
            known = set(numbers.scalars())
    return [f"{m.number:04}_{m.name}" for m in migrations(folder) if m.number not in known]


def in_place_systems(engine: Engine) -> set[str]:
    """The systems whose schema was there before Northlight: their tables are somebody's own."""
    with writing(engine) as connection:
        rows = connection.execute(
            text("SELECT name FROM public.northlight_migration WHERE in_place")
        )
        return set(rows.scalars())


def _one_at_a_time(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.migrate'))"))
    try:
        _need_pgvector(connection)
        _need_table(connection)
    except ProgrammingError as error:
        login = connection.engine.url.username or "The login"
        raise MigrationError(
            f"{login} may not set Northlight up here: {first_line(error)} Let the database's owner "
            "run `./northlight db migrate` once, or grant CREATE on the database and its schema "
            "public."
        ) from error


def _need_table(connection: Connection) -> None:
    there = connection.execute(text("SELECT to_regclass('public.northlight_migration')"))
    if there.scalar() is not None:
        return
    connection.execute(
        text(
            "CREATE TABLE public.northlight_migration (number integer PRIMARY KEY, "
            "name text NOT NULL, checksum text NOT NULL, in_place boolean NOT NULL DEFAULT false, "
            "applied_at timestamptz NOT NULL DEFAULT now())"
        )
    )


def _need_pgvector(connection: Connection) -> None:
    hindrance = facts_in(connection).hindrance
    if hindrance:
        raise ServerError(hindrance)
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))


def _needed(connection: Connection, migration: Migration) -> bool:
    seen = connection.execute(
        text("SELECT checksum, in_place FROM public.northlight_migration WHERE number = :number"),
        {"number": migration.number},
    ).first()
    if seen is None:
        return True
    if seen.checksum != migration.checksum and not seen.in_place:
        raise MigrationError(
            f"Migration {migration.number:04}_{migration.name} was applied in another wording. "
            "An applied migration is never edited: restore the file and add a new one."
        )
    return False


def _apply(connection: Connection, migration: Migration) -> None:
    in_place = migration.system is not None and _in_place(connection, migration.system)
    if not in_place:
        try:
            # A string without parameters may hold several statements; `%` needs no doubling then.
            cursor = connection.connection.cursor()
            cursor.execute(migration.sql)
        except psycopg.Error as error:
            raise MigrationError(
                f"Migration {migration.number:04}_{migration.name} failed and was undone: "
                f"{first_line(error)}"
            ) from error
    connection.execute(
        text(
            "INSERT INTO public.northlight_migration (number, name, checksum, in_place) "
            "VALUES (:number, :name, :checksum, :in_place)"
        ),
        {
            "number": migration.number,
            "name": migration.name,
            "checksum": migration.checksum,
            "in_place": in_place,
        },
    )


def _in_place(connection: Connection, system: str) -> bool:
    """Whether the system's schema was there before Northlight: then none of its files applies."""
    before = connection.execute(
        text("SELECT in_place FROM public.northlight_migration WHERE name = :name"),
        {"name": system},
    ).first()
    return _has_schema(connection, system) if before is None else bool(before.in_place)


def _has_schema(connection: Connection, schema: str) -> bool:
    found = connection.execute(
        text("SELECT 1 FROM pg_namespace WHERE nspname = :schema"), {"schema": schema}
    )
    return found.first() is not None
