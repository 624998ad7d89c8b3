"""A world in which every client's text carries a word that occurs nowhere else.

Three coaches with six clients each, two analysts with different grants, an engineer, two operators,
the product role. Whatever a reader is handed is searched for the words of those who are not his.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, text

from analysis import fit as fitting
from analysis.projection import edges_of
from clients.embedder import StaticEmbedder
from jobs.maps.map import make_map
from queries.access.token import Signer
from queries.catalog import collection_named
from queries.collection import Collection
from queries.collections.companion import Companion
from queries.gate import WORKER, Gate, Identity, writing
from queries.people import histories
from tests.privacy.oracle import Oracle, Somebody, Table
from tests.world import ABOUT, Row, declare, embed_all, lowered, make_table, quietly

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
COACHES = ("coach 0", "coach 1", "coach 2")
PEOPLE = {
    **dict.fromkeys(COACHES, "coach"),
    **{"gone": "coach", "analyst 0": "analyst", "analyst 1": "analyst", "engineer": "engineer"},
    **{"operator": "operator", "operator with a reason": "operator", "product": "product"},
}
COLLECTIONS: dict[str, dict[str, object]] = {
    "own": {"group": "playbook"},
    "inplace": {"group": "playbook", "embedding": "vector", "fill": True, "model": "wordllama-256"},
    "shared": {"group": "playbook", "owner": None},
    "twin": {"group": "twin"},
    "material": {"group": "nexus", "owner": None},
}
GRANTS = {("analyst 0", "own"), ("analyst 0", "twin"), ("analyst 1", "inplace")}
SENTENCES = [sentence for told in ABOUT.values() for sentence in told]


@dataclass
class World:
    """The database, its people and what the oracle knows of it."""

    owner: Engine
    web: Engine
    signer: Signer
    oracle: Oracle
    collections: dict[str, Collection] = field(default_factory=dict)
    canaries: dict[tuple[str, str], str] = field(default_factory=dict)  # (collection, row) -> word

    def identity(self, who: str) -> Identity:
        """The person as the web process would know it now."""
        statement = "SELECT role, epoch FROM northlight_auth.person WHERE id = CAST(:id AS uuid)"
        person = self.oracle.people[who].id
        found = self.sql(statement, id=person)[0]
        return Identity(found[0], person, found[1])

    def gate(self, who: str) -> Gate:
        """This person's gate, through the web login."""
        return Gate(self.web, self.identity(who), self.signer)

    def sql(self, statement: str, **values: object) -> list[tuple]:
        """Run one statement as the owner of the schema."""
        with writing(self.owner) as connection:
            result = connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def visible(self, who: str, collection: str) -> set[str]:
        """The oracle's answer at this moment."""
        return self.oracle.visible(who, collection, datetime.now(UTC))

    def foreign(self, who: str) -> set[str]:
        """The words of every row that this person may not see."""
        mine = {name: self.visible(who, name) for name in self.oracle.tables}
        kept = {word for (name, row), word in self.canaries.items() if row in mine[name]}
        return set(self.canaries.values()) - kept

    def owners(self) -> set[str]:
        """Every client's id."""
        return {o for table in self.oracle.tables.values() for o in table.rows.values() if o}

    def clients(self, coach: str) -> list[str]:
        """The clients that a coach began with."""
        return sorted(o for o in self.owners() if o.startswith(f"client-{coach[-1]}"))

    def assign(self, who: str, owners: Iterable[str], *, since=LONG_AGO, until=FOREVER) -> None:
        """Give a coach exactly these clients, for a time."""
        person = self.oracle.people[who].id
        self.oracle.assigned = {k: v for k, v in self.oracle.assigned.items() if k[0] != who}
        self.oracle.assigned |= {(who, "playbook", o): (since, until) for o in owners}
        self.sql(
            "WITH gone AS (DELETE FROM northlight_auth.assignment "
            "WHERE coach_id = CAST(:id AS uuid)) "
            "INSERT INTO northlight_auth.assignment (coach_id, system, owner, valid) "
            "SELECT CAST(:id AS uuid), 'playbook', unnest(CAST(:owners AS text[])), "
            "tstzrange(:since, :until)",
            id=person,
            owners=list(owners),
            since=since,
            until=until,
        )

    def withdraw(self, owner: str, purpose: str, system: str = "playbook") -> None:
        """Withdraw a client's consent."""
        self.oracle.withdrawn.add((system, owner, purpose))
        self.sql(
            "INSERT INTO northlight_auth.withdrawal VALUES (:system, :owner, :purpose)",
            system=system,
            owner=owner,
            purpose=purpose,
        )

    def consent(self) -> None:
        """Everybody consents again."""
        self.oracle.withdrawn.clear()
        self.sql("DELETE FROM northlight_auth.withdrawal")

    def activate(self, who: str, active: bool) -> None:
        """Let a person in, or shut the person out."""
        self.oracle.people[who].active = active
        statement = (
            "UPDATE northlight_auth.person SET active = :active WHERE id = CAST(:id AS uuid)"
        )
        self.sql(statement, id=self.oracle.people[who].id, active=active)

    def reset(self) -> None:
        """The rights that the world began with."""
        self.consent()
        for coach in COACHES:
            self.assign(coach, self.clients(coach))

    def vector(self, question: str) -> NDArray[np.float32]:
        """A question as the model sees it."""
        return StaticEmbedder().embed([question])[0]


