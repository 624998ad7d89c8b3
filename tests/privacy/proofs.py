"""Proofs: each raises AssertionError when a part of the protection is missing.

The tests call them on the world as it is; test_mutants calls them on one with a part taken out.
"""

import contextlib
import random
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from queries.access.token import Signer, new_signer
from queries.collections import view_sql, views
from queries.embeddings import spaces
from queries.embeddings.vectors import aim
from queries.errors import IdentityRefused, LimitReached, QueryError
from queries.filters import Filters
from queries.gate import WORKER, Gate, Read, writing
from queries.people import kept_briefs, notes
from queries.rows import rows
from queries.search.search import search
from tests.privacy import hostile, pii
from tests.privacy.paths import PATHS, Asked, ask, is_refused, told
from tests.privacy.world import COACHES, World
from tests.world import lowered

SET_QUERY = "SELECT set_config('northlight.query', :vector, true)"
FAILURES = (pytest.fail.Exception,)  # of pytest.raises
__all__ = ["search", "writing"]  # for the tests


def prove_paths(world: World, who: str, collection: str, names: Iterable[str] = PATHS) -> int:
    """A reader gets the oracle's rows and no word of others, by every way; how many ways."""
    visible, foreign = world.visible(who, collection), world.foreign(who)
    all_ids = sorted(world.oracle.tables[collection].rows)
    asked = Asked(world, world.gate(who), world.collections[collection], all_ids)
    count = 0
    for name in names:
        path = PATHS[name]
        answer = ask(path, asked)
        said = told(answer)
        leaked = [word for word in foreign if word in said]
        assert not leaked, f"{who} is told {len(leaked)} words of others by {name} of {collection}"
        assert not (path.worker_only and not is_refused(answer)), f"{who} is answered by {name}"
        if world.oracle.people[who].role == "analyst":
            named = [owner for owner in world.owners() if owner in said]
            assert not named, f"{who} is told who owners are by {name} of {collection}"
        _prove_ids(f"{who}, {name} of {collection}", path, answer, visible)
        count += 1
    return count


def _prove_ids(told: str, path, answer, visible: set[str]) -> None:
    if path.ids is None:
        return
    got = set() if is_refused(answer) else set(path.ids(answer))
    assert got <= visible, f"{told}: {len(got - visible)} foreign rows"
    if path.exact:
        assert got == visible, f"{told}: {len(visible - got)} of {len(visible)} rows are missing"


FEW = (
    "rows.by_ids",
    "search.search",
    "points.points",
    "points.places",
    "facets.counts",
    "themes.themes",
)


def prove_few(world: World, who: str, collection: str = "own") -> None:
    """The same by a few ways only."""
    prove_paths(world, who, collection, FEW)


def prove_times(world: World) -> None:
    """An assignment counts from its beginning until its end."""
    now, hour = datetime.now(UTC), timedelta(hours=1)
    spans = {(-hour, hour): True, (-2 * hour, -hour): False, (hour, 2 * hour): False}
    for (since, until), seen in spans.items():
        world.assign("coach 0", world.clients("coach 0"), since=now + since, until=now + until)
        assert bool(world.visible("coach 0", "own")) == seen
        prove_few(world, "coach 0")


def prove_withdrawn(world: World) -> None:
    """A coach loses a client who no longer consents to coaching, an analyst one to research."""
    world.withdraw(world.clients("coach 0")[0], "coaching")
    world.withdraw(world.clients("coach 0")[1], "research")
    for who in ("coach 0", "analyst 0"):
        prove_few(world, who)


def prove_grants(world: World) -> None:
    """A grant opens one collection; a reason opens it to an operator, until it ends."""
    for who in ("analyst 0", "analyst 1", "engineer", "operator", "operator with a reason"):
        for collection in ("own", "inplace", "material"):
            prove_few(world, who, collection)
    who = "operator with a reason"
    past, kept = datetime.now(UTC) - timedelta(seconds=1), world.oracle.reasons[who, "own"]
    statement = "UPDATE northlight_auth.reason SET until = :until"
    try:
        world.oracle.reasons[who, "own"] = past
        world.sql(statement, until=past)
        prove_few(world, who)
    finally:
        world.oracle.reasons[who, "own"] = kept
        world.sql(statement, until=kept)


