"""The embedded server survives what happens to it, and touches nothing that is not its own."""

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from clients.postgres import account, binaries, place, postmaster, server, settings, startup
from clients.postgres.account import Account, first_closed, for_new_cluster
from clients.postgres.connection import psql
from clients.postgres.errors import (
    AccountError,
    BinariesError,
    BusyError,
    ClusterError,
    PlaceError,
    PostgresError,
    StartError,
)

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PACKAGES = binaries.installed().parent.parent.parent
GIB = 2**30
ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not ROOT, reason="needs root to become somebody else")
START = "import sys, pathlib; from clients.postgres import server; "
START += "print(server.ensure_running(pathlib.Path(sys.argv[1])))"


@contextmanager
def open_folder(parent: Path) -> Iterator[Path]:
    """A folder everybody may pass, unlike pytest's own, which root keeps to itself."""
    folder = Path(tempfile.mkdtemp(prefix="nl-", dir=parent))
    folder.chmod(0o755)
    yield folder
    for lock in folder.rglob("postgres/lock"):
        server.erase(lock.parent.parent)
    shutil.rmtree(folder)


def in_memory() -> Path:
    """Memory if there is enough of it: waiting for a disk is most of the time otherwise."""
    memory = settings.SHARED_MEMORY
    return memory if settings.shared_memory() > 2 * GIB else Path("/tmp")


@pytest.fixture
def ground() -> Iterator[Path]:
    """Room for one test."""
    with open_folder(in_memory()) as folder:
        yield folder


@pytest.fixture
def disk() -> Iterator[Path]:
    """Room for one test in which programs may be run; memory often forbids that."""
    with open_folder(Path("/tmp")) as folder:
        yield folder


@pytest.fixture(scope="module")
def quiet() -> Iterator[Path]:
    """A home whose server runs, for tests that do it no harm."""
    with open_folder(in_memory()) as folder:
        server.ensure_running(folder / "home")
        yield folder / "home"


@pytest.fixture(scope="module")
def template(quiet: Path) -> Path:
    """A cluster that was never in use; copying it is faster than making one."""
    made = quiet.parent / "template"
    server.ensure_running(made)
    server.stop(made)
    return made


@pytest.fixture
def home(ground: Path, template: Path) -> Path:
    """A home of its own whose server runs."""
    made = ground / "home"
    subprocess.run(["cp", "-a", template, made], check=True)
    server.ensure_running(made)
    return made


def ask(home: Path, statement: str) -> str:
    """One value from the home's database."""
    answer = psql(place.recorded(home.resolve()), statement)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def postmaster_pid(home: Path) -> int:
    """The process number of the home's server."""
    pid = server.status(home).pid
    assert pid is not None
    return pid


def kill_postmaster(home: Path) -> None:
    """Kills the server as an out-of-memory killer would."""
    os.kill(postmaster_pid(home), signal.SIGKILL)


def python_for(who: Account | None) -> str:
    """A Python that the account may run: root's own is often hidden from others."""
    if who is None:
        return sys.executable
    for program in (sys.executable, "/usr/bin/python3.11", "/usr/local/bin/python3.11"):
        if Path(program).exists() and first_closed(Path(program).resolve(), who) is None:
            return program
    pytest.skip(f"needs a Python that the account {who.name} may run")


