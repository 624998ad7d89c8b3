"""A backup is restored whole or not at all, and brings back nobody who was erased or shut out."""

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, text

from clients.postgres import archive
from jobs.backups import backup_file
from jobs.backups.backup import back_up, restore
from jobs.backups.erasure import FILE, erase_person
from jobs.errors import JobError
from queries.access import people
from queries.engine import make_engine, plain_url, psycopg_url
from queries.errors import ServerError
from queries.gate import WORKER, Gate
from queries.server import databases, manifest, restored
from queries.server.migrate import migrate
from tests.web_login import web_login
from tests.world import embedded_world, quietly, run_sql

GONE, STAYS = "person-1", "person-2"
RIGHTS = """
INSERT INTO northlight_auth.person (issuer, subject, name, role)
    VALUES ('tests', 'c', 'Coach', 'coach'), ('tests', 'd', 'Other', 'coach');
INSERT INTO northlight_auth.assignment (coach_id, system, owner)
    SELECT id, 'playbook', unnest(ARRAY['person-1', 'person-2', 'person-3'])
    FROM northlight_auth.person WHERE subject = 'c';
"""


@dataclass
class House:
    """An installation: its database, and its home."""

    url: str
    home: Path
    table: str

    @property
    def engine(self) -> Engine:
        return make_engine(self.url, application="northlight-tests")

    def sql(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        engine = self.engine
        try:
            return run_sql(engine, statement, **values)
        finally:
            engine.dispose()

    def rows_of(self, owner: str) -> int:
        counted = f"SELECT count(*) FROM loaded.{self.table} WHERE who = :owner"
        return int(str(self.sql(counted, owner=owner)[0][0]))

    def backed_up(self) -> Path:
        engine, to = self.engine, self.home.parent / f"{uuid4().hex[:6]}.backup"
        back_up(engine, self.home, to, quietly)
        engine.dispose()
        return to

    def restored(self, path: Path, **options: bool):
        engine = self.engine
        try:
            return restore(engine, self.home, path, quietly, **options)
        finally:
            engine.dispose()

    def told(self) -> manifest.Manifest:
        engine = self.engine
        with manifest.snapshot(engine) as (_, connection):
            found = manifest.manifest(connection)
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def admin(server_url: str) -> Iterator[psycopg.Connection]:
    plain = psycopg_url(server_url).set(drivername="postgresql")
    url = plain.render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'backup_test_%'"
        ).fetchall():
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def template(
    admin: psycopg.Connection, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> House:
    """A database with a table of Northlight's own, embedded, and a coach."""
    url = psycopg_url(server_url).set(drivername="postgresql", database="backup_test_template")
    admin.execute("CREATE DATABASE backup_test_template")
    engine = make_engine(url.render_as_string(hide_password=False))
    migrate(engine)
    made = embedded_world(Gate(engine, WORKER), group="playbook", personal=True)
    run_sql(engine, "CREATE SCHEMA IF NOT EXISTS loaded")
    run_sql(engine, f"ALTER TABLE {made.table} SET SCHEMA loaded")
    name = made.table.split(".")[1]
    embedded = {"table": f"loaded.{name}"}
    run_sql(
        engine,
        "UPDATE northlight.collection SET declaration = declaration || CAST(:changed AS jsonb)",
        changed=json.dumps(embedded),
    )
    run_sql(engine, RIGHTS)
    with web_login(engine, tmp_path_factory.mktemp("home")):
        engine.dispose()
    return House(url.render_as_string(hide_password=False), Path("unused"), name)


@pytest.fixture
def house(admin: psycopg.Connection, template: House, tmp_path: Path) -> House:
    """A copy of that database with a home of its own."""
    name = f"backup_test_{uuid4().hex[:8]}"
    admin.execute(f"CREATE DATABASE {name} TEMPLATE backup_test_template")
    url = psycopg_url(template.url).set(drivername="postgresql", database=name)
    (tmp_path / "home").mkdir()
    return House(url.render_as_string(hide_password=False), tmp_path / "home", template.table)


def names_of(admin: psycopg.Connection, house: House) -> list[str]:
    live = psycopg_url(house.url).database
    found = admin.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", [f"{live}%"]
    )
    return [name for (name,) in found.fetchall()]