def prove_refusals(world: World) -> None:
    """Who was deactivated, or whose rights changed, is refused before anything is read.

    So is whoever the database takes for somebody else.
    """
    before = world.gate("coach 0")
    world.sql(
        "UPDATE northlight_auth.person SET epoch = epoch + 1 WHERE id = CAST(:id AS uuid)",
        id=before.identity.person,
    )
    stale = [before, world.gate("gone"), replace(world.gate("coach 1"), signer=new_signer())]
    stale.append(replace(before, identity=replace(world.identity("coach 0"), role="analyst")))
    stale.append(replace(before, signer=None))
    other = world.identity("coach 1")

    class Mistaken(Signer):
        """Signs for somebody else than it is asked: a fault of plumbing."""

        def token(self, _person: str, role: str, _epoch: int, pid: int) -> str:
            return super().token(other.person, role, other.epoch, pid)

    mistaken = Mistaken(world.signer.kid, world.signer.key)
    stale.append(replace(world.gate("coach 2"), signer=mistaken))
    for gate in stale:
        with pytest.raises(IdentityRefused):
            gate.value(text("SELECT 1"))
    assert world.gate("coach 0").value(text("SELECT 1")) == 1


def prove_roles(world: World) -> None:
    """Taking another role inside a coach's transaction opens nothing."""
    others = ("northlight_engineer.material", "northlight_analyst.own", "northlight_operator.own")
    for view in others:
        with world.gate("coach 0").reading() as connection:
            connection.execute(text(f"SET LOCAL ROLE {view.split('.', maxsplit=1)[0]}"))
            found = connection.execute(text(f"SELECT count(*) FROM {view}")).scalar_one()
            assert found == 0, f"{found} rows of {view}"


def prove_tokens(world: World, count: int = 500, seed: int = 3) -> int:
    """No token but the genuine one is accepted; how many were tried."""
    draw, who = random.Random(seed), world.identity("coach 0")
    with world.web.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = connection.connection.driver_connection
        driver.execute("SET ROLE northlight_coach")
        pid = driver.info.backend_pid
        genuine = world.signer.token(who.person, "coach", who.epoch, pid)
        try:
            assert _accepted(driver, genuine) == who.person
            for number in range(count):
                token = forged(world, genuine, pid, draw, number)
                assert _accepted(driver, token) is None, f"accepted: {token!r}"
        finally:
            connection.invalidate()
    return count


def _accepted(driver, token: str) -> str | None:
    try:
        driver.execute("SELECT set_config('northlight.token', %s, false)", [token])
        asked = "SELECT (northlight_auth.claims()).person_id::text"
        return driver.execute(asked).fetchone()[0]
    except psycopg.Error:
        return None


