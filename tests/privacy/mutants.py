"""The protection with one part taken out, and the proof that must notice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from queries import gate
from queries.access import reaches
from queries.access.reaches import COACH, Reach
from queries.collections import companion_sql, view_sql
from queries.gate import Gate, writing
from tests.privacy import proofs
from tests.privacy.world import World


@dataclass(frozen=True)
class Mutant:
    """What is taken out, how, and who notices."""

    told: str
    without: Callable[[World], object]
    proof: Callable[[World], object]


def function(name: str, old: str, new: str) -> Callable[[World], object]:
    """A function of the database with a part of its text replaced."""

    @contextmanager
    def changed(world: World) -> Iterator[None]:
        body = world.sql("SELECT pg_get_functiondef(CAST(:name AS regprocedure))", name=name)[0][0]
        assert old in body, f"{name} has no {old!r}"
        _run(world, body.replace(old, new))
        try:
            yield
        finally:
            _run(world, body)

    return changed


def python(owner: object, name: str, value: object) -> Callable[[World], object]:
    """An attribute of Northlight's own code replaced."""

    @contextmanager
    def changed(_world: World) -> Iterator[None]:
        kept = getattr(owner, name)
        setattr(owner, name, value)
        try:
            yield
        finally:
            setattr(owner, name, kept)

    return changed


def made_with(owner: object, name: str, value: object) -> Callable[[World], object]:
    """The views of `own` and `inplace` made by changed code."""

    @contextmanager
    def changed(world: World) -> Iterator[None]:
        with python(owner, name, value)(world):
            proofs.remake(world)
        try:
            yield
        finally:
            proofs.remake(world)

    return changed


def _run(world: World, statement: str) -> None:
    with writing(world.owner) as connection:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def _for_the_session(connection, settings) -> None:
    """SET instead of SET LOCAL, so that it is kept when the transaction ends."""
    for pair in settings.items():
        gate.driver(connection).execute("SELECT set_config(%s, %s, false)", pair)


def _elsewhere(reader: Gate, _connection, read, rows) -> None:
    """The entry written in a transaction of its own."""
    if reader.identity != gate.WORKER:
        with reader.reading() as other:
            told = (read.action, read.collection, read.scope, read.question, rows)
            other.execute(select(func.northlight_auth.record(*told)))


@contextmanager
def _no_barrier(world: World) -> Iterator[None]:
    names = [f"northlight_coach.{name}" for name in ("own", "inplace")]
    for name in names:
        world.sql(f"ALTER VIEW {name} RESET (security_barrier)")
    try:
        yield
    finally:
        for name in names:
            world.sql(f"ALTER VIEW {name} SET (security_barrier)")


def _everything(_collection: object) -> Reach:
    return Reach(COACH, "(SELECT northlight_auth.person_as('coach')) IS NOT NULL")


def _unguarded(collection, role, **told) -> tuple:
    """A companion as it would be read without a condition."""
    plain = {"only": None, "lookups": (), "companions": ()} | told
    return replace(collection, **plain), Reach(role)


def _wide(collection) -> Reach:
    return Reach(COACH, rows=OWN_REACH(collection).rows)


def _signs_of_all(collection, reach, space) -> str:
    return SIGNS_SQL(collection, replace(reach, narrow=False), space)


def _near_of_all(unlike, signs, _within) -> str:
    return NEAR(unlike, signs, "WHERE true")


def _paths(who: str, collection: str = "own") -> Callable[[World], object]:
    return lambda world: proofs.prove_paths(world, who, collection)


OWN_REACH = reaches._as_coach
SIGNS_SQL, NEAR = view_sql.signs_sql, view_sql._near
MASKED = "northlight_auth.masked(text)"
CLAIMS = "northlight_auth.claims()"
CLIENTS = "northlight_auth.own_clients(text)"
MAY_READ = "northlight_auth.may_read(text,text,text)"
PERSON_AS = "northlight_auth.person_as(text)"
EXPIRED = "OR part[6]::bigint <= extract(epoch FROM clock_timestamp())"
SIGNATURE = "part[7] IS DISTINCT FROM northlight_auth.keyed("
WITHDRAWN = "w.purpose = 'coaching'"
OWN_NOTES = "northlight_auth.own_notes(text,text)"
MY_NOTE = "n.coach_id = northlight_auth.person_as('coach')"
OWN_BRIEF = "northlight_auth.own_brief(text,text)"
MY_BRIEF = "b.coach_id = northlight_auth.person_as('coach')"
ANYBODYS = "northlight_auth.person_as('coach') IS NOT NULL"
SPENT = "IF used > allowed.times THEN"

