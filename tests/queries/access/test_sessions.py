"""Signing in through a login that may do nothing else."""

import hashlib
import hmac
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from queries.access import consent, people, rights, sessions
from queries.access.people import Person
from queries.access.sessions import SignIn
from queries.access.signing import rotate_signing_key
from queries.access.token import Signer, new_signer
from queries.errors import QueryError, SignInOver
from queries.gate import writing
from tests.web_login import Web, web_login

ISSUER = "https://id.example.org"


@pytest.fixture(scope="module")
def web(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_login(engine, tmp_path_factory.mktemp("home")) as made:
        yield made


@pytest.fixture
def ana(engine: Engine) -> Person:
    return people.add(engine, ISSUER, uuid4().hex, "Ana", "coach")


def fresh(person: Person, **changed: object) -> SignIn:
    told = SignIn(person.issuer, person.subject, uuid4().hex, datetime.now(UTC))
    return replace(told, **changed)  # type: ignore[arg-type]


def signed_in(web: Web, person: Person) -> sessions.Session:
    session = sessions.sign_in(web.engine, web.signer, fresh(person))
    assert session is not None
    return session


def put(engine: Engine, statement: str, **values: object) -> None:
    with writing(engine) as connection:
        connection.execute(text(statement), values)


def test_a_known_person_signs_in_and_is_known_at_the_next_click(web: Web, ana: Person) -> None:
    session = signed_in(web, ana)
    assert (session.person, session.name, session.role) == (ana.id, "Ana", "coach")
    assert sessions.session_person(web.engine, session.id) == session


def test_every_tab_of_a_sign_in_shares_its_session(web: Web, ana: Person) -> None:
    told = fresh(ana)
    first, second = (sessions.sign_in(web.engine, web.signer, told) for _ in range(2))
    assert first == second
    assert signed_in(web, ana) != first


@pytest.mark.parametrize("changed", [{"subject": "nobody"}, {"issuer": "https://else.example"}])
def test_who_is_not_known_here_gets_no_session(
    web: Web, ana: Person, changed: dict[str, str]
) -> None:
    assert sessions.sign_in(web.engine, web.signer, fresh(ana, **changed)) is None


def test_an_email_opens_nothing(web: Web, engine: Engine) -> None:
    people.add(engine, ISSUER, uuid4().hex, "Bo", "coach", "bo@example.org")
    told = SignIn(ISSUER, "bo@example.org", uuid4().hex, datetime.now(UTC))
    assert sessions.sign_in(web.engine, web.signer, told) is None


def test_deactivation_bites_at_the_next_click(web: Web, engine: Engine, ana: Person) -> None:
    session = signed_in(web, ana)
    people.set_active(engine, ana.id, False)
    assert sessions.session_person(web.engine, session.id) is None
    assert sessions.sign_in(web.engine, web.signer, fresh(ana)) is None


def test_another_role_counts_from_the_next_click_under_a_new_epoch(
    web: Web, engine: Engine, ana: Person
) -> None:
    session = signed_in(web, ana)
    people.set_role(engine, ana.id, "analyst")
    now = sessions.session_person(web.engine, session.id)
    assert now is not None
    assert now.role == "analyst"
    assert now.epoch > session.epoch


def test_a_session_ends_in_all_its_tabs(web: Web, ana: Person) -> None:
    told = fresh(ana)
    session = sessions.sign_in(web.engine, web.signer, told)
    assert session is not None
    assert sessions.end_session(web.engine, session.id)
    assert not sessions.end_session(web.engine, session.id)
    assert sessions.session_person(web.engine, session.id) is None
    with pytest.raises(SignInOver):
        sessions.sign_in(web.engine, web.signer, told)


def test_signing_out_everywhere_ends_what_was_and_what_was_not_opened_yet(
    web: Web, ana: Person
) -> None:
    here, there = signed_in(web, ana), signed_in(web, ana)
    kept_cookie = fresh(ana, at=datetime.now(UTC) - timedelta(seconds=2))
    assert sessions.sign_out_everywhere(web.engine, here.id)
    assert sessions.session_person(web.engine, there.id) is None
    with pytest.raises(SignInOver):
        sessions.sign_in(web.engine, web.signer, kept_cookie)
    later = fresh(ana, at=datetime.now(UTC) + timedelta(seconds=2))
    assert sessions.sign_in(web.engine, web.signer, later) is not None


def test_signing_out_everywhere_touches_nobody_else(web: Web, engine: Engine, ana: Person) -> None:
    other = signed_in(web, people.add(engine, ISSUER, uuid4().hex, "Ben", "coach"))
    sessions.sign_out_everywhere(web.engine, signed_in(web, ana).id)
    assert sessions.session_person(web.engine, other.id) == other


@pytest.mark.parametrize(
    ("aged", "counts"),
    [
        ("seen_at = now() - interval '29 minutes'", True),
        ("seen_at = now() - interval '31 minutes'", False),
        ("signed_in_at = now() - interval '11 hours 59 minutes'", True),
        ("signed_in_at = now() - interval '12 hours 1 minute'", False),
        ("started_at = now() - interval '12 hours 1 minute'", False),
        ("ended_at = now()", False),
    ],
)
def test_a_session_lasts_half_an_hour_idle_and_twelve_hours_at_most(
    web: Web, engine: Engine, ana: Person, aged: str, counts: bool
) -> None:
    session = signed_in(web, ana)
    put(engine, f"UPDATE northlight_auth.session SET {aged} WHERE id = :id", id=session.id)
    assert (sessions.session_person(web.engine, session.id) is not None) == counts


def test_an_old_cookie_in_a_new_tab_opens_nothing(web: Web, ana: Person) -> None:
    old = fresh(ana, at=datetime.now(UTC) - timedelta(hours=13))
    with pytest.raises(SignInOver):
        sessions.sign_in(web.engine, web.signer, old)


def test_a_click_is_noted_at_most_once_a_minute(web: Web, engine: Engine, ana: Person) -> None:
    session = signed_in(web, ana)

    def seen() -> datetime:
        with writing(engine) as connection:
            statement = text("SELECT seen_at FROM northlight_auth.session WHERE id = :id")
            found = connection.execute(statement, {"id": session.id}).scalar_one()
            assert isinstance(found, datetime)
            return found

    first = seen()
    sessions.session_person(web.engine, session.id)
    assert seen() == first
    put(
        engine,
        "UPDATE northlight_auth.session SET seen_at = now() - interval '2 minutes' WHERE id = :id",
        id=session.id,
    )
    sessions.session_person(web.engine, session.id)
    assert seen() > first


def test_a_session_that_was_never_made_is_nobody(web: Web) -> None:
    assert sessions.session_person(web.engine, str(uuid4())) is None
    assert not sessions.sign_out_everywhere(web.engine, str(uuid4()))
    with pytest.raises((QueryError, DBAPIError)):
        sessions.session_person(web.engine, "' OR true --")


def test_an_assignment_that_ends_by_itself_is_a_new_epoch(
    web: Web, engine: Engine, ana: Person
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.6)
    rights.assign(engine, ana, "playbook", ["p1"], until=soon)
    session = signed_in(web, ana)
    assert sessions.session_person(web.engine, session.id) == session
    time.sleep(0.8)
    after = sessions.session_person(web.engine, session.id)
    assert after is not None
    assert after.epoch == session.epoch + 1
    assert sessions.session_person(web.engine, session.id) == after


@pytest.mark.parametrize("purpose", consent.PURPOSES)
def test_withdrawn_consent_is_a_new_epoch_for_those_it_concerns(
    web: Web, engine: Engine, purpose: str
) -> None:
    concerned = {"coaching": "coach", "research": "analyst", "product": "product"}[purpose]
    owner = uuid4().hex
    found = {role: people.add(engine, ISSUER, uuid4().hex, role, role) for role in people.ROLES}
    rights.assign(engine, found["coach"], "playbook", [owner])
    before = {role: signed_in(web, each) for role, each in found.items()}
    consent.withdraw(engine, "playbook", owner, purpose)
    after = {role: sessions.session_person(web.engine, before[role].id) for role in found}
    assert {role for role in found if after[role] != before[role]} == {concerned}


PROBES = (
    "SELECT * FROM northlight_auth.person",
    "SELECT * FROM northlight_auth.session",
    "SELECT * FROM northlight_auth.signing_key",
    "SELECT * FROM northlight.collection",
    "SELECT * FROM playbook.exercise_responses",
    "SELECT northlight_auth.keyed('sign-in|1', 1)",
    "SELECT northlight_auth.demand_proof(ARRAY['a'], 'b')",
    "SELECT northlight_auth.end_all(gen_random_uuid())",
    "SELECT northlight_auth.notice_time(gen_random_uuid())",
    "UPDATE northlight_auth.person SET role = 'operator'",
    "INSERT INTO northlight_auth.session (person_id, login, signed_in_at) "
    "VALUES (gen_random_uuid(), 'x', now())",
    "CREATE TEMPORARY TABLE mine (x int)",
    "CREATE TABLE public.mine (x int)",
    "CREATE SCHEMA mine",
    "SET ROLE northlight_worker",
    "SET ROLE northlight",
    "SET SESSION AUTHORIZATION northlight",
    "COPY northlight_auth.signing_key TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
    "ALTER ROLE northlight_web SUPERUSER",
    "CREATE ROLE another",
)


@pytest.mark.parametrize("statement", PROBES)
def test_the_web_login_may_do_nothing_else_in_its_own_name(web: Web, statement: str) -> None:
    with pytest.raises((QueryError, DBAPIError)), writing(web.engine) as connection:
        connection.execute(text(statement))


def try_proof(connection: Connection, told: SignIn, proof: str) -> bool:
    """Whether the database took it; its refusal undone, so that the backend stays the same."""
    statement = text("SELECT * FROM northlight_auth.sign_in(:i, :s, :l, CAST(:a AS bigint), :p)")
    issuer, subject, login, at = told.words
    try:
        with connection.begin_nested():
            given = {"i": issuer, "s": subject, "l": login, "a": at, "p": proof}
            return connection.execute(statement, given).first() is not None
    except (QueryError, DBAPIError):
        return False


def forged(signer: Signer, words: tuple[str, ...], pid: int, seed: int) -> str:
    """A genuine proof with one thing wrong."""
    chance = random.Random(seed)
    genuine = signer.proof(words, pid)
    kid, mine, expiry, signed = genuine.split("|")
    at = chance.randrange(len(genuine))
    other = chance.choice([c for c in "0123456789abcdef|" if c != genuine[at]])
    return chance.choice(
        (
            genuine[:at] + other + genuine[at + 1 :],
            genuine[:at] + genuine[at + 1 :],
            new_signer(signer.kid).proof(words, pid),
            replace(signer, kid=0).proof(words, pid),
            replace(signer, kid=signer.kid + 1).proof(words, pid),
            signer.proof(words, pid + chance.randint(1, 9)),
            signer.proof(words[::-1], pid),
            signer.proof(("|".join(words),), pid),
            signer.token(words[1], "coach", 1, pid),
            f"{kid}|{mine}|{int(expiry) + chance.randint(1, 999)}|{signed}",
            f"{genuine}|",
            signed,
            "",
        )
    )


def test_no_forged_proof_signs_anybody_in(web: Web, ana: Person) -> None:
    told = fresh(ana)
    with writing(web.engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        taken = [
            seed
            for seed in range(2000)
            if try_proof(connection, told, forged(web.signer, told.words, pid, seed))
        ]
        assert taken == []
        assert try_proof(connection, told, web.signer.proof(told.words, pid))


def test_a_proof_is_of_its_own_words_alone(web: Web, engine: Engine, ana: Person) -> None:
    victim = people.add(engine, ISSUER, uuid4().hex, "Victim", "operator")
    told = fresh(ana)
    with writing(web.engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        proof = web.signer.proof(told.words, pid)
        for changed in ({"subject": victim.subject}, {"login": "x"}, {"at": datetime.now(UTC)}):
            other = replace(told, **changed)  # type: ignore[arg-type]
            assert other.words == told.words or not try_proof(connection, other, proof)
        assert try_proof(connection, told, proof)


def test_words_cannot_be_cut_elsewhere(web: Web, engine: Engine) -> None:
    """Issuer `a` with subject `b|c` makes no proof of issuer `a|b` with subject `c`."""
    people.add(engine, "a|b", "c", "Victim", "operator")
    mine = SignIn("a", "b|c", "l", datetime.now(UTC))
    with writing(web.engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        proof = web.signer.proof(mine.words, pid)
        assert not try_proof(connection, replace(mine, issuer="a|b", subject="c"), proof)


def test_an_expired_proof_is_refused(web: Web, ana: Person) -> None:
    told = fresh(ana)
    with writing(web.engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        stamp = f"{web.signer.kid}|{pid}|{int(time.time()) - 1}"
        said = "|".join(f"{len(word)}:{word}" for word in told.words)
        message = f"sign-in|{stamp}|{said}".encode()
        signed = hmac.new(web.signer.key, message, hashlib.sha256).hexdigest()
        assert not try_proof(connection, told, f"{stamp}|{signed}")


def test_after_a_change_of_keys_the_old_one_goes_in_two_minutes(
    web: Web, engine: Engine, ana: Person
) -> None:
    new = rotate_signing_key(engine, web.home)
    assert sessions.sign_in(web.engine, new, fresh(ana)) is not None
    assert sessions.sign_in(web.engine, web.signer, fresh(ana)) is not None
    put(
        engine,
        "UPDATE northlight_auth.signing_key SET retired_at = retired_at - interval '2 minutes' "
        "WHERE kid = :kid",
        kid=web.signer.kid,
    )
    with pytest.raises((QueryError, ProgrammingError)):
        sessions.sign_in(web.engine, web.signer, fresh(ana))
    put(
        engine,
        "UPDATE northlight_auth.signing_key SET retired_at = NULL WHERE kid = :kid",
        kid=web.signer.kid,
    )
