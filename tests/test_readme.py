"""The README's commands, run as they stand there."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
# Starts everything and stays: it has a test of its own (tests/jobs/starting/test_up.py).
NOT_HERE = ("git clone", "./northlight up", "export DATABASE_URL")
ANSWERS = """id,text,person,asked
1,I am afraid of speaking in meetings.,ana,2026-01-05
2,The dog wakes me at five every morning.,ben,2026-01-06
3,I said no to my boss and nothing happened.,ana,2026-01-07
4,We argued about money again.,cy,2026-01-08
5,I ran three kilometres without stopping.,ben,2026-01-09
6,My voice shakes when I present the numbers.,cy,2026-01-10
"""


def blocks() -> list[list[str]]:
    """The commands of each shell block that this test can run."""
    found = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    lines = [[line for line in block.splitlines() if line] for block in found]
    return [[one for one in block if not one.startswith(NOT_HERE)] for block in lines]


@pytest.fixture
def feedback(database_url: str) -> str:
    """The table that the README connects."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE public.feedback (id integer PRIMARY KEY, body text NOT NULL, "
            "customer text, created_at timestamptz DEFAULT now())"
        )
        for number, line in enumerate(ANSWERS.splitlines()[1:], start=1):
            connection.execute(
                "INSERT INTO public.feedback VALUES (%s, %s, %s)",
                (number, line.split(",")[1], line.split(",")[2]),
            )
    return database_url


def test_the_commands_of_the_readme_run_as_they_stand_there(feedback: str, tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text(ANSWERS, encoding="utf-8")
    environment = os.environ | {"DATABASE_URL": feedback, "NORTHLIGHT_HOME": str(tmp_path / "home")}
    commands = [command for block in blocks() for command in block]
    assert any("collections connect" in command for command in commands)
    for command in commands:
        spelled = command.replace("./northlight", str(CHECKOUT / "northlight"))
        ran = subprocess.run(
            ["/bin/sh", "-c", spelled],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"


def test_every_command_is_in_the_readme_or_the_help_says_more() -> None:
    from jobs.cli import COMMANDS

    told = README + (CHECKOUT / "docs" / "commands.md").read_text(encoding="utf-8")
    missing = [name for name in COMMANDS if f"{name}" not in told]
    assert not missing
