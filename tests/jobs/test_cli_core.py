"""The commands that embed, map and search, as a script meets them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from jobs.__main__ import main
from jobs.cli import COMMANDS
from jobs.cli.context import CHECKOUT
from queries.collection import Collection
from queries.gate import Gate
from tests.world import embedded_world, make_world, rows, run_sql

HEAVY = ("sqlalchemy", "numpy", "pandas", "sklearn", "scipy", "igraph", "streamlit", "wordllama")
THEME = {
    *("id", "parent_id", "name", "named_by", "terms", "size", "owners", "representatives"),
    *("stability", "state"),
}
HIT = {"id", "text", "score", "distance", "rank_meaning", "rank_words", "passage"}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def process(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "jobs", *arguments],
        cwd="/",
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The same without the second that a process takes to start."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["northlight", *arguments])
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
    code = ended.value.code
    return subprocess.CompletedProcess(
        arguments, code if isinstance(code, int) else 0, out.getvalue(), err.getvalue()
    )


@pytest.fixture(scope="module")
def environment(
    engine: Engine, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The module's migrated database and a home of its own."""
    home = str(tmp_path_factory.mktemp("home"))
    assert make_url(database_url).database == engine.url.database
    return {"DATABASE_URL": database_url, "NORTHLIGHT_HOME": home}


@pytest.fixture(scope="module")
def run(environment: dict[str, str]) -> Run:
    """Runs a command there."""
    return lambda *arguments: command(*arguments, **environment)


@pytest.fixture(scope="module")
def notes(gate: Gate, run: Run) -> str:
    """An embedded and mapped collection."""
    name = embedded_world(gate, rows(pairs=6)).name
    assert run("map", name).returncode == 0
    return name


@pytest.fixture(scope="module")
def bare(gate: Gate) -> Collection:
    return make_world(gate.engine)


def document(result: "subprocess.CompletedProcess[str]") -> dict[str, object]:
    assert result.returncode == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from jobs.__main__ import northlight; "
        "northlight(['--help'], standalone_mode=False); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip() == "[]"