def test_a_backup_brings_everything_back_and_keeps_what_it_replaced(
    admin: psycopg.Connection, house: House
) -> None:
    before, kept = house.told(), house.rows_of(STAYS)
    path = house.backed_up()
    assert path.stat().st_mode & 0o077 == 0
    house.sql(f"DELETE FROM loaded.{house.table}")
    house.sql(f"DROP VIEW northlight_coach.{house.table}__words CASCADE")
    done = house.restored(path)
    assert house.rows_of(STAYS) == kept
    after = house.told()
    changed = {"northlight_auth.person", "northlight_auth.signing_key"}
    assert {n for n in before.tables if before.tables[n] != after.tables.get(n)} <= changed
    assert before.things == after.things
    assert [done.kept] == [name for name in names_of(admin, house) if "before" in name]
    with pytest.raises(psycopg.OperationalError, match="not currently accepting"):
        psycopg.connect(psycopg_url(house.url).set(database=done.kept, drivername="postgresql")
                        .render_as_string(hide_password=False))  # fmt: skip


def test_a_coach_reads_own_clients_alone_from_a_restored_database(house: House) -> None:
    path = house.backed_up()
    house.restored(path)
    engine = house.engine
    with web_login(engine, house.home) as web:
        gate = Gate(web.engine, people.identity_of(engine, "c"), web.signer)
        mine = {row.owner for row in gate.rows(text(f"SELECT owner FROM {house.table}"))}
        assert mine == {"person-1", "person-2", "person-3"}
    engine.dispose()


def test_who_was_erased_since_is_erased_again(house: House) -> None:
    path = house.backed_up()
    engine = house.engine
    erase_person(Gate(engine, WORKER), house.home, "playbook", GONE, "tests")
    engine.dispose()
    assert house.rows_of(GONE) == 0
    kept = house.rows_of(STAYS)
    (house.home / FILE).unlink()  # the live database knows it too
    assert house.restored(path).erased == 1
    assert (house.rows_of(GONE), house.rows_of(STAYS)) == (0, kept)


def test_who_was_erased_is_erased_on_a_new_server_too(
    admin: psycopg.Connection, house: House, tmp_path: Path
) -> None:
    """All that moves is the backup and the home."""
    path = house.backed_up()
    engine = house.engine
    erase_person(Gate(engine, WORKER), house.home, "playbook", GONE, "tests")
    engine.dispose()
    shutil.copytree(house.home, tmp_path / "moved")
    admin.execute("CREATE DATABASE backup_test_empty")
    url = psycopg_url(house.url).set(drivername="postgresql", database="backup_test_empty")
    moved = House(url.render_as_string(hide_password=False), tmp_path / "moved", house.table)
    assert moved.restored(path).erased == 1
    assert moved.rows_of(GONE) == 0 < moved.rows_of(STAYS)


def test_what_was_taken_away_since_does_not_come_back(house: House) -> None:
    engine = house.engine
    with web_login(engine, house.home) as web:
        house.sql(
            "INSERT INTO northlight_auth.session (person_id, login, signed_in_at) "
            "SELECT id, 'x', now() FROM northlight_auth.person"
        )
        path = house.backed_up()
        house.sql("INSERT INTO northlight_auth.withdrawal VALUES ('playbook', :o, 'coaching')",
                  o=STAYS)  # fmt: skip
        people.set_active(engine, "d", False)
        epoch = people.person(engine, "c").epoch
        done = house.restored(path)
        assert (done.carried.withdrawn, done.carried.shut_out) == (1, 1)
        assert not people.person(engine, "d").active
        assert people.person(engine, "c").epoch >= epoch
        # The application goes on with the key it has, and nobody is signed in.
        gate = Gate(web.engine, people.identity_of(engine, "c"), web.signer)
        seen = {row.owner for row in gate.rows(text(f"SELECT owner FROM {house.table}"))}
        assert seen == {"person-1", "person-3"}
        sessions = house.sql("SELECT ended_at IS NOT NULL FROM northlight_auth.session")
        assert sessions == [(True,), (True,)]
    engine.dispose()


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_is_refused_before_anything_happens(
    admin: psycopg.Connection, house: House, seed: int
) -> None:
    whole = house.backed_up()
    draw, content = random.Random(seed), whole.read_bytes()
    damaged = house.home.parent / "damaged"
    for number in range(24):
        place = draw.randrange(len(content))
        if number % 2:
            changed = bytes([content[place] ^ (1 << draw.randrange(8))])
            damaged.write_bytes(content[:place] + changed + content[place + 1 :])
        else:
            damaged.write_bytes(content[:place])
        with pytest.raises(JobError, match="Nothing was changed"):
            house.restored(damaged, foreign=bool(number % 3))
    assert len(names_of(admin, house)) == 1


