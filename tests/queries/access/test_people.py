"""People, their clients and collections, as an operator keeps them."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, text

from queries.access import consent, people, rights
from queries.access.login_findings import login_findings
from queries.access.logins import ensure_web_login, login_of, web_password, web_url
from queries.access.people import Person
from queries.access.signing import ensure_signing_key, read_signing_key, rotate_signing_key
from queries.engine import make_engine, psycopg_url
from queries.errors import LoginError, UnknownPerson
from queries.gate import writing
from queries.systems.demo_people import PEOPLE, ensure_demo_people

ISSUER = "https://id.example.org"
NOW = datetime.now(UTC)


@pytest.fixture
def coach(engine: Engine) -> Person:
    return people.add(engine, ISSUER, uuid4().hex, "Ana", "coach", f"{uuid4().hex}@example.org")


@pytest.mark.parametrize("known_by", ["id", "subject", "email"])
def test_a_person_goes_by_id_subject_or_email(engine: Engine, coach: Person, known_by: str) -> None:
    assert people.person(engine, getattr(coach, known_by)) == coach
    assert people.identity_of(engine, getattr(coach, known_by)) == coach.identity


def test_nobody_several_and_the_deactivated_read_as_nobody(engine: Engine, coach: Person) -> None:
    with pytest.raises(UnknownPerson, match="no person 'xyz'"):
        people.person(engine, "xyz")
    people.add(engine, "https://other.example", coach.subject, "Ana", "analyst")
    with pytest.raises(UnknownPerson, match="by its id"):
        people.person(engine, coach.subject)
    people.set_active(engine, coach.id, False)
    with pytest.raises(UnknownPerson, match="deactivated"):
        people.identity_of(engine, coach.id)


def test_a_subject_comes_before_anothers_email(engine: Engine, coach: Person) -> None:
    assert coach.email is not None
    namesake = people.add(engine, ISSUER, coach.email, "Eve", "analyst")
    assert people.person(engine, coach.email) == namesake


def test_the_same_subject_of_the_same_provider_is_one_person(engine: Engine, coach: Person) -> None:
    with pytest.raises(UnknownPerson, match="already"):
        people.add(engine, ISSUER, coach.subject, "Other", "analyst")


def epoch(engine: Engine, person: Person) -> int:
    return people.person(engine, person.id).epoch


def test_every_change_of_rights_is_a_new_epoch(engine: Engine, coach: Person) -> None:
    seen = [coach.epoch]

    def changed() -> bool:
        seen.append(epoch(engine, coach))
        return seen[-1] > seen[-2]

    rights.assign(engine, coach, "playbook", ["a", "b"])
    assert changed()
    rights.unassign(engine, coach, "playbook", ["a"])
    assert changed()
    rights.grant(engine, coach, ["notes"])
    assert changed()
    rights.revoke(engine, coach, ["notes"])
    assert changed()
    people.set_role(engine, coach.id, "analyst")
    assert changed()
    people.set_active(engine, coach.id, False)
    assert changed()
    people.sign_out(engine, coach.id)
    assert changed()


def test_what_changes_nothing_is_no_new_epoch(engine: Engine, coach: Person) -> None:
    rights.assign(engine, coach, "playbook", ["a"])
    rights.grant(engine, coach, ["notes"])
    before = epoch(engine, coach)
    assert rights.assign(engine, coach, "playbook", ["a"]) == 0
    assert rights.grant(engine, coach, ["notes"]) == 0
    assert rights.unassign(engine, coach, "playbook", ["z"]) == 0
    people.set_role(engine, coach.id, "coach")
    assert epoch(engine, coach) == before


def test_an_assignment_has_a_beginning_and_an_end(engine: Engine, coach: Person) -> None:
    day = timedelta(days=1)
    rights.assign(engine, coach, "playbook", ["past"], NOW - 9 * day, NOW - day)
    rights.assign(engine, coach, "playbook", ["now"])
    rights.assign(engine, coach, "playbook", ["later"], NOW + day)
    found = rights.assignments(engine, coach).set_index("owner")["now"]
    assert found.to_dict() == {"past": False, "now": True, "later": False}


def test_ending_keeps_what_was_and_drops_what_was_to_come(engine: Engine, coach: Person) -> None:
    day = timedelta(days=1)
    rights.assign(engine, coach, "playbook", ["x"], NOW - 9 * day)
    rights.assign(engine, coach, "playbook", ["y"], NOW + day)
    assert rights.unassign(engine, coach, "playbook", ["x", "y"]) == 2
    left = rights.assignments(engine, coach)
    assert left["owner"].tolist() == ["x"]
    assert not left["now"].any()


def test_consent_is_withdrawn_and_given_by_purpose(engine: Engine) -> None:
    owner = uuid4().hex
    assert consent.withdraw(engine, "playbook", owner, "research")
    assert not consent.withdraw(engine, "playbook", owner, "research")
    found = consent.withdrawals(engine)
    assert found[found["owner"] == owner]["purpose"].tolist() == ["research"]
    assert consent.give(engine, "playbook", owner, "research")
    assert not consent.give(engine, "playbook", owner, "research")


def profiles(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email, "
                "preferences) SELECT 'client-' || n, 'First', 'Last', n || '@example.org', "
                "jsonb_build_object('role', 'client', 'coach', (ARRAY['ines-carvalho', "
                "'tomasz-wieczorek', 'leila-haddad'])[n % 3 + 1]) FROM generate_series(1, 9) n "
                "ON CONFLICT DO NOTHING"
            )
        )


def test_demo_coaches_have_their_own_clients_each(engine: Engine) -> None:
    profiles(engine)
    ensure_demo_people(engine)
    clients = {}
    for who in PEOPLE:
        found = rights.assignments(engine, people.person(engine, who.subject))
        clients[who.subject] = set(found["owner"])
    assert all(len(clients[name]) == 3 for name in ("ines", "tomasz", "leila"))
    assert len(set().union(*clients.values())) == 9


def test_letting_the_demo_people_in_again_changes_nothing_that_was_decided(engine: Engine) -> None:
    profiles(engine)
    ensure_demo_people(engine)
    ines = people.person(engine, "ines")
    gone = str(rights.assignments(engine, ines)["owner"].iloc[0])
    rights.unassign(engine, ines, "playbook", [gone])
    people.set_active(engine, ines.id, False)
    before = people.person(engine, "ines")
    ensure_demo_people(engine)
    assert people.person(engine, "ines") == before
    now = rights.assignments(engine, ines).set_index("owner")["now"]
    assert not now[gone]
    people.set_active(engine, ines.id, True)


def test_the_key_is_made_once_and_only_its_owner_reads_it(engine: Engine, tmp_path: Path) -> None:
    signer = ensure_signing_key(engine, tmp_path)
    assert ensure_signing_key(engine, tmp_path) == signer == read_signing_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "signing.key").stat().st_mode) == 0o600
    assert signer.key.hex() not in repr(signer)


def test_a_key_that_the_database_does_not_take_is_replaced(engine: Engine, tmp_path: Path) -> None:
    first = ensure_signing_key(engine, tmp_path)
    with writing(engine) as connection:
        connection.execute(
            text("DELETE FROM northlight_auth.signing_key WHERE kid = :kid"), {"kid": first.kid}
        )
    assert ensure_signing_key(engine, tmp_path).key != first.key


def test_changing_the_key_leaves_another_homes_alone(engine: Engine, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    ensure_signing_key(engine, here)
    other = ensure_signing_key(engine, there)
    rotate_signing_key(engine, here)
    assert ensure_signing_key(engine, there) == other
    rotate_signing_key(engine, here, others=True)
    assert ensure_signing_key(engine, there) != other


@pytest.mark.parametrize("content", ["", "1", "x 00", "1 00ff", "1 zz"])
def test_a_damaged_key_file_is_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "signing.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(LoginError, match="signing key"):
        read_signing_key(tmp_path)


def test_a_secret_that_others_may_read_is_refused(engine: Engine, tmp_path: Path) -> None:
    ensure_signing_key(engine, tmp_path)
    (tmp_path / "signing.key").chmod(0o644)
    with pytest.raises(LoginError, match="chmod 600"):
        read_signing_key(tmp_path)


def test_the_password_is_made_once(tmp_path: Path) -> None:
    assert web_password(tmp_path) == web_password(tmp_path)
    assert len(web_password(tmp_path)) >= 32


@pytest.fixture
def login(engine: Engine) -> Iterator[str]:
    name = f"web_{uuid4().hex[:8]}"
    ensure_web_login(engine, uuid4().hex, login=name, own_database=True)
    yield name
    with writing(engine) as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")


def test_the_web_login_can_do_its_task_and_no_more(engine: Engine, login: str) -> None:
    assert login_findings(engine, login) == []
    ensure_web_login(engine, None, login=login)
    assert login_findings(engine, login) == []


@pytest.mark.parametrize(
    ("too_much", "said"),
    [
        ("ALTER ROLE {} CREATEROLE", "make roles"),
        ("ALTER ROLE {} SUPERUSER", "superuser"),
        ("ALTER ROLE {} BYPASSRLS", "pass by row security"),
        ("GRANT northlight_worker TO {} WITH INHERIT FALSE, SET TRUE", "member"),
        ("GRANT northlight_coach TO {} WITH INHERIT TRUE", "inherits"),
        (
            "GRANT SELECT ON northlight.collection TO {0}; GRANT USAGE ON SCHEMA northlight TO {0}",
            "read",
        ),
        ("GRANT EXECUTE ON FUNCTION northlight_auth.keyed(text, integer) TO {}", "keyed"),
        ("GRANT CREATE ON SCHEMA public TO {}", "schema public"),
    ],
)
def test_a_right_too_many_is_found(engine: Engine, login: str, too_much: str, said: str) -> None:
    with writing(engine) as connection:
        for statement in too_much.split("; "):
            connection.exec_driver_sql(statement.format(login))
    assert any(said in finding for finding in login_findings(engine, login))


def test_a_superuser_is_not_taken_for_the_web_login(engine: Engine) -> None:
    owner = login_of(engine.url.render_as_string())
    with pytest.raises(LoginError, match="superuser"):
        ensure_web_login(engine, None, login=owner)


def test_the_password_never_stands_in_a_statement(engine: Engine, login: str) -> None:
    """What the server keeps is a verifier, from which the password cannot be had."""
    with writing(engine) as connection:
        kept = connection.execute(
            text("SELECT rolpassword FROM pg_authid WHERE rolname = :login"), {"login": login}
        ).scalar_one()
    assert kept.startswith("SCRAM-SHA-256$")


@pytest.mark.usefixtures("login")
def test_others_are_shut_out_of_northlights_own_database(engine: Engine) -> None:
    stranger = f"stranger_{uuid4().hex[:8]}"
    with writing(engine) as connection:
        connection.exec_driver_sql(f"CREATE ROLE {stranger} LOGIN PASSWORD 'x'")
    url = web_url(engine.url.render_as_string(hide_password=False), "x", stranger)
    plain = psycopg_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(plain)
    with writing(engine) as connection:
        connection.exec_driver_sql(f"DROP ROLE {stranger}")


def test_an_owner_who_may_not_make_logins_says_what_to_run(engine: Engine) -> None:
    name = f"owner_{uuid4().hex[:8]}"
    with writing(engine) as connection:
        connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
        database = engine.url.database
        connection.exec_driver_sql(f'GRANT ALL ON DATABASE "{database}" TO {name}')
    weak = make_engine(web_url(engine.url.render_as_string(hide_password=False), "x", name))
    with pytest.raises(LoginError, match="Let an administrator make it"):
        ensure_web_login(weak, "secret", login=f"web_{uuid4().hex[:8]}")
    weak.dispose()
    with writing(engine) as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {name}")
        connection.exec_driver_sql(f"DROP ROLE {name}")