def test_every_command_has_help_without_anything_heavy() -> None:
    built = [
        name
        for name, (module, _) in COMMANDS.items()
        if (CHECKOUT / "jobs" / "cli" / f"{module}.py").exists()
    ]
    code = (
        "import sys; from jobs.__main__ import northlight\n"
        f"for name in {built!r}: northlight([name, '--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == "[]"
    assert done.stdout.count("Usage: ") == len(built)


def test_a_process_answers_with_one_document_and_exit_0(
    environment: dict[str, str], notes: str
) -> None:
    found = document(process("search", notes, "sleep", "--json", **environment))
    assert found["mode"] == "hybrid"


def test_a_process_that_cannot_says_one_sentence_and_exit_1(environment: dict[str, str]) -> None:
    done = process("themes", "nope", **environment)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_a_process_used_wrongly_ends_with_exit_2(environment: dict[str, str]) -> None:
    assert process("search", **environment).returncode == 2


def test_a_byte_of_another_encoding_is_searched_for_as_something(run: Run, notes: str) -> None:
    assert document(run("search", notes, "sleep \udcff", "--json"))["results"]


def test_search_prints_one_document_with_the_promised_keys(run: Run, notes: str) -> None:
    found = document(run("search", notes, "I cannot sleep", "--json", "--limit", "3"))
    assert list(found) == ["mode", "results", "notice"]
    assert [set(hit) for hit in found["results"]] == [HIT] * 3  # type: ignore[attr-defined]


def test_search_narrows_to_facets_and_owners(run: Run, notes: str) -> None:
    where = ("--where", "topic=money", "--where", "owner=person-8")
    found = document(run("search", notes, "my bank", "--json", *where))
    ids = {row.id for row in rows(pairs=6) if (row.topic, row.owner) == ("money", "person-8")}
    assert {hit["id"] for hit in found["results"]} == ids  # type: ignore[attr-defined]


def test_search_without_json_is_for_people(run: Run, notes: str) -> None:
    found = run("search", notes, "coffee", "--mode", "words")
    assert "stopped drinking coffee" in found.stdout


def test_themes_lists_rows_that_could_be_elsewhere(run: Run, notes: str) -> None:
    found = document(run("themes", notes, "--borderline", "3", "--json"))
    above = {theme["parent_id"] for theme in found["themes"]}  # type: ignore[attr-defined]
    deepest = {str(t["id"]) for t in found["themes"] if t["id"] not in above}  # type: ignore[attr-defined]
    torn = found["borderline"]
    assert set(torn) == deepest  # type: ignore[call-overload]
    rows = [row for some in torn.values() for row in some]  # type: ignore[attr-defined]
    assert all(0.5 * row["membership"] - 0.01 <= row["second_membership"] for row in rows)
    told = run("themes", notes, "--borderline", "3").stdout
    assert all(f"{row['second_membership']:.2f} in {row['second_name']}" in told for row in rows)


def test_themes_has_the_promised_keys(run: Run, notes: str) -> None:
    found = document(run("themes", notes, "--members", "--json"))
    assert list(found) == ["run", "rows", "unsorted", "themes", "members"]
    assert all(set(theme) == THEME for theme in found["themes"])  # type: ignore[attr-defined]


def test_members_and_unsorted_are_all_rows(run: Run, notes: str) -> None:
    found = document(run("themes", notes, "--members", "--json"))
    members = found["members"]
    assert isinstance(members, dict)
    assert sum(map(len, members.values())) + int(str(found["unsorted"])) == found["rows"]


def test_neighbours_are_nearest_first(run: Run, notes: str) -> None:
    found = document(run("neighbours", notes, "row-00000", "--json", "--limit", "5"))
    distances = [hit["distance"] for hit in found["results"]]  # type: ignore[attr-defined]
    assert len(distances) == 5
    assert distances == sorted(distances)


def test_pairs_have_the_promised_keys(run: Run, notes: str) -> None:
    pairs = document(run("pairs", notes, "--above", "0.6", "--json"))["pairs"]
    assert isinstance(pairs, list)
    assert set(pairs[0]) == {"id1", "id2", "similarity"}
    assert all(pair["similarity"] >= 0.6 and pair["id1"] < pair["id2"] for pair in pairs)


@pytest.mark.parametrize("role", ["owner", "topic"])
def test_pairs_across_a_role_differ_in_it(run: Run, notes: str, role: str) -> None:
    found = document(run("pairs", notes, "--above", "0.3", "--across", role, "--json"))["pairs"]
    value = {row.id: getattr(row, role) for row in rows(pairs=6)}
    assert found
    assert all(value[pair["id1"]] != value[pair["id2"]] for pair in found)  # type: ignore[attr-defined]


def test_pairs_across_owners_do_not_trip_over_a_missing_owner(gate: Gate, run: Run) -> None:
    name = embedded_world(gate).name
    run_sql(gate.engine, f"UPDATE public.{name} SET who = NULL WHERE topic = 'sleep'")
    found = document(run("pairs", name, "--above", "0.3", "--across", "owner", "--json"))["pairs"]
    sleep = {row.id for row in rows() if row.topic == "sleep"}
    assert not any({pair["id1"], pair["id2"]} <= sleep for pair in found)  # type: ignore[attr-defined]


def test_embed_reports_what_it_did(run: Run, bare: Collection) -> None:
    report = document(run("embed", bare.name, "--json"))
    assert (report["embedded"], report["words"], report["refused"]) == (48, 48, {})


def test_map_reports_and_exports(run: Run, notes: str, tmp_path: Path) -> None:
    target = tmp_path / "map.parquet"
    report = document(run("map", notes, "--json", "--export", str(target)))
    assert report["did"] == "unchanged"
    assert target.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("search", "nope", "x"), "There is no collection 'nope'. Declared: "),
        (("search", "{notes}", " "), "There is nothing to search for."),
        (("search", "{notes}", "x", "--where", "mood=1"), "has no facet 'mood'. Its facets: topic"),
        (("neighbours", "{notes}", "nope"), "has no row with the id 'nope'"),
        (("pairs", "{notes}", "--across", "mood"), "has no facet 'mood'"),
        (("embed", "{notes}", "--model", "gpt"), "No embedding model is called 'gpt' here."),
        (("map", "{notes}", "--export", "/nowhere/x.parquet"), "/nowhere/x.parquet cannot be"),
        (("themes", "{new}"), "has no map yet. Run `./northlight map"),
        (("search", "{new}", "x"), "has no embeddings yet. Run `./northlight embed"),
        (("map", "{new}"), "has no embeddings yet"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_1(
    gate: Gate, run: Run, notes: str, arguments: tuple[str, ...], said: str
) -> None:
    new = make_world(gate.engine).name if "{new}" in arguments else ""
    result = run(*(argument.format(notes=notes, new=new) for argument in arguments))
    assert (result.returncode, result.stdout) == (1, "")
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("northlight: ")
    assert said in last
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "{notes}", "x", "--mode", "magic"),
        ("search", "{notes}", "x", "--limit", "0"),
        ("search", "{notes}", "x", "--where", "topic"),
        ("pairs", "{notes}", "--above", "2"),
        ("nonsense",),
        ("map", "{notes}", "--nonsense"),
    ],
)
def test_wrong_usage_is_exit_2(run: Run, notes: str, arguments: tuple[str, ...]) -> None:
    result = run(*(argument.format(notes=notes) for argument in arguments))
    assert (result.returncode, result.stdout) == (2, "")


def test_a_server_that_is_not_there_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    url = "postgresql://me:secret@127.0.0.1:1/x"
    result = command("search", "a", "b", DATABASE_URL=url, NORTHLIGHT_HOME=str(tmp_path))
    assert result.returncode == 1
    assert "does not answer" in result.stderr
    assert "secret" not in result.stderr


def test_a_database_url_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    result = command("db", "check", DATABASE_URL="mysql://x/y", NORTHLIGHT_HOME=str(tmp_path))
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)


def test_the_url_is_printed_as_other_programs_read_it(run: Run, database_url: str) -> None:
    assert run("db", "url").stdout.strip() == database_url


def test_a_checked_database_is_fit(run: Run) -> None:
    found = document(run("db", "check", "--json"))
    assert (found["ok"], found["pending"]) == (True, [])


def test_a_server_of_ones_own_is_not_stopped(run: Run) -> None:
    result = run("db", "stop")
    assert result.returncode == 1
    assert "is yours and is not stopped" in result.stderr
