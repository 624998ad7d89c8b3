"""Who is signed in, asked through the web process's login, which may do nothing else unasked.

The four functions of migrations/0006_people.sql. A session is a sign-in with the provider: all its
tabs share it, it ends after half an hour without a click and after twelve hours in any case.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, text

from queries.access.token import Signer
from queries.errors import SignInOver
from queries.gate import Identity, writing

# A click waits for this: better an error than a page that hangs.
SECONDS = 5


@dataclass(frozen=True)
class SignIn:
    """What the identity provider says of a browser's sign-in."""

    issuer: str
    subject: str
    login: str  # the same for all tabs of this sign-in, and for no other
    at: datetime

    @property
    def words(self) -> tuple[str, str, str, str]:
        """What the database is told, and what the proof is of."""
        return self.issuer, self.subject, self.login, str(int(self.at.timestamp()))


@dataclass(frozen=True)
class Session:
    """A person who is signed in now."""

    id: str
    person: str
    name: str
    role: str
    epoch: int

    @property
    def identity(self) -> Identity:
        """What the gate reads as."""
        return Identity(self.role, self.person, self.epoch)


def sign_in(engine: Engine, signer: Signer, told: SignIn) -> Session | None:
    """The session of a sign-in, new or already there; None for who is not known here, or no longer.

    Raises SignInOver when that sign-in counts no more: the provider has to be asked again.
    """
    statement = text(
        "SELECT * FROM northlight_auth.sign_in("
        "CAST(:issuer AS text), CAST(:subject AS text), CAST(:login AS text), "
        "CAST(:at AS bigint), CAST(:proof AS text))"
    )
    with _asking(engine) as connection:
        pid = connection.execute(select(func.pg_backend_pid())).scalar_one()
        issuer, subject, login, at = told.words
        given = {"issuer": issuer, "subject": subject, "login": login, "at": int(at)}
        proof = signer.proof(told.words, pid)
        row = connection.execute(statement, given | {"proof": proof}).first()
    if row is None:
        return None
    if row.session_id is None:
        raise SignInOver
    return Session(str(row.session_id), str(row.person_id), row.name, row.role, row.epoch)


def session_person(engine: Engine, session: str) -> Session | None:
    """Who a session belongs to, as of now; None when it counts no more. Asked at every click."""
    statement = text("SELECT * FROM northlight_auth.session_person(CAST(:session AS uuid))")
    with _asking(engine) as connection:
        row = connection.execute(statement, {"session": session}).first()
    if row is None:
        return None
    return Session(session, str(row.person_id), row.name, row.role, row.epoch)


def end_session(engine: Engine, session: str) -> bool:
    """End a session in all its tabs; whether there was one."""
    return _told(engine, "SELECT northlight_auth.end_session(CAST(:session AS uuid))", session)


def sign_out_everywhere(engine: Engine, session: str) -> bool:
    """End every session of its person; no sign-in up to now opens one again, in any browser."""
    statement = "SELECT northlight_auth.sign_out_everywhere(CAST(:session AS uuid))"
    return _told(engine, statement, session)


def _told(engine: Engine, statement: str, session: str) -> bool:
    with _asking(engine) as connection:
        return bool(connection.execute(text(statement), {"session": session}).scalar())


@contextmanager
def _asking(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as connection:
        limit = f"{SECONDS}s"
        connection.execute(
            select(
                func.set_config("statement_timeout", limit, True),
                func.set_config("lock_timeout", limit, True),
            )
        )
        yield connection