def forged(world: World, genuine: str, pid: int, draw: random.Random, number: int) -> str:
    """A token that must not be accepted: signed well but wrong in what it says, or mutated."""
    kid, person, role, epoch, _, expiry, mac = genuine.split("|")
    others = [p.id for name, p in world.oracle.people.items() if name != "coach 0"]
    gone = world.identity("gone")
    fields = [kid, person, role, epoch, str(pid), expiry]
    past = str(int(time.time()) - draw.randrange(0, 10**6))
    well_signed: list[list[str]] = [
        [kid, person, role, epoch, str(pid), past],
        [kid, person, role, epoch, str(pid + draw.randrange(1, 999)), expiry],
        [kid, person, "operator", epoch, str(pid), expiry],
        [kid, person, role, str(int(epoch) - 1 - draw.randrange(3)), str(pid), expiry],
        [kid, gone.person, "coach", str(gone.epoch), str(pid), expiry],
        [kid, str(uuid4()), role, epoch, str(pid), expiry],
        [str(draw.choice((0, 77, 999999999))), person, role, epoch, str(pid), expiry],
        ["0" + kid, person, role, epoch, str(pid), expiry],
        [kid, person.upper(), role, epoch, str(pid), expiry],
        [*fields, "more"],
    ]
    swapped = fields.copy()
    at = draw.randrange(len(swapped))
    swapped[at] = draw.choice(("", "x", "\u0661", "9" * 30, "-1", others[0], "operator", " 1"))
    if swapped == fields:
        swapped[0] = "2"
    place = draw.randrange(len(genuine))
    other = draw.choice([c for c in "0123456789abcdef|é\u2028" if c != genuine[place]])
    mutated = [
        "|".join([*swapped, mac]),
        genuine[:place] + other + genuine[place + 1 :],
        genuine[: draw.randrange(1, len(genuine))],
        genuine + draw.choice(("|", "|x", " ", "0", "\n")),
        new_signer(int(kid)).token(person, role, int(epoch), pid),
        "|".join([kid, draw.choice(others), role, epoch, str(pid), expiry, mac]),
        "|".join([*fields, mac.upper() if mac.upper() != mac else "0" * 64]),
        "|".join([*fields, "0" * 64]),
        "|".join([*fields, ""]),
    ]
    if number % 2:
        return mutated[number // 2 % len(mutated)]
    claims = "|".join(well_signed[number // 2 % len(well_signed)])
    return f"{claims}|{world.signer._signed(claims)}"


def prove_pool(world: World, transactions: int = 300, threads: int = 6, kills: int = 5) -> int:
    """Readers who share few connections never read as one another, and leave them clean."""
    gates = [world.gate(who) for who in (*COACHES, "analyst 0", "engineer")]
    wrong: list[str] = []
    todo = iter(range(transactions))
    lock = threading.Lock()
    engine = gates[0].engine

    def run() -> None:
        while True:
            with lock:
                number = next(todo, None)
            if number is None:
                return
            try:
                _one_of_many(engine, gates[number % len(gates)], wrong)
            except (QueryError, DBAPIError):
                continue  # its connection was killed
            except Exception as error:
                wrong.append(f"{type(error).__name__}: {error}")

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        time.sleep(0.05)
        if kills:
            kills -= 1
            world.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :login "
                "AND datname = current_database() ORDER BY random() LIMIT 1",
                login=engine.url.username,
            )
    assert not wrong, f"{len(wrong)} mix-ups: {wrong[:3]}"
    return transactions


def _one_of_many(engine, gate: Gate, wrong: list[str]) -> None:
    with engine.connect() as bare:
        left = bare.execute(
            text("SELECT current_user = session_user, current_setting('northlight.token', true)")
        ).one()
        if not left[0] or left[1]:
            wrong.append(f"left behind: {left}")
    with gate.reading() as connection:
        told = connection.execute(
            text("SELECT (c).person_id::text, current_user FROM northlight_auth.claims() c")
        ).one()
        if tuple(told) != (gate.identity.person, gate.identity.database_role):
            wrong.append(f"read as {told}")


def prove_barrier(world: World) -> None:
    """A cast that fails tells only of rows in scope, whichever comes first."""
    for view in ("own", "inplace"):
        for column in ("text", "title", "owner", "topic"):
            statement = text(f"SELECT count(*) FROM {view} WHERE {column}::integer = 1")
            with pytest.raises(DBAPIError) as caught:
                world.gate("coach 2").value(statement)
            said = str(caught.value.orig)
            told = [word for word in world.foreign("coach 2") if word in said]
            others = {o for o in world.owners() if o not in world.clients("coach 2")}
            assert not told, f"{view}.{column} tells a word of others"
            assert not [o for o in others if o in said], f"{view}.{column} tells another's client"


def prove_plan(world: World) -> None:
    """However the planner is pushed, a coach's distances are worked out for own rows alone."""
    partition = f"northlight.embedding_{_space_of(world, 'own')}"
    world.sql(
        f"CREATE INDEX IF NOT EXISTS hnsw_for_the_proof ON {partition} "
        "USING hnsw ((embedding::halfvec(256)) halfvec_cosine_ops)"
    )
    with world.gate("coach 0").reading() as connection:
        for kind in ("seqscan", "sort", "bitmapscan", "indexscan"):
            on = "on" if kind == "indexscan" else "off"
            connection.execute(text(f"SET LOCAL enable_{kind} = {on}"))
        aim(connection, world.vector("sleep"))
        asked = "EXPLAIN SELECT row_id FROM own__distances ORDER BY distance LIMIT 5"
        plan = "\n".join(connection.execute(text(asked)).scalars())
    assert "hnsw" not in plan, plan


def prove_near(world: World) -> None:
    """How near a vector is comes out for rows in reach alone; its signs never for a narrow one."""
    for who in ("coach 0", "analyst 0"):
        visible = world.visible(who, "own")
        assert visible
        with world.gate(who).reading() as connection:
            aim(connection, world.vector("sleep"))
            near, signs = (
                set(connection.execute(text(f"SELECT row_id FROM own__{view}")).scalars())
                for view in ("distances", "signs")
            )
        assert near <= visible, f"{who}: {len(near - visible)} distances of foreign rows"
        expected = set() if who.startswith("coach") else near
        assert signs == expected, f"{who}: signs of {len(signs - expected)} rows too many"


def prove_sampled(world: World) -> None:
    """How near the nearest of a sample are is told of rows in reach alone."""
    world.withdraw(world.clients("coach 0")[1], "research")
    visible, space = world.visible("analyst 0", "own"), _space_of(world, "own")
    vectors = dict(
        world.sql(
            "SELECT row_id, embedding::text FROM northlight.embedding "
            "WHERE space_id = :space AND embedding IS NOT NULL",
            space=space,
        )
    )
    withheld = sorted(vectors.keys() - visible)
    assert withheld
    with lowered(view_sql, "SAMPLED", 100), lowered(view_sql, "NEAR_ROWS", 0):
        remake(world)
    try:
        with world.gate("analyst 0").reading() as connection:
            connection.execute(text(SET_QUERY), {"vector": vectors[withheld[0]]})
            rows = connection.execute(text("SELECT unlike, near FROM own__signs")).all()
    finally:
        remake(world)
    assert {row.near for row in rows} == {min(row.unlike for row in rows)}


def remake(world: World) -> None:
    """Make the views of `own` and `inplace` as the code of now says."""
    with writing(world.owner) as connection:
        for name in ("own", "inplace"):
            views.remake(connection, name)


def _space_of(world: World, collection: str) -> int:
    return spaces.active_space(Gate(world.owner, WORKER), world.collections[collection]).id


def prove_audit(world: World) -> None:
    """A read that hands out text leaves one entry, in its own transaction, or hands out nothing."""
    for name in ("rows.by_ids", "search.search", "themes.members", "texts.texts"):
        before = _entries(world)
        asked = Asked(world, world.gate("coach 0"), world.collections["own"], _ids_of(world, "own"))
        answer = PATHS[name].ask(asked)
        new = _entries(world)[len(before) :]
        reads = len(asked.themes) if name == "themes.members" else 1
        assert len(new) == reads, f"{name} left {len(new)} entries"
        if name == "rows.by_ids":
            assert new[0][3] == len(answer), "the entry counts other rows than were handed out"
    _prove_together(world)


def _ids_of(world: World, collection: str) -> list[str]:
    return sorted(world.oracle.tables[collection].rows)


def _entries(world: World) -> list[tuple]:
    return world.sql(
        "SELECT id, action, question, row_count FROM northlight_auth.audit ORDER BY id"
    )


def _prove_together(world: World) -> None:
    """The entry goes with the read's transaction; without the entry there is no answer."""
    before = len(_entries(world))
    with pytest.raises(ZeroDivisionError):
        _fail_after_recording(world.gate("coach 0"))
    assert len(_entries(world)) == before, "the entry is written apart from its read"
    statement = "ALTER TABLE northlight_auth.audit ADD CONSTRAINT no_more CHECK (place < 0)"
    world.sql(f"{statement} NOT VALID")
    try:
        with pytest.raises((QueryError, psycopg.errors.CheckViolation)):
            rows.newest(world.gate("coach 0"), world.collections["own"], Filters(), 5)
    finally:
        world.sql("ALTER TABLE northlight_auth.audit DROP CONSTRAINT no_more")


def _fail_after_recording(gate: Gate) -> None:
    with gate.recorded(Read("open", "own")) as told:
        told.rows = 1
        gate._record(told.connection, Read("open", "own"), 1)
        raise ZeroDivisionError


def prove_limits(world: World) -> None:
    """Over the allowance nothing is read, and the sentence says so."""
    world.sql("UPDATE northlight_auth.allowance SET times = 3 WHERE kind = 'search'")
    world.sql("DELETE FROM northlight_auth.spent")
    asked = Asked(world, world.gate("coach 0"), world.collections["own"], [])
    try:
        for _ in range(3):
            PATHS["search.search"].ask(asked)
        with pytest.raises(LimitReached, match="3 search in 1 minutes"):
            PATHS["search.search"].ask(asked)
    finally:
        world.sql("UPDATE northlight_auth.allowance SET times = 10000000")


def prove_masked(world: World, count: int = 200) -> dict[str, float]:
    """What an analyst reads of sentences with secrets in them; the share masked, by kind."""
    known = {part.lower() for name in (*pii.GIVEN, *pii.FAMILY) for part in name.split()}
    world.sql(
        "INSERT INTO northlight_auth.known_name (name, word) SELECT n, n = 'grace' "
        "FROM unnest(CAST(:names AS text[])) n ON CONFLICT DO NOTHING",
        names=sorted(known),
    )
    kinds: dict[str, list[bool]] = {}
    told = pii.sentences(count)
    ids = _ids_of(world, "own")[:50]
    for start in range(0, count, len(ids)):
        batch = told[start : start + len(ids)]
        shown = _as_shown(world, dict(zip(ids, [sentence for *_, sentence in batch], strict=False)))
        for row_id, (kind, secret, _) in zip(ids, batch, strict=False):
            kinds.setdefault(kind, []).append(_is_masked(kind, secret, shown[row_id]))
    recall = {kind: sum(found) / len(found) for kind, found in kinds.items()}
    assert min(recall.values()) >= 0.9, recall
    return recall


def _as_shown(world: World, bodies: dict[str, str]) -> dict[str, str]:
    """What an analyst reads of rows that have these texts for a moment."""
    table = world.collections["own"].table
    statement = (
        f"UPDATE {table} t SET body = n.body "
        "FROM unnest(CAST(:ids AS text[]), CAST(:bodies AS text[])) n (id, body) WHERE t.id = n.id"
    )
    kept = world.sql(f"SELECT id, body FROM {table} WHERE id = ANY (:ids)", ids=list(bodies))
    world.sql(statement, ids=list(bodies), bodies=list(bodies.values()))
    try:
        found = world.gate("analyst 0").rows(text("SELECT row_id, text FROM own"))
        return {row.row_id: row.text for row in found}
    finally:
        world.sql(statement, ids=[r[0] for r in kept], bodies=[r[1] for r in kept])


def _is_masked(kind: str, secret: str, shown: str) -> bool:
    """Whether nothing of it is left: of a name or an address no part either."""
    parts = [secret]
    if kind == "name":
        parts = secret.removeprefix("Mrs ").split()
    return not any(part in shown for part in parts)


def prove_notes(world: World) -> None:
    """A note is its coach's alone, also where the client has another coach, and while a client."""
    collection, owner = world.collections["own"], world.clients("coach 0")[0]
    world.assign("coach 1", [*world.clients("coach 1"), owner])
    try:
        note = notes.write_note(world.gate("coach 0"), collection, owner, "only for coach 0")
        _prove_alone(world, owner, note)
        with pytest.raises(QueryError):
            notes.write_note(world.gate("coach 2"), collection, owner, "about somebody else's")
        world.assign("coach 0", world.clients("coach 0")[1:])
        assert notes.own_notes(world.gate("coach 0"), collection, owner).empty, "no client now"
    finally:
        world.sql("DELETE FROM northlight_auth.note")


def _prove_alone(world: World, owner: str, note: int) -> None:
    collection = world.collections["own"]
    said = {
        who: _noted(world, who, owner) for who in world.oracle.people if who != "coach 0"
    }  # coach 1 has the same client
    assert not any(said.values()), f"{[who for who, told in said.items() if told]} read the note"
    assert not notes.change_note(world.gate("coach 1"), note, "changed"), "another coach changes"
    assert not notes.remove_note(world.gate("coach 1"), note), "another coach removes"
    kept = notes.own_notes(world.gate("coach 0"), collection, owner)["said"].tolist()
    assert kept == ["only for coach 0"]


def _noted(world: World, who: str, owner: str) -> list[str]:
    try:
        return list(notes.own_notes(world.gate(who), world.collections["own"], owner)["said"])
    except (QueryError, DBAPIError):
        return []


BRIEF = {"model": "m", "prompt_version": 1, "since": "2026-01-01T00:00:00Z", "session": True}
BRIEF |= {"latest": "2026-01-02T00:00:00Z", "left_out": {}}


def prove_briefs(world: World) -> None:
    """A kept brief is its coach's alone, as a note is."""
    collection, owner = world.collections["own"], world.clients("coach 0")[0]
    passage = {"collection": "own", "row_id": "1", "at": BRIEF["latest"], "about": "", "quote": "q"}
    told = {"section": "Mood", "said": "only for coach 0", "passages": [passage]}
    world.assign("coach 1", [*world.clients("coach 1"), owner])
    try:
        given = (collection, owner, BRIEF | {"sentences": [told]})
        kept_briefs.keep_brief(world.gate("coach 0"), *given)
        others = [who for who in world.oracle.people if who != "coach 0"]
        assert not [who for who in others if _briefed(world, who, owner)], "another read it"
        assert not kept_briefs.drop_brief(world.gate("coach 1"), collection, owner), "dropped it"
        assert _briefed(world, "coach 0", owner) == ["only for coach 0"]
        with pytest.raises(QueryError):
            kept_briefs.keep_brief(world.gate("coach 2"), *given)
        world.assign("coach 0", world.clients("coach 0")[1:])
        assert _briefed(world, "coach 0", owner) == [], "no client now"
    finally:
        world.sql("DELETE FROM northlight_auth.brief")


def _briefed(world: World, who: str, owner: str) -> list[str]:
    try:
        found = kept_briefs.own_brief(world.gate(who), world.collections["own"], owner)
        return [row.said for row in found]
    except (QueryError, DBAPIError):
        return []


def run_hostile(world: World, who: str, statement: str) -> str:
    """Everything that a statement inside a genuine transaction of that reader brings to light."""
    said: list[str] = []
    with (
        contextlib.suppress(QueryError, PendingRollbackError),
        world.gate(who).reading(3) as connection,
    ):
        driver = connection.connection.driver_connection
        driver.add_notice_handler(lambda told: said.append(str(told.message_primary)))
        try:
            said += _output(driver, statement)
        except (psycopg.Error, UnicodeError) as error:
            diagnosis = getattr(error, "diag", None)
            said.append(f"{error} {getattr(diagnosis, 'message_detail', '')}")
        finally:
            connection.invalidate()
    return "\n".join(said)


def _output(driver, statement: str) -> Iterable[str]:
    cursor = driver.cursor()
    if statement.startswith("COPY") and "STDOUT" in statement:
        with cursor.copy(statement) as copy:
            return [bytes(block).decode("utf-8", "replace") for block in copy]
    cursor.execute(statement)
    said = []
    while True:
        if cursor.description:
            said += [repr(row) for row in cursor.fetchall()]
        if not cursor.nextset():
            return said


def prove_hostile(world: World) -> int:
    """No hostile statement brings a foreign word, client or row to light; how many were run."""
    who, count = "coach 0", 0
    mine = set(world.clients(who))
    visible = {row for name in world.oracle.tables for row in world.visible(who, name)}
    rows_of_others = {
        row for table in world.oracle.tables.values() for row in table.rows if row not in visible
    }
    secret = world.foreign(who) | (world.owners() - mine) | rows_of_others
    for statement in hostile.statements(world):
        said = run_hostile(world, who, statement)
        said = said.replace(statement, "")
        told = [word for word in secret if word in said and word not in statement]
        assert not told, f"{statement} told {told[:3]}"
        count += 1
    return count