def test_a_file_that_is_no_backup_is_refused(house: House, tmp_path: Path) -> None:
    plain = tmp_path / "plain.dump"
    subprocess.run(
        [archive.program("pg_dump", 18), "-Fc", f"--file={plain}", f"--dbname={house.url}"],
        check=True,
    )
    for content in (plain.read_bytes(), b"", b"NORTHLIGHT-BACKUP-1\n", b"x" * 500):
        (tmp_path / "other").write_bytes(content)
        with pytest.raises(JobError, match="no backup"):
            house.restored(tmp_path / "other", foreign=True)


def test_a_backup_of_another_installation_is_taken_only_when_told(
    house: House, tmp_path: Path
) -> None:
    path = house.backed_up()
    other = House(house.url, tmp_path / "other", house.table)
    with pytest.raises(JobError, match="from-elsewhere"):
        other.restored(path)
    assert other.restored(path, foreign=True).rows > 0


def test_what_differs_from_what_was_backed_up_replaces_nothing(
    admin: psycopg.Connection, house: House
) -> None:
    """A signed file that says of itself what is not so."""
    engine, path = house.engine, house.home.parent / "signed"
    with manifest.snapshot(engine) as (snapshot, connection):
        found = asdict(manifest.manifest(connection))
        archive.dump(plain_url(engine), 18, path, snapshot)
    engine.dispose()
    name = f"loaded.{house.table}"
    found["tables"][name] = (found["tables"][name][0], "1")
    found["things"]["view northlight_coach.gone"] = "0"
    told = {"made_at": "now", "migrations": [1], "manifest": found}
    backup_file.finish(path, told, house.home)
    with pytest.raises(JobError, match=f"the rows of {name} differ; view northlight_coach.gone"):
        house.restored(path)
    assert len(names_of(admin, house)) == 1
    assert house.rows_of(STAYS) > 0


def test_a_backup_of_a_newer_version_is_refused(house: House) -> None:
    house.sql(
        "INSERT INTO public.northlight_migration (number, name, checksum) VALUES (99, 'new', 'x')"
    )
    with pytest.raises(ServerError, match=r"newer Northlight: its migrations \[99\]"):
        house.restored(house.backed_up())


def test_two_restores_at_once_are_one(house: House) -> None:
    path, engine = house.backed_up(), house.engine
    with databases.beside(engine), pytest.raises(ServerError, match="Another backup"):
        house.restored(path)
    engine.dispose()


def test_a_failure_while_switching_leaves_the_live_database_in_use(
    admin: psycopg.Connection, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: object, _kept: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(databases.Beside, "_rename", fail)
    with pytest.raises(ZeroDivisionError):
        house.restored(house.backed_up())
    assert len(names_of(admin, house)) == 1
    assert house.rows_of(STAYS) > 0


def test_an_existing_file_is_never_overwritten(house: House) -> None:
    path, engine = house.backed_up(), house.engine
    with pytest.raises(JobError, match="is there already"):
        back_up(engine, house.home, path, quietly)
    engine.dispose()
    assert [each.name for each in path.parent.iterdir() if "backup" in each.name] == [path.name]


def test_rights_for_a_role_that_is_not_there_are_told_before_anything(house: House) -> None:
    engine = house.engine
    with pytest.raises(ServerError, match="gives rights to nobody_here"):
        restored.ensure_roles(engine, ["nobody_here", "northlight_coach"])
    engine.dispose()