def start_elsewhere(home: Path, who: Account | None = None) -> subprocess.Popen[str]:
    """Another process that wants the server of the same home."""
    return subprocess.Popen(
        [python_for(who), "-c", START, str(home)],
        env={"PYTHONPATH": f"{CHECKOUT}:{PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **(who.switch if who else {}),
    )


def test_the_url_opens_a_database_with_vectors(quiet: Path) -> None:
    engine = create_engine(server.url(quiet))
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION vector"))
        distance = connection.scalar(text("SELECT '[1,0]'::vector <=> '[0,1]'"))
    engine.dispose()
    assert distance == 1


def test_the_url_holds_no_secret_and_ignores_the_callers_pgport(
    quiet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGPASSWORD", "wrong")
    assert server.url(quiet).startswith("postgresql+psycopg://northlight@/northlight?host=/")
    with psycopg.connect(server.url(quiet).replace("+psycopg", "")) as connection:
        assert connection.info.user == "northlight"


def test_asking_again_finds_the_same_server(quiet: Path) -> None:
    before = postmaster_pid(quiet)
    server.ensure_running(quiet)
    assert postmaster_pid(quiet) == before


def test_stop_ends_it_and_what_was_written_stays(home: Path) -> None:
    ask(home, "CREATE TABLE kept AS SELECT 7 AS value")
    assert server.stop(home)
    assert server.status(home).state == "stopped"
    assert not server.stop(home)
    server.ensure_running(home)
    assert ask(home, "SELECT value FROM kept") == "7"


def test_stop_does_not_wait_for_those_who_are_connected(home: Path) -> None:
    address = server.url(home).replace("+psycopg", "")
    with closing(psycopg.connect(address)) as connection:
        connection.execute("SELECT 1")
        begun = time.monotonic()
        assert server.stop(home)
        assert time.monotonic() - begun < 10


def test_a_home_moved_while_its_server_runs_can_be_stopped_and_used_again(home: Path) -> None:
    ask(home, "CREATE TABLE kept AS SELECT 7 AS value")
    moved = home.rename(home.with_name("moved"))
    with pytest.raises(StartError, match="db stop"):
        server.ensure_running(moved)
    assert server.stop(moved)
    server.ensure_running(moved)
    assert ask(moved, "SELECT value FROM kept") == "7"


def test_without_the_wheel_it_says_what_to_install(
    ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "PACKAGE", "absent_package")
    with pytest.raises(BinariesError, match="pip install -r"):
        server.ensure_running(ground / "home")


def test_a_home_without_a_database_is_absent(ground: Path) -> None:
    assert server.status(ground / "new").state == "absent"
    assert not server.stop(ground / "new")
    assert not (ground / "new").exists()


def test_eight_processes_on_a_fresh_home_get_one_server(ground: Path) -> None:
    started = [start_elsewhere(ground / "home") for _ in range(8)]
    outcomes = [(process.communicate(timeout=60), process.returncode) for process in started]
    assert [code for _, code in outcomes] == [0] * 8, outcomes
    assert {out.strip() for (out, _), _ in outcomes} == {server.url(ground / "home")}
    assert not list(place.recorded(ground / "home").cluster.glob("building-*"))


def test_the_server_outlives_the_process_that_started_it(ground: Path) -> None:
    first = start_elsewhere(ground / "home")
    first.communicate(timeout=60)
    assert server.status(ground / "home").state == "running"


def test_settings_are_for_privacy_and_safety(quiet: Path) -> None:
    expected = {
        "listen_addresses": "",
        "fsync": "on",
        "data_checksums": "on",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_min_duration_statement": "-1",
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "jit": "off",
        "max_connections": "100",
        "server_encoding": "UTF8",
        "timezone": "UTC",
        "search_path": "public",
    }
    assert {name: ask(quiet, f"SHOW {name}") for name in expected} == expected
    assert ask(quiet, "SELECT count(*) FROM pg_file_settings WHERE error IS NOT NULL") == "0"


def test_other_roles_need_their_own_password(quiet: Path) -> None:
    ask(quiet, "CREATE ROLE visitor LOGIN PASSWORD 'right'")
    address = server.url(quiet).replace("+psycopg", "").replace("northlight@", "visitor@")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address, password="wrong")
    with psycopg.connect(address, password="right") as connection:
        assert connection.info.user == "visitor"


def test_texts_of_rows_do_not_reach_the_log(quiet: Path) -> None:
    ask(quiet, "CREATE TABLE diary (entry text UNIQUE)")
    with psycopg.connect(server.url(quiet).replace("+psycopg", "")) as connection:
        for _ in range(2):
            try:
                connection.execute("INSERT INTO diary VALUES (%s)", ["canary-4711"])
            except psycopg.errors.UniqueViolation:
                break
        connection.rollback()
        with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="canary-4711"):
            connection.execute("SELECT CAST(%s::text AS integer)", ["canary-4711"])
    log = server.status(quiet).log.read_text(encoding="utf-8")
    assert "ready to accept connections" in log
    assert "canary-4711" not in log


