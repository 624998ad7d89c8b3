"""The people who may sign in, as an operator keeps them on the command line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import IntegrityError

from queries.errors import UnknownPerson
from queries.gate import Identity, writing

ROLES = ("coach", "analyst", "product", "engineer", "operator")
DEMO = "demo"  # the issuer of the demo people; a provider's is always an address


@dataclass(frozen=True)
class Person:
    """Somebody who may sign in, or might once."""

    id: str
    issuer: str
    subject: str
    name: str
    email: str | None
    role: str
    active: bool
    epoch: int
    seen_at: datetime | None

    @property
    def identity(self) -> Identity:
        """What the gate reads as."""
        return Identity(self.role, self.id, self.epoch)


def people(engine: Engine) -> list[Person]:
    """Everybody, by role and name."""
    with writing(engine) as connection:
        return [_person(row) for row in connection.execute(text(f"{FOUND} ORDER BY role, name"))]


def person(engine: Engine, user: str) -> Person:
    """The person of that id, subject or e-mail. Raises UnknownPerson for nobody or several."""
    with writing(engine) as connection:
        return _one(connection, user)


def identity_of(engine: Engine, user: str) -> Identity:
    """Who `--as USER` reads as. Raises UnknownPerson, also for who was deactivated."""
    found = person(engine, user)
    if not found.active:
        raise UnknownPerson(f"{found.name} was deactivated and reads nothing.")
    return found.identity


def add(
    engine: Engine, issuer: str, subject: str, name: str, role: str, email: str | None = None
) -> Person:
    """Let somebody sign in, known by what the provider calls them. Raises UnknownPerson if known.

    The subject is what the provider will never give to somebody else; an e-mail is not.
    """
    statement = text(
        "INSERT INTO northlight_auth.person (issuer, subject, name, role, email) "
        "VALUES (:issuer, :subject, :name, :role, :email) RETURNING id::text"
    )
    given = {"issuer": issuer, "subject": subject, "name": name, "role": role, "email": email}
    try:
        with writing(engine) as connection:
            return _one(connection, connection.execute(statement, given).scalar_one())
    except IntegrityError as error:
        raise UnknownPerson(f"{issuer} knows {subject} already: see `people list`.") from error


def set_role(engine: Engine, user: str, role: str) -> Person:
    """Give another role; it counts from the person's next click."""
    return _change(engine, user, "role = :to", role)


def set_active(engine: Engine, user: str, active: bool) -> Person:
    """Deactivate somebody, or let them in again; it counts from the next click."""
    return _change(engine, user, "active = :to", active)


def sign_out(engine: Engine, user: str) -> Person:
    """End every session of a person, in every browser."""
    with writing(engine) as connection:
        found = _one(connection, user)
        connection.execute(
            text("SELECT northlight_auth.end_all(CAST(:id AS uuid))"), {"id": found.id}
        )
        return _one(connection, found.id)


def _change(engine: Engine, user: str, assignment: str, value: str | bool) -> Person:
    with writing(engine) as connection:
        found = _one(connection, user)
        connection.execute(
            text(f"UPDATE northlight_auth.person SET {assignment} WHERE id = CAST(:id AS uuid)"),
            {"to": value, "id": found.id},
        )
        return _one(connection, found.id)


def _one(connection: Connection, user: str) -> Person:
    """An id or a subject comes before an e-mail, so that nobody hides behind another's."""
    for known_by in ("p.id::text = :user", "p.subject = :user", "lower(p.email) = lower(:user)"):
        found = connection.execute(text(f"{FOUND} WHERE {known_by}"), {"user": user}).all()
        if len(found) > 1:
            named = ", ".join(f"{row.id} ({row.issuer})" for row in found)
            raise UnknownPerson(f"{len(found)} people go by {user!r}. Name one by its id: {named}.")
        if found:
            return _person(found[0])
    raise UnknownPerson(f"There is no person {user!r}. `./northlight people list` shows them all.")


def _person(row: Row[Any]) -> Person:
    return Person(**row._asdict())


FOUND = (
    "SELECT p.id::text AS id, p.issuer, p.subject, p.name, p.email, p.role, p.active, p.epoch, "
    "(SELECT max(s.seen_at) FROM northlight_auth.session s WHERE s.person_id = p.id) AS seen_at "
    "FROM northlight_auth.person p"
)