MUTANTS = (
    Mutant(
        "an assignment's time is ignored",
        function(CLIENTS, "AND a.valid @> clock_timestamp()", ""),
        proofs.prove_times,
    ),
    Mutant(
        "withdrawn consent to coaching is ignored",
        function(CLIENTS, WITHDRAWN, "false"),
        proofs.prove_withdrawn,
    ),
    Mutant(
        "withdrawn consent to research is ignored",
        made_with(reaches, "_consenting", lambda _collection: ""),
        proofs.prove_withdrawn,
    ),
    Mutant(
        "points of who withdrew stay on the map",
        made_with(reaches, "_withheld", lambda _collection: "false"),
        proofs.prove_withdrawn,
    ),
    Mutant(
        "everybody may read everything",
        function(MAY_READ, "coalesce(CASE", "true OR coalesce(CASE"),
        _paths("analyst 1"),
    ),
    Mutant(
        "grants are ignored",
        function(MAY_READ, "AND g.collection = of_collection", ""),
        proofs.prove_grants,
    ),
    Mutant(
        "an operator's reason never ends",
        function(MAY_READ, "AND r.until > clock_timestamp()", ""),
        proofs.prove_grants,
    ),
    Mutant(
        "an engineer reads every system",
        function(MAY_READ, "of_system IN ('nexus', 'community')", "true"),
        proofs.prove_grants,
    ),
    Mutant(
        "the token's role is not asked for",
        function(PERSON_AS, "WHERE (c).role = $1", ""),
        proofs.prove_roles,
    ),
    Mutant("a token's expiry is ignored", function(CLAIMS, EXPIRED, ""), proofs.prove_tokens),
    Mutant(
        "a token's backend is ignored",
        function(CLAIMS, "OR part[5]::integer <> pg_backend_pid()", ""),
        proofs.prove_tokens,
    ),
    Mutant(
        "a token's signature is ignored",
        function(CLAIMS, SIGNATURE, "'' = northlight_auth.keyed("),
        proofs.prove_tokens,
    ),
    Mutant(
        "a person's epoch is ignored",
        function(CLAIMS, "AND p.epoch::text = part[4]", ""),
        proofs.prove_tokens,
    ),
    Mutant(
        "a deactivated person is let in",
        function(CLAIMS, "AND p.active", ""),
        proofs.prove_tokens,
    ),
    Mutant(
        "the identity is not read back",
        python(Gate, "_asked_back", lambda _self, _connection: None),
        proofs.prove_refusals,
    ),
    Mutant(
        "what is read back is not looked at",
        python(Gate, "_read_back", lambda _self, _found: None),
        proofs.prove_refusals,
    ),
    Mutant(
        "settings outlive their transaction",
        python(gate, "set_local", _for_the_session),
        proofs.prove_pool,
    ),
    Mutant("a narrow view is no barrier", _no_barrier, proofs.prove_barrier),
    Mutant(
        "a coach's view has no condition",
        made_with(reaches, "_as_coach", _everything),
        _paths("coach 0"),
    ),
    Mutant(
        "the tables beside a collection have no condition",
        made_with(companion_sql, "_as_collection", _unguarded),
        _paths("coach 0"),
    ),
    Mutant(
        "a coach's distances go over everybody's index",
        made_with(reaches, "_as_coach", _wide),
        proofs.prove_plan,
    ),
    Mutant(
        "nearness is told of every vector",
        made_with(view_sql, "not_withheld", lambda *_: ""),
        proofs.prove_near,
    ),
    Mutant(
        "a coach's own rows are told by their signs",
        made_with(view_sql, "signs_sql", _signs_of_all),
        proofs.prove_near,
    ),
    Mutant(
        "a sample of all rows tells which are near",
        python(view_sql, "_near", _near_of_all),
        proofs.prove_sampled,
    ),
    Mutant(
        "owners are no pseudonyms",
        made_with(view_sql, "owner_shown", lambda c, _reach: view_sql._optional(c.owner, "text")),
        _paths("analyst 0"),
    ),
    Mutant(
        "texts are not masked",
        made_with(view_sql, "told", lambda expression, _reach: expression),
        proofs.prove_masked,
    ),
    Mutant(
        "masking does nothing",
        function(MASKED, "IF plain IS NULL THEN", "IF true THEN RETURN plain;"),
        proofs.prove_masked,
    ),
    Mutant(
        "the audit is left out",
        python(Gate, "_record", lambda *_: None),
        proofs.prove_audit,
    ),
    Mutant(
        "the audit is written in another transaction",
        python(Gate, "_record", _elsewhere),
        proofs.prove_audit,
    ),
    Mutant(
        "a coach reads other coaches' notes",
        function(OWN_NOTES, MY_NOTE, ANYBODYS),
        proofs.prove_notes,
    ),
    Mutant(
        "notes are read after the client is gone",
        function(OWN_NOTES, "AND n.owner = ANY (northlight_auth.own_clients(of_system))", ""),
        proofs.prove_notes,
    ),
    Mutant(
        "a coach changes other coaches' notes",
        function("northlight_auth.change_note(integer,text)", MY_NOTE, ANYBODYS),
        proofs.prove_notes,
    ),
    Mutant(
        "a coach removes other coaches' notes",
        function("northlight_auth.remove_note(integer)", MY_NOTE, ANYBODYS),
        proofs.prove_notes,
    ),
    Mutant(
        "a coach writes notes about others' clients",
        function(
            "northlight_auth.coach_of(text,text)",
            "NOT of_owner = ANY (northlight_auth.own_clients(of_system))",
            "false",
        ),
        proofs.prove_notes,
    ),
    Mutant(
        "a coach reads other coaches' briefs",
        function(OWN_BRIEF, MY_BRIEF, ANYBODYS),
        proofs.prove_briefs,
    ),
    Mutant(
        "a brief is read after the client is gone",
        function(OWN_BRIEF, "AND b.owner = ANY (northlight_auth.own_clients(b.system))", ""),
        proofs.prove_briefs,
    ),
    Mutant(
        "a coach drops other coaches' briefs",
        function("northlight_auth.drop_brief(text,text)", MY_BRIEF, ANYBODYS),
        proofs.prove_briefs,
    ),
    Mutant(
        "nobody counts",
        function("northlight_auth.spend(text)", SPENT, "IF false THEN"),
        proofs.prove_limits,
    ),
)


def noticed(world: World, mutant: Mutant) -> str | None:
    """What the proof said; None when the mutant survived."""
    world.sql("DELETE FROM northlight_auth.spent")
    with mutant.without(world):  # type: ignore[attr-defined]
        try:
            mutant.proof(world)
        except (AssertionError, *proofs.FAILURES) as error:
            return str(error) or type(error).__name__
        finally:
            world.web.dispose()
            world.reset()
    return None