def test_a_killed_postmaster_is_replaced_and_nothing_committed_is_lost(home: Path) -> None:
    ask(home, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS value")
    for _ in range(3):
        kill_postmaster(home)
        server.ensure_running(home)
    assert ask(home, "SELECT count(*) FROM kept") == "1000"


def test_a_process_that_outlives_its_postmaster_is_waited_for(home: Path) -> None:
    here = place.recorded(home)
    others = [pid for pid in postmaster.members(here) if pid != postmaster_pid(home)]
    os.kill(others[0], signal.SIGSTOP)
    kill_postmaster(home)
    threading.Timer(1.0, os.kill, [others[0], signal.SIGCONT]).start()
    begun = time.monotonic()
    server.ensure_running(home)
    assert time.monotonic() - begun > 0.9


def test_a_process_that_never_ends_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "LEFTOVER_SECONDS", 0.5)
    here = place.recorded(home)
    other = next(pid for pid in postmaster.members(here) if pid != postmaster_pid(home))
    os.kill(other, signal.SIGSTOP)
    kill_postmaster(home)
    with pytest.raises(BusyError, match=str(other)):
        server.ensure_running(home)
    os.kill(other, signal.SIGKILL)


def test_a_killed_first_start_leaves_nothing_that_stops_the_next(ground: Path) -> None:
    first = start_elsewhere(ground / "home")
    cluster = ground / "home" / "postgres" / "cluster"
    deadline = time.monotonic() + 30
    while not list(cluster.glob("building-*/base")) and time.monotonic() < deadline:
        time.sleep(0.01)
    first.kill()
    first.communicate()
    assert list(cluster.glob("building-*"))
    assert not (cluster / "data").exists()
    server.ensure_running(ground / "home")
    assert not list(cluster.glob("building-*"))


def test_a_stale_pid_file_with_somebody_elses_number_is_harmless(home: Path) -> None:
    here = place.recorded(home)
    recorded = (here.data / "postmaster.pid").read_text()
    lock = here.socket.with_name(f"{here.socket.name}.lock")
    server.stop(home)
    who = for_new_cluster()
    # Same user as the server: PostgreSQL itself would take it for a living server.
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **who.switch)
    stale = f"{stranger.pid}\n" + recorded.partition("\n")[2]
    for path in (here.data / "postmaster.pid", lock):
        path.write_text(stale)
        os.chown(path, who.uid, who.gid)
    server.ensure_running(home)
    assert server.stop(home)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_stop_never_signals_a_process_that_is_not_its_own(home: Path) -> None:
    server.stop(home)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (place.recorded(home).data / "postmaster.pid").write_text(f"{stranger.pid}\n")
        assert not server.stop(home)
        assert stranger.poll() is None
        stranger.kill()


def test_a_data_folder_of_another_major_is_refused_untouched(home: Path) -> None:
    server.stop(home)
    version = server.status(home).data / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(ClusterError, match=r"made by PostgreSQL 17.*brings 18"):
        server.ensure_running(home)
    assert version.read_text() == "17\n"


def test_a_data_folder_others_can_read_is_refused_with_the_cure(home: Path) -> None:
    server.stop(home)
    data = server.status(home).data
    data.chmod(0o755)
    with pytest.raises(ClusterError, match=r"mode 0755.*chmod 700"):
        server.ensure_running(home)
    assert stat.S_IMODE(data.stat().st_mode) == 0o755
    data.chmod(0o700)
    server.ensure_running(home)


