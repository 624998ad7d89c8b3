"""The people of the demo: one for each thing that a role may and may not do."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from queries.access.people import DEMO
from queries.gate import writing
from queries.systems.demo import laid_out

COACHING = "playbook"


@dataclass(frozen=True)
class DemoPerson:
    """Who can be tried out; `user_id` is the coach's own in playbook.user_profiles."""

    subject: str
    name: str
    role: str
    user_id: str | None = None


PEOPLE = (
    DemoPerson("analyst", "Mina Okafor", "analyst"),
    DemoPerson("ines", "Ines Carvalho", "coach", "ines-carvalho"),
    DemoPerson("tomasz", "Tomasz Wieczorek", "coach", "tomasz-wieczorek"),
    DemoPerson("leila", "Leila Haddad", "coach", "leila-haddad"),
    DemoPerson("product", "Jonas Beck", "product"),
    DemoPerson("engineer", "Sofia Ek", "engineer"),
    DemoPerson("operator", "Ravi Nair", "operator"),
)


def ensure_demo_people(engine: Engine) -> None:
    """Let the demo people in, with their clients and collections. What is there is left as it is.

    Coaches get their clients only where Northlight laid the coaching tables out itself.
    """
    ours = COACHING in laid_out(engine)
    with writing(engine) as connection:
        for who in PEOPLE:
            _ensure(connection, who)
            if who.user_id and ours:
                _assign_clients(connection, who)
            if who.role == "analyst":
                _grant_collections(connection, who)


def _ensure(connection: Connection, who: DemoPerson) -> None:
    connection.execute(
        text(
            "INSERT INTO northlight_auth.person (issuer, subject, name, role, email) "
            "VALUES (:demo, :subject, :name, :role, :email) ON CONFLICT DO NOTHING"
        ),
        {
            "demo": DEMO,
            "subject": who.subject,
            "name": who.name,
            "role": who.role,
            "email": f"{who.name.lower().replace(' ', '.')}@example.org",
        },
    )


def _assign_clients(connection: Connection, who: DemoPerson) -> None:
    """Those the coach never had: who was taken from a coach on purpose does not come back."""
    connection.execute(
        text(
            "INSERT INTO northlight_auth.assignment (coach_id, system, owner, valid) "
            "SELECT p.id, :system, u.user_id, tstzrange(u.created_at, NULL) "
            "FROM northlight_auth.person p, playbook.user_profiles u "
            "WHERE p.issuer = :demo AND p.subject = :subject "
            "AND u.preferences ->> 'role' = 'client' AND u.preferences ->> 'coach' = :coach "
            "AND NOT EXISTS (SELECT FROM northlight_auth.assignment a WHERE a.coach_id = p.id "
            "AND a.system = :system AND a.owner = u.user_id)"
        ),
        {"system": COACHING, "demo": DEMO, "subject": who.subject, "coach": who.user_id},
    )


def _grant_collections(connection: Connection, who: DemoPerson) -> None:
    connection.execute(
        text(
            "INSERT INTO northlight_auth.grant_to (person_id, collection) "
            "SELECT p.id, c.name FROM northlight_auth.person p, northlight.collection c "
            "WHERE p.issuer = :demo AND p.subject = :subject ON CONFLICT DO NOTHING"
        ),
        {"demo": DEMO, "subject": who.subject},
    )
