"""Migrations: once, whole or not at all, one process at a time."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from queries.engine import make_engine, psycopg_url
from queries.errors import MigrationError, ServerError
from queries.server.migrate import migrate, migrations, pending
from queries.server.server import ServerFacts, facts
from tests.world import run_sql

ROOT = Path(__file__).resolve().parents[3]
OTHER_POSTGRESQL = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def empty(server_url: str) -> Iterator[Engine]:
    """An engine on a new database without any schema."""
    name = f"test_{uuid4().hex[:12]}"
    plain = psycopg_url(server_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        made = make_engine(plain.set(database=name).render_as_string(hide_password=False))
        yield made
        made.dispose()
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def write(folder: Path, **files: str) -> Path:
    for name, sql in files.items():
        (folder / f"{name.removeprefix('m')}.sql").write_text(sql, encoding="utf-8")
    return folder


def test_every_migration_of_the_project_is_applied_once(empty: Engine) -> None:
    applied = migrate(empty)
    assert len(applied) == len(migrations())
    assert migrate(empty) == []


def test_what_is_pending_is_told_before_and_nothing_after(empty: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path, m0001_one="SELECT 1", m0002_two="SELECT 2")
    assert pending(empty, folder) == ["0001_one", "0002_two"]
    migrate(empty, folder)
    assert pending(empty, folder) == []


def test_only_the_new_file_is_applied(empty: Engine, tmp_path: Path) -> None:
    migrate(empty, write(tmp_path, m0001_one="CREATE TABLE one ()"))
    assert migrate(empty, write(tmp_path, m0002_two="CREATE TABLE two ()")) == ["0002_two"]


def test_an_edited_file_is_refused_by_name(empty: Engine, tmp_path: Path) -> None:
    migrate(empty, write(tmp_path, m0001_one="CREATE TABLE one ()"))
    with pytest.raises(MigrationError, match="0001_one was applied in another wording"):
        migrate(empty, write(tmp_path, m0001_one="CREATE TABLE one (x int)"))


def test_a_failing_file_is_undone_wholly(empty: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path, m0001_bad="CREATE TABLE half (); SELECT 1 / 0")
    with pytest.raises(MigrationError, match="0001_bad failed and was undone: division by zero"):
        migrate(empty, folder)
    assert run_sql(empty, "SELECT to_regclass('half')") == [(None,)]


def test_what_came_before_a_failing_file_stays(empty: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path, m0001_good="CREATE TABLE good ()", m0002_bad="SELECT 1 / 0")
    with pytest.raises(MigrationError):
        migrate(empty, folder)
    assert pending(empty, folder) == ["0002_bad"]


def test_a_percent_sign_in_a_migration_is_only_a_percent_sign(
    empty: Engine, tmp_path: Path
) -> None:
    migrate(empty, write(tmp_path, m0001_one="CREATE TABLE one AS SELECT '50 %s %% %' AS x"))
    assert run_sql(empty, "SELECT x FROM one") == [("50 %s %% %",)]


def test_two_files_with_one_number_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="share a number"):
        migrations(write(tmp_path, m0001_one="SELECT 1", m0001_other="SELECT 2"))


def test_a_system_that_is_there_is_used_in_place(empty: Engine, tmp_path: Path) -> None:
    run_sql(empty, "CREATE SCHEMA twin")
    migrate(empty, write(tmp_path, m0101_twin="CREATE SCHEMA twin; CREATE TABLE twin.new ()"))
    assert run_sql(empty, "SELECT to_regclass('twin.new')") == [(None,)]


def test_a_file_passed_by_may_be_edited_later(empty: Engine, tmp_path: Path) -> None:
    run_sql(empty, "CREATE SCHEMA twin")
    migrate(empty, write(tmp_path, m0101_twin="CREATE SCHEMA twin"))
    assert migrate(empty, write(tmp_path, m0101_twin="CREATE SCHEMA twin -- better")) == []


def test_two_processes_at_once_apply_everything_once(empty: Engine) -> None:
    code = (
        "import sys; from queries.engine import make_engine; "
        "from queries.server.migrate import migrate; "
        "print(len(migrate(make_engine(sys.argv[1]))))"
    )
    url = empty.url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [sys.executable, "-P", "-c", code, url]
    running = [
        subprocess.Popen(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    applied = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(applied) == len(migrations())


def test_a_login_that_may_not_create_is_told_so(empty: Engine, tmp_path: Path) -> None:
    name = f"reader_{uuid4().hex[:8]}"
    run_sql(empty, "CREATE EXTENSION vector")
    run_sql(empty, f"CREATE ROLE {name} LOGIN PASSWORD 'x'")
    url = empty.url.set(username=name, password="x").render_as_string(hide_password=False)
    try:
        with pytest.raises(MigrationError, match=f"{name} may not"):
            migrate(make_engine(url), write(tmp_path, m0001_one="SELECT 1"))
    finally:
        run_sql(empty, f"DROP ROLE {name}")


@pytest.fixture(scope="module")
def without_pgvector() -> Iterator[Engine]:
    """A PostgreSQL that has no pgvector to offer."""
    if not (OTHER_POSTGRESQL / "initdb").exists():
        pytest.skip("Debian's PostgreSQL 15, which has no pgvector, is not installed here")
    with TemporaryDirectory() as home:
        user = "postgres" if os.getuid() == 0 else None
        if user:
            shutil.chown(home, user)

        def run(program: str, *arguments: str) -> None:
            command = [str(OTHER_POSTGRESQL / program), "-D", f"{home}/data", *arguments]
            subprocess.run(command, check=True, cwd=home, user=user, stdout=subprocess.DEVNULL)

        port = 54_000 + os.getpid() % 5_000
        run("initdb", "-A", "trust", "-U", "me")
        options = f"-p {port} -h 127.0.0.1 -k {home}"
        run("pg_ctl", "-l", f"{home}/log", "-w", "-o", options, "start")
        made = make_engine(f"postgresql://me@127.0.0.1:{port}/postgres")
        yield made
        made.dispose()
        run("pg_ctl", "-m", "immediate", "stop")


def test_without_pgvector_it_says_what_to_install(without_pgvector: Engine) -> None:
    with pytest.raises(ServerError, match=r"has no pgvector\. Install it .*postgresql-15-pgvector"):
        migrate(without_pgvector)


def test_what_hinders_can_be_asked_for_before_anything_is_tried(without_pgvector: Engine) -> None:
    found = facts(without_pgvector)
    assert (found.pgvector, found.offered) == (None, None)
    assert "has no pgvector" in str(found.hindrance)


@pytest.mark.parametrize(("offered", "fit"), [("0.6.2", False), ("0.8.0", True), ("1.0", True)])
def test_an_old_pgvector_hinders(offered: str, fit: bool) -> None:
    hindrance = ServerFacts("16.4", 160_004, None, offered).hindrance
    assert (hindrance is None) == fit


def test_without_pgvector_nothing_is_left_behind(without_pgvector: Engine) -> None:
    with pytest.raises(ServerError):
        migrate(without_pgvector)
    found = run_sql(without_pgvector, "SELECT to_regclass('public.northlight_migration')")
    assert found == [(None,)]