def test_a_folder_that_is_no_database_is_left_alone(ground: Path) -> None:
    home = ground / "home"
    data = home / "postgres" / "cluster" / "data"
    data.mkdir(parents=True, mode=0o700)
    (data / "letter.txt").write_text("dear")
    who = for_new_cluster()
    os.chown(data, who.uid, who.gid)
    with pytest.raises(ClusterError, match="PG_VERSION is missing"):
        server.ensure_running(home)
    assert [path.name for path in data.iterdir()] == ["letter.txt"]
    (home / "postgres" / "lock").touch()


@only_root
def test_a_data_folder_of_root_is_refused(home: Path) -> None:
    server.stop(home)
    data = server.status(home).data
    os.chown(data, 0, 0)
    with pytest.raises(ClusterError, match="belongs to root"):
        server.ensure_running(home)


def of_name(name: str) -> Account:
    """The account of that name."""
    entry = pwd.getpwnam(name)
    return Account(entry.pw_uid, entry.pw_gid, name)


@only_root
def test_the_home_of_another_user_is_refused(home: Path) -> None:
    for who, words in (
        (of_name("daemon"), "another user"),
        (for_new_cluster(), "not let this"),
    ):
        _, said = start_elsewhere(home, who).communicate(timeout=60)
        assert words in said


def test_a_broken_setting_is_told_with_the_log(home: Path) -> None:
    ask(home, "ALTER SYSTEM SET shared_preload_libraries = 'absent'")
    server.stop(home)
    with pytest.raises(StartError, match=r'could not access file "absent"'):
        server.ensure_running(home)


def test_paths_with_spaces_quotes_and_great_length_work(ground: Path) -> None:
    home = ground / 'it\'s a "home", ü' / ("long" * 30)
    url = server.ensure_running(home)
    assert len(url) < 120
    assert ask(home, "SHOW data_directory").startswith(str(home))
    assert place.recorded(home).sockets.stat().st_mode & 0o777 == 0o700
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_only_the_owner_can_reach_socket_and_data(quiet: Path) -> None:
    here = place.recorded(quiet)
    for folder in (here.data, here.sockets):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@only_root
def test_no_existing_folder_changes_its_mode_when_root_starts_it(ground: Path) -> None:
    closed = ground / "closed"
    home = closed / "deep" / "home"
    home.mkdir(parents=True)
    closed.chmod(0o700)
    watched = [home, *home.parents, *binaries.installed().parents, Path("/var/lib")]
    before = {folder: folder.stat().st_mode for folder in watched}
    server.ensure_running(home)
    after = {folder: folder.stat().st_mode for folder in watched}
    assert after == before
    assert not server.status(home).data.is_relative_to(closed)
    assert ask(home, "SELECT 1") == "1"


@only_root
def test_the_programs_are_copied_when_the_servers_account_cannot_reach_them(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = binaries.installed().parent.parent
    hidden = disk / "site-packages"
    hidden.mkdir(mode=0o700)
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), hidden / name)
    inside = hidden / package.name / "pginstall18" / "bin"
    monkeypatch.setattr(binaries, "installed", lambda: inside)
    monkeypatch.setattr(place, "SHARED_BASES", (disk / "shared",))
    server.ensure_running(disk / "home")
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o700
    assert list((disk / "shared").glob("postgresql-18-*/*/pginstall18/bin/postgres"))


