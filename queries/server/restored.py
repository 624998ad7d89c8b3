"""A restored database before it is used: what it needs, and what it must not bring back.

A backup is of an earlier day. Consent that was withdrawn since, people who were shut out since and
keys that were replaced since must not come back with it; nor does any session.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from queries.access.logins import WEB_LOGIN
from queries.errors import ServerError
from queries.gate import ROLES, writing
from queries.identifiers import quoted
from queries.server.migrate import migrations as known_migrations

_THERE = text("SELECT to_regclass('northlight_auth.erasure') IS NOT NULL")
# Alike in two databases exactly if they have the same key for digests: one installation's.
_LINEAGE = text("SELECT northlight_auth.keyed('lineage', 0)")
# Read from the live database, written to the restored one.
_CARRIED: Mapping[str, tuple[str, str]] = {
    "erased": (
        "SELECT system, digest, erased_at, erased_by FROM northlight_auth.erasure",
        "INSERT INTO northlight_auth.erasure (system, digest, erased_at, erased_by) "
        "VALUES (:system, :digest, :erased_at, :erased_by) ON CONFLICT DO NOTHING",
    ),
    "withdrawn": (
        "SELECT system, owner, purpose, withdrawn_at FROM northlight_auth.withdrawal",
        "INSERT INTO northlight_auth.withdrawal (system, owner, purpose, withdrawn_at) "
        "VALUES (:system, :owner, :purpose, :withdrawn_at) ON CONFLICT DO NOTHING",
    ),
    "shut_out": (
        "SELECT issuer, subject FROM northlight_auth.person WHERE NOT active",
        "UPDATE northlight_auth.person SET active = false "
        "WHERE issuer = :issuer AND subject = :subject AND active",
    ),
    "keys": (
        "SELECT kid, inner_pad, outer_pad, made_at, retired_at FROM northlight_auth.signing_key "
        "WHERE kid > 0",
        "INSERT INTO northlight_auth.signing_key (kid, inner_pad, outer_pad, made_at, retired_at) "
        "VALUES (:kid, :inner_pad, :outer_pad, :made_at, :retired_at)",
    ),
}


@dataclass(frozen=True)
class Carried:
    """How much the restored database did not know of. `known`: the two are of one installation."""

    known: bool = False
    withdrawn: int = 0
    shut_out: int = 0


def migrations(engine: Engine) -> list[int]:
    """The numbers of those that the database has seen."""
    there = text("SELECT to_regclass('public.northlight_migration') IS NOT NULL")
    numbers = text("SELECT number FROM public.northlight_migration ORDER BY number")
    with writing(engine) as connection:
        if not connection.execute(there).scalar_one():
            return []
        return list(connection.execute(numbers).scalars())


def login(engine: Engine) -> str:
    """Who the engine's connections are."""
    with writing(engine) as connection:
        return str(connection.execute(text("SELECT session_user")).scalar_one())


def require_known(numbers: Iterable[int]) -> None:
    """Raise ServerError for migrations that this version of Northlight does not have."""
    unknown = sorted(set(numbers) - {migration.number for migration in known_migrations()})
    if unknown:
        raise ServerError(
            f"The backup is of a newer Northlight: its migrations {unknown} are not known here. "
            "Update Northlight first. Nothing was changed."
        )


def ensure_roles(engine: Engine, wanted: Iterable[str]) -> None:
    """Make Northlight's own roles where a new server lacks them.

    Raises ServerError for others that the backup gives rights to: their meaning is not ours.
    """
    ours = {*ROLES.values(), WEB_LOGIN}
    with writing(engine) as connection:
        there = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
        foreign = sorted(set(wanted) - there - ours)
        if foreign:
            raise ServerError(
                f"The backup gives rights to {', '.join(foreign)}, which are not on this server. "
                "Let an administrator make them first (CREATE ROLE). Nothing was changed."
            )
        for role in sorted(ours - there):
            may = "LOGIN" if role == WEB_LOGIN else "NOLOGIN"
            connection.exec_driver_sql(f"CREATE ROLE {quoted(role)} {may} NOINHERIT")
        for role in sorted(ROLES.values()):
            connection.exec_driver_sql(
                f"GRANT {quoted(role)} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE"
            )


def carry_over(live: Engine, new: Engine) -> Carried:
    """Take to the restored database what must hold from now on whatever the backup says.

    From a live database of another installation, or of none, nothing is taken: its digests and
    owners mean others. Every session ends, and every cached page with it.
    """
    with writing(live) as old, writing(new) as connection:
        connection.execute(
            text("SELECT northlight_auth.end_all(p.id) FROM northlight_auth.person p")
        )
        connection.execute(text("DELETE FROM northlight_auth.signing_key WHERE kid > 0"))
        if not _of_one_installation(old, connection):
            return Carried()
        taken = {what: _taken(old, connection, *sql) for what, sql in _CARRIED.items()}
    return Carried(True, taken["withdrawn"], taken["shut_out"])


def _of_one_installation(old: Connection, new: Connection) -> bool:
    if not old.execute(_THERE).scalar_one():
        return False
    return bool(old.execute(_LINEAGE).scalar() == new.execute(_LINEAGE).scalar())


def _taken(old: Connection, new: Connection, read: str, write: str) -> int:
    rows = [dict(row) for row in old.execute(text(read)).mappings()]
    return sum(new.execute(text(write), row).rowcount for row in rows)
