"""The one door to the database: who reads, under which limits, and that nothing goes round it."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, literal, select, text
from sqlalchemy.exc import InternalError

from queries.engine import make_engine, psycopg_url, where
from queries.errors import ServerError, StatementStopped
from queries.gate import WORKER, Gate, alone, inspecting, outside_transaction, writing

ROOT = Path(__file__).resolve().parent.parent.parent
QUERIES = sorted((ROOT / "queries").rglob("*.py"))
FOLDERS = ("pages", "charts", "analysis", "clients", "jobs")
DRIVERS = {"sqlalchemy", "psycopg", "pgvector"}


def setting(gate: Gate, name: str) -> str:
    return str(gate.value(select(func.current_setting(name))))


def test_long_values_come_as_the_server_holds_them_to_the_same_reader(gate: Gate) -> None:
    found = gate.binary_rows("SELECT current_user::text AS who, '\\x00ff'::bytea AS body, 7 AS day")
    assert [(row.who, row.body, row.day) for row in found] == [
        ("northlight_worker", b"\x00\xff", 7)
    ]


def test_a_read_runs_as_the_readers_role(gate: Gate) -> None:
    assert gate.value(text("SELECT current_user")) == "northlight_worker"


def test_the_readers_schema_comes_first_in_the_search_path(gate: Gate) -> None:
    assert setting(gate, "search_path").startswith("northlight_worker, northlight, ")


def test_a_read_cannot_write(gate: Gate) -> None:
    with pytest.raises(InternalError, match="read-only"):
        gate.rows(text("CREATE TABLE public.sneaked (x int)"))


def test_a_reader_cannot_change_the_search_path_for_the_next_one(gate: Gate) -> None:
    gate.rows(text("SELECT set_config('search_path', 'elsewhere', false)"))
    assert setting(gate, "search_path").startswith("northlight_worker")


@pytest.mark.parametrize(
    ("name", "wanted"), [("statement_timeout", "10s"), ("lock_timeout", "500ms")]
)
def test_a_read_has_limits(gate: Gate, name: str, wanted: str) -> None:
    assert setting(gate, name) == wanted


@pytest.mark.parametrize(
    "name", ["role", "search_path", "statement_timeout", "lock_timeout", "transaction_read_only"]
)
def test_nothing_stays_on_the_pooled_connection(engine: Engine, name: str) -> None:
    question = text(f"SHOW {name}")
    with engine.connect() as connection:
        before = connection.execute(question).scalar()
    Gate(engine, WORKER).rows(text("SELECT 1"))
    with engine.connect() as connection:
        assert connection.execute(question).scalar() == before


def test_a_snapshot_does_not_see_what_is_committed_meanwhile(gate: Gate, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE public.moving (x int)"))
        connection.execute(text("GRANT SELECT ON public.moving TO northlight_worker"))
    counted = select(func.count()).select_from(text("public.moving"))
    with gate.reading(snapshot=True) as reader:
        assert reader.execute(counted).scalar() == 0
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO public.moving VALUES (1)"))
        assert reader.execute(counted).scalar() == 0


def test_a_statement_past_its_limit_is_stopped_with_a_cure(gate: Gate) -> None:
    with pytest.raises(StatementStopped, match="Narrow the filters"), gate.reading(0.05) as reader:
        reader.execute(text("SELECT pg_sleep(5)"))


def test_the_connection_is_fine_after_a_stopped_statement(gate: Gate) -> None:
    with pytest.raises(StatementStopped):
        gate.value(select(func.pg_sleep(5)), seconds=0.05)
    assert gate.value(select(literal(1))) == 1


def test_a_stopped_copy_is_told_in_the_same_words(gate: Gate) -> None:
    def copy() -> None:
        with gate.reading(0.05) as reader:
            cursor = reader.connection.cursor()
            with cursor.copy("COPY (SELECT pg_sleep(5)) TO STDOUT") as blocks:
                list(blocks)

    with pytest.raises(StatementStopped):
        copy()


def test_a_stopped_read_in_binary_is_told_in_the_same_words(gate: Gate) -> None:
    with pytest.raises(StatementStopped, match="Narrow the filters"):
        gate.binary_rows("SELECT pg_sleep(5)", seconds=0.05)


def test_waiting_for_a_lock_is_told_as_another_command(gate: Gate, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("LOCK northlight.collection IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(StatementStopped, match="Another command"):
            gate.rows(text("SELECT * FROM northlight.collection"))


def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    engine = make_engine("postgresql://someone:secret@127.0.0.1:1/nowhere")
    with pytest.raises(ServerError, match=r"nowhere on 127\.0\.0\.1:1 does not answer") as caught:
        Gate(engine, WORKER).value(text("SELECT 1"))
    assert "secret" not in str(caught.value)


def test_a_database_that_does_not_exist_is_named(server_url: str) -> None:
    url = psycopg_url(server_url).set(database="no_such_database")
    engine = make_engine(url.render_as_string(hide_password=False))
    with pytest.raises(ServerError, match="no_such_database"):
        Gate(engine, WORKER).value(text("SELECT 1"))


def test_a_pooled_connection_that_was_cut_is_replaced_unseen(engine: Engine) -> None:
    gate = Gate(engine, WORKER)
    backend = gate.value(text("SELECT pg_backend_pid()"))
    with writing(make_engine(engine.url.render_as_string(hide_password=False))) as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 2000)"), {"pid": backend})
    assert gate.value(text("SELECT pg_backend_pid()")) != backend


def test_a_server_that_goes_away_in_the_middle_is_a_sentence(gate: Gate, engine: Engine) -> None:
    def read() -> None:
        with gate.reading() as reader:
            pid = reader.execute(text("SELECT pg_backend_pid()")).scalar()
            with outside_transaction(engine) as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            reader.execute(text("SELECT 1"))

    with pytest.raises(ServerError, match="went away"):
        read()


def test_a_failure_of_the_server_is_not_told_as_a_missing_server(gate: Gate) -> None:
    full = "DO $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END $$"
    with pytest.raises(ServerError, match=r"could not do this: disk full\."):
        gate.rows(text(full))


def test_a_write_is_all_or_nothing(engine: Engine) -> None:
    def write() -> None:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE public.half (x int)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with writing(engine) as connection:
        assert connection.execute(text("SELECT to_regclass('public.half')")).scalar() is None


def test_a_write_is_not_stopped_by_the_logins_own_limit(engine: Engine) -> None:
    with writing(engine) as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"


def test_work_that_must_be_alone_keeps_others_out(engine: Engine) -> None:
    with alone(engine, "embed", "notes"):
        with alone(engine, "embed", "others"):
            pass
        with writing(engine) as connection:
            key = func.hashtextextended("northlight.embed.notes", 0)
            assert connection.execute(select(func.pg_try_advisory_xact_lock(key))).scalar() is False


def test_inspecting_cannot_write(engine: Engine) -> None:
    with pytest.raises(InternalError, match="read-only"), inspecting(engine) as connection:
        connection.execute(text("CREATE TABLE public.sneaked (x int)"))


@pytest.mark.parametrize(
    "url", ["postgres://a@b/c", "postgresql://a@b/c", "postgresql+asyncpg://a@b/c"]
)
def test_any_spelling_of_postgresql_is_taken(url: str) -> None:
    assert psycopg_url(url).drivername == "postgresql+psycopg"


@pytest.mark.parametrize("url", ["mysql://a@b/c", "nonsense", "", "postgresql://a@b:port/c"])
def test_what_is_no_postgresql_url_is_a_sentence(url: str) -> None:
    with pytest.raises(ServerError, match="DATABASE_URL"):
        psycopg_url(url)


def test_the_place_is_told_without_the_password() -> None:
    assert where(make_engine("postgresql://me:secret@db.example:5433/x")) == (
        "x on db.example:5433"
    )


def statements_outside(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.search(r"\bengine\.(connect|begin|raw_connection|execute)\(", line):
            yield line.strip()


@pytest.mark.parametrize(
    "path", [p for p in QUERIES if p.name != "gate.py"], ids=lambda path: path.name
)
def test_only_the_gate_opens_connections(path: Path) -> None:
    assert list(statements_outside(path)) == []


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def typing_only(path: Path) -> bool:
    return "if TYPE_CHECKING:" in path.read_text(encoding="utf-8")


def test_no_other_folder_imports_a_driver() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    found = [path.name for path in files if imported(path) & DRIVERS and not typing_only(path)]
    assert found == []


def reading_functions() -> Iterator[tuple[str, inspect.Signature]]:
    for path in QUERIES:
        if path.name in {"gate.py", "__init__.py"}:
            continue
        module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, made in inspect.getmembers(module, inspect.isfunction):
            own = made.__module__ == module.__name__
            if own and not name.startswith("_") and "gate" in inspect.signature(made).parameters:
                yield f"{path.stem}.{name}", inspect.signature(made)


@pytest.mark.parametrize("signature", [pytest.param(s, id=name) for name, s in reading_functions()])
def test_what_reads_takes_the_gate_first(signature: inspect.Signature) -> None:
    assert next(iter(signature.parameters)) == "gate"