def make_world(owner: Engine, web: Engine, signer: Signer, *, rows_each: int = 4) -> World:
    """Everything declared, embedded, mapped; rights as `reset` leaves them."""
    world = World(owner, web, signer, Oracle({}))
    clients = [f"client-{c}{n}-{secrets.token_hex(3)}" for c in range(3) for n in range(6)]
    for name, declared in COLLECTIONS.items():
        _make_collection(world, name, declared, clients, rows_each)
    for who, role in PEOPLE.items():
        made = world.sql(
            "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
            "VALUES ('tests', :who, :who, :role) RETURNING id::text",
            who=who,
            role=role,
        )
        world.oracle.people[who] = Somebody(str(made[0][0]), role)
    _give_rights(world)
    return world


def _give_rights(world: World) -> None:
    people = world.oracle.people
    for who, collection in GRANTS:
        world.oracle.granted.add((who, collection))
        world.sql(
            "INSERT INTO northlight_auth.grant_to (person_id, collection) VALUES (:id, :name)",
            id=people[who].id,
            name=collection,
        )
    until = datetime.now(UTC) + timedelta(hours=1)
    world.oracle.reasons["operator with a reason", "own"] = until
    world.sql(
        "INSERT INTO northlight_auth.reason (person_id, collection, reason, until) "
        "VALUES (:id, 'own', 'a client asked us to look', :until)",
        id=people["operator with a reason"].id,
        until=until,
    )
    world.sql("UPDATE northlight_auth.allowance SET times = 10000000")
    world.reset()
    world.assign("gone", world.clients("coach 0"))
    world.activate("gone", False)


def _make_collection(
    world: World, name: str, declared: dict[str, object], clients: Sequence[str], rows_each: int
) -> None:
    owned = declared.get("owner", "who") is not None
    canary = {client: f"zq{secrets.token_hex(5)}" for client in clients}
    rows = [
        Row(
            f"{name}-{secrets.token_hex(4)}",
            f"{SENTENCES[(7 * c + n) % len(SENTENCES)]} {canary[client]}",
            f"{list(ABOUT)[n % len(ABOUT)]}",
            client,
        )
        for c, client in enumerate(clients)
        for n in range(rows_each)
    ]
    gate = Gate(world.owner, WORKER)
    column = "vector(256)" if declared.get("embedding") else None
    table = _make_table(world, rows, column)
    usual = {"table": f"public.{table}", "heading": "heading", "personal": owned}
    beside = _make_companions(world, table, canary) if name == "own" else ()
    made = declare(gate, name, companions=beside, **usual | declared)
    embed_all(gate, made)
    with lowered(fitting, "edges_of", partial(edges_of, epochs=30)):
        make_map(gate, made, quietly)
    world.collections[name] = collection_named(gate, name)
    owners = {row.id: row.owner if owned else None for row in rows}
    histories.keep(world.owner, world.collections[name])
    world.oracle.tables[name] = Table(str(declared["group"]), owners)
    world.canaries |= {(name, row.id): canary[row.owner] for row in rows}


def _make_companions(world: World, rows: str, canary: dict[str, str]) -> tuple[Companion, ...]:
    """Profiles, sessions and media whose words are the client's; exercises that are nobody's."""
    word = "CASE who " + " ".join(f"WHEN '{c}' THEN '{w}'" for c, w in canary.items()) + " END"
    world.sql(f"ALTER TABLE public.{rows} ADD exercise text DEFAULT 'ex-1', ADD found text[]")
    world.sql(f"UPDATE public.{rows} SET found = ARRAY[{word}]")
    world.sql(f"CREATE TABLE public.{rows}_exercises AS SELECT 'ex-1' AS id, 'One' AS title")
    people = f"(SELECT DISTINCT who FROM public.{rows}) AS people"
    world.sql(
        f"CREATE TABLE public.{rows}_people AS SELECT who, {word} AS name, "
        f"jsonb_build_object('timezone', 'Asia/Tokyo', 'focus', {word}) AS told FROM {people}"
    )
    world.sql(
        f"CREATE TABLE public.{rows}_sessions AS SELECT id, who, at, 'completed' AS status, "
        f"'met ' || {word} AS notes, {word} AS file FROM public.{rows}"
    )
    made = {
        "answers": ("", {"id": "id", "time": "at", "exercise": "exercise", "insights": "found"}),
        "exercises": ("_exercises", {"id": "id", "title": "title"}),
        "profiles": (
            "_people",
            {"first_name": "name", "zone": "told.timezone", "focus": "told.focus"},
        ),
        "sessions": (
            "_sessions",
            {"id": "id", "start": "at", "status": "status", "notes": "notes"},
        ),
        "media": ("_sessions", {"id": "id", "name": "file", "time": "at"}),
    }
    return tuple(
        Companion(
            name,
            f"public.{rows}{ending}",
            tuple(columns.items() if name == "exercises" else (columns | {"owner": "who"}).items()),
        )
        for name, (ending, columns) in made.items()
    )


def _make_table(world: World, rows: Sequence[Row], column: str | None) -> str:
    table = make_table(world.owner, rows)
    if column:
        world.sql(f"ALTER TABLE public.{table} ADD vector {column}")
    world.sql(
        f"UPDATE public.{table} SET heading = 'About ' || right(body, 12), "
        "topic = topic || ' ' || right(body, 12)"
    )
    return table
