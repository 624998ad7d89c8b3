"""The commands `load` and `collections` as a person and a script meet them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.cli.context import CHECKOUT

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Runs a command with a home of its own."""

    def run_command(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | {"DATABASE_URL": database_url, "NORTHLIGHT_HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-m", "jobs", *arguments],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run_command


def test_from_a_file_to_a_collection_that_is_listed_shown_and_checked(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("id,text,user\n1,first note,ann\n2,second note,bob\n")
    loaded = run("load", str(file), "--into", "notes", "--create")
    assert loaded.returncode == 0, loaded.stderr
    assert "2 rows new" in loaded.stdout
    assert "owner     user" in loaded.stdout
    listed = json.loads(run("collections", "list", "--json").stdout)
    entry = next(each for each in listed if each["name"] == "notes")
    assert set(entry) == {"name", "title", "table", "rows", "embedded", "roles"}
    assert (entry["table"], entry["rows"], entry["embedded"]) == ("loaded.notes", 2, 0)
    assert set(entry["roles"]) == {"id", "text", "title", "embedding", "owner", "time", "facets"}
    assert "loaded.notes" in run("collections", "show", "notes").stdout
    assert json.loads(run("collections", "show", "notes", "--json").stdout)["rows"] == 2
    checked = run("collections", "check", "notes", "--json")
    assert {each["level"] for each in json.loads(checked.stdout)} == {"warning", "info"}
    assert checked.returncode == 0
    again = json.loads(run("load", str(file), "--into", "notes", "--json").stdout)
    assert (again["inserted"], again["updated"], again["unchanged"]) == (0, 0, 2)


def test_a_search_that_no_row_fits_says_what_it_looked_through(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text("id,text,kind\n1,first note,a\n2,second note,a\n3,third note,b\n")
    run("load", str(file), "--into", "cells", "--create", "--facet", "kind")
    run("embed", "cells")
    found = run("search", "cells", "note", "--where", "kind=z", "--json")
    told = json.loads(found.stdout)
    assert (told["results"], found.returncode) == ([], 0)
    assert told["notice"] == "No row fits. Searched: kind is z."
    phrased = run("search", "cells", '"note first" -third')
    asked = 'all rows, with "note first", without "third"'
    assert phrased.stderr == f"No row fits. Searched: {asked}.\n"
    alone = run("neighbours", "cells", "1", "--where", "kind=z")
    assert alone.stderr == "No other row has an embedding. Searched: kind is z.\n"
    assert "No two rows have a similarity of 0.99 or more." in (
        run("pairs", "cells", "--above", "0.99").stderr
    )


def test_a_load_that_changed_rows_says_that_they_are_to_be_embedded(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "anew.csv"
    file.write_text("id,text\n1,first note\n2,second note\n")
    run("load", str(file), "--into", "anew", "--create")
    assert "Next" not in run("load", str(file), "--into", "anew").stdout
    file.write_text("id,text\n1,another note\n2,second note\n")
    told = run("load", str(file), "--into", "anew").stdout
    assert "`./northlight embed anew`" in told
    assert "the 1 new or changed row." in told


def test_a_question_may_begin_with_a_word_to_leave_out(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_text("id,text\n-1,first red note\n2,second blue note\n3,third red note\n")
    run("load", str(file), "--into", "dashes", "--create")
    run("embed", "dashes")
    found = run("search", "dashes", "-blue note", "--json")
    assert {hit["id"] for hit in json.loads(found.stdout)["results"]} == {"-1", "3"}
    assert json.loads(run("neighbours", "dashes", "-1", "--json").stdout)["id"] == "-1"
    assert run("search", "dashes", "note", "--limti", "3").returncode == 2


def test_refused_rows_are_named_and_exit_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("id,text\n1,a note\n1,again\n")
    refused = run("load", str(file), "--into", "bad", "--create")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "line 3: has the id '1', as line 2 has" in refused.stderr
    assert "Traceback" not in refused.stderr
    skipped = json.loads(
        run("load", str(file), "--into", "bad", "--create", "--skip-bad", "--json").stdout
    )
    assert skipped["refused"] == [{"line": 3, "reason": "has the id '1', as line 2 has"}]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("load", "nowhere.csv", "--into", "x", "--create"), 1, "There is no file"),
        (("load", "nowhere.csv"), 2, "--into"),
        (("collections", "show", "nothing"), 1, "no collection 'nothing'"),
        (("collections", "connect", "nothing"), 1, "no table nothing"),
        (("collections", "connect"), 2, "--known"),
        (("collections", "connect", "x", "--known"), 2, "--known"),
        (("collections", "frobnicate"), 2, "frobnicate"),
    ],
)
def test_errors_are_one_sentence_and_the_right_code(
    run: Run, arguments: tuple[str, ...], code: int, says: str
) -> None:
    failed = run(*arguments)
    assert failed.returncode == code
    assert says in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_damaged_catalog_file_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("id,text\n1,first note\n")
    assert run("load", str(file), "--into", "other", "--create").returncode == 0
    (tmp_path / "catalog" / "broken.toml").write_text("this is = not [toml")
    listed = run("collections", "list", "--json")
    assert "broken.toml is not a TOML file" in listed.stderr
    assert "other" in [each["name"] for each in json.loads(listed.stdout)]
