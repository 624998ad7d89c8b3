"""`people` as an operator and a script meet it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.cli.context import CHECKOUT

Run = Callable[..., "subprocess.CompletedProcess[str]"]
ANA = ("--issuer", "https://id.example.org", "--name", "Ana", "--role", "coach")


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """Runs a command with a home of its own."""

    def run_command(*arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = os.environ | {"DATABASE_URL": database_url, "NORTHLIGHT_HOME": str(tmp_path)}
        return subprocess.run(
            [sys.executable, "-m", "jobs", "people", *arguments],
            cwd=CHECKOUT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run_command


def told(run: Run, *arguments: str) -> str:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(run: Run, user: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(told(run, "show", user, "--json"))
    return found


def test_from_letting_somebody_in_to_shutting_them_out(run: Run) -> None:
    assert "Ana (coach)" in told(run, "add", "u-1", *ANA, "--email", "ana@example.org")
    told(run, "assign", "u-1", "p1", "p2", "--until", "2030-01-01")
    told(run, "assign", "u-1", "p3", "--since", "2031-01-01")
    told(run, "unassign", "ana@example.org", "p2")
    clients = shown(run, "u-1")["clients"]
    assert isinstance(clients, list)
    assert {each["owner"]: each["now"] for each in clients} == {
        "p1": True,
        "p2": False,
        "p3": False,
    }
    assert "(not now)" in told(run, "show", "u-1")
    assert "analyst" in told(run, "role", "u-1", "analyst")
    assert "exercises" in told(run, "grant", "u-1", "exercises")
    assert shown(run, "u-1")["collections"] == ["exercises"]
    assert "none" in told(run, "grant", "u-1", "exercises", "--revoke")
    assert "signed out everywhere" in told(run, "sign-out", "u-1")
    assert "deactivated" in told(run, "deactivate", "u-1")
    assert [each["active"] for each in json.loads(told(run, "list", "--json"))] == [False]
    assert "deactivated" in told(run, "list")
    assert "(analyst)" in told(run, "activate", "u-1")


def test_consent_is_withdrawn_listed_and_given_again(run: Run) -> None:
    assert "No consent is withdrawn" in told(run, "consent")
    assert "withdrawn." in told(run, "consent", "p1", "research", "--withdraw")
    assert "as it was" in told(run, "consent", "p1", "research", "--withdraw")
    assert [each["owner"] for each in json.loads(told(run, "consent", "--json"))] == ["p1"]
    assert "given." in told(run, "consent", "p1", "research", "--give")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "nobody"), 1, "There is no person 'nobody'"),
        (("role", "nobody", "king"), 2, "king"),
        (("add", "u-2", "--name", "B", "--role", "coach"), 2, "--issuer"),
        (("consent", "p1"), 2, "--withdraw or --give"),
        (("consent", "p1", "fun", "--give"), 2, "fun"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*arguments)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_collection_cannot_be_granted(run: Run) -> None:
    told(run, "add", "u-3", *ANA)
    done = run("grant", "u-3", "nothing")
    assert done.returncode == 1
    assert "no collection 'nothing'" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("assign", "u-8", "p1", "--system", "playbok"),
        ("consent", "p1", "research", "--withdraw", "--system", "playbok"),
    ],
)
def test_a_system_that_nobody_reads_is_refused_with_those_there_are(
    run: Run, arguments: tuple[str, ...]
) -> None:
    run("add", "u-8", *ANA)
    refused = run(*arguments)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "'playbok'. Such systems: community" in refused.stderr


def test_a_right_that_a_role_makes_no_use_of_is_refused(run: Run) -> None:
    told(run, "add", "u-9", *ANA)
    assert "this right is for analyst and engineer" in run("grant", "u-9", "exercises").stderr
    told(run, "role", "u-9", "analyst")
    assert "this right is for coach" in run("assign", "u-9", "p1").stderr