@only_root
def test_without_any_reachable_folder_it_says_which_were_tried(
    ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = ground / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(place, "SHARED_BASES", (closed / "a", closed / "b"))
    with pytest.raises(PlaceError, match=r"closed/a.*closed/b.*NORTHLIGHT_HOME"):
        server.ensure_running(closed / "home")


@only_root
def test_a_database_kept_elsewhere_that_is_gone_is_not_silently_begun_anew(ground: Path) -> None:
    (ground / "closed").mkdir(mode=0o700)
    home = ground / "closed" / "home"
    server.ensure_running(home)
    server.stop(home)
    shutil.rmtree(place.recorded(home).cluster)
    with pytest.raises(ClusterError, match="is gone"):
        server.ensure_running(home)


@only_root
def test_an_ordinary_user_runs_it_in_place_with_nothing_in_the_environment(ground: Path) -> None:
    who = for_new_cluster()
    mine = ground / "mine"
    mine.mkdir(mode=0o700)
    os.chown(mine, who.uid, who.gid)
    out, err = start_elsewhere(mine / "home", who).communicate(timeout=60)
    assert str(mine) in out, err
    # Root may use what an ordinary user made, and the server stays that user's.
    assert ask(mine / "home", "SELECT current_user") == "northlight"
    assert server.status(mine / "home").data.stat().st_uid == who.uid
    kill_postmaster(mine / "home")
    server.ensure_running(mine / "home")


def test_a_socket_that_somebody_else_serves_is_not_taken_for_ours(home: Path) -> None:
    server.stop(home)
    here = place.recorded(home)
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(here.socket))
    server.ensure_running(home)
    assert ask(home, "SELECT 1") == "1"


def test_a_full_disk_is_told_in_words(ground: Path) -> None:
    full = ground / "full"
    full.mkdir()
    if not ROOT or mount_small(full) != 0:
        pytest.skip("needs the right to mount a small disk")
    try:
        with pytest.raises(PostgresError, match=r"(?i)no space left|disk is full"):
            server.ensure_running(full / "home")
        assert not list((full / "home" / "postgres" / "cluster").glob("building-*"))
    finally:
        (full / "home" / "postgres" / "lock").unlink()
        subprocess.run(["umount", full], check=True)


@only_root
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_root_without_the_right_to_switch_is_told_to_run_as_somebody_else(ground: Path) -> None:
    bounded = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    command = [*bounded, sys.executable, "-c", START, str(ground / "home")]
    environment = {"PYTHONPATH": f"{CHECKOUT}:{PACKAGES}"}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "Run ./northlight as an ordinary user" in ran.stderr


@only_root
def test_without_nobody_another_account_without_rights_will_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account, "SERVICE_ACCOUNTS", ("absent", "root", "daemon"))
    assert for_new_cluster().name == "daemon"
    monkeypatch.setattr(account, "SERVICE_ACCOUNTS", ("absent", "root"))
    with pytest.raises(AccountError, match="no account without rights"):
        for_new_cluster()


@pytest.mark.parametrize(
    ("memory", "shared", "expected"),
    [
        (24 * GIB, 12 * GIB, ("1024MB", "1024MB", "posix")),
        (4 * GIB, 2 * GIB, ("512MB", "256MB", "posix")),
        (GIB // 2, 64 * 2**20, ("64MB", "64MB", "mmap")),
    ],
)
def test_memory_settings_fit_the_machine_or_container(
    memory: int, shared: int, expected: tuple[str, str, str]
) -> None:
    written = settings.configuration(place.recorded(Path("/home/h")), memory, shared)
    names = ("shared_buffers", "maintenance_work_mem", "dynamic_shared_memory_type")
    for name, value in zip(names, expected, strict=True):
        assert f"{name} = '{value}'" in written


def mount_small(folder: Path) -> int:
    """Mounts a disk of 20 MB; the exit code."""
    command = ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_table_made_by_its_bare_name_lands_where_tables_are_looked_for(quiet: Path) -> None:
    made = "CREATE SCHEMA IF NOT EXISTS northlight; CREATE TABLE bare_name (id int); "
    assert ask(quiet, f"{made} SELECT 'bare_name'::regclass = 'public.bare_name'::regclass") == "t"
