"""`test`, `lint` and `bench`: the project's own tools."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from jobs.cli.context import CHECKOUT
from jobs.errors import JobError

PASS_ON = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FOLDERS = ("charts", "queries", "analysis", "clients", "jobs", "demo", "bench")


@click.command(context_settings=PASS_ON)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests, those in a real browser too. ARGUMENTS go to pytest."""
    _install_tools()
    chosen = list(arguments)
    if not any(shutil.which(name) for name in CHROMIUM):
        missing = (
            "Chromium is not installed, so the browser tests cannot run. "
            "Debian and Ubuntu: `apt-get install chromium`."
        )
        if os.environ.get("CI") == "true":
            raise JobError(missing)
        click.secho(missing, err=True, fg="yellow")
        chosen += ["-m", "not browser"]
    sys.exit(_run([sys.executable, "-m", "pytest", *chosen]))


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended automatically.")
def lint(fix: bool) -> None:
    """Check style, types and the import contracts."""
    _install_tools()
    ruff = [sys.executable, "-m", "ruff"]
    steps = [
        [*ruff, "check", *(["--fix"] if fix else []), "."],
        [*ruff, "format", *([] if fix else ["--check"]), "."],
        [sys.executable, "-m", "mypy", *FOLDERS],
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
    ]
    failed = [step for step in steps if _run(step)]
    sys.exit(1 if failed else 0)


@click.command(context_settings=PASS_ON)
@click.argument("name", default="all")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str, arguments: tuple[str, ...]) -> None:
    """Run a benchmark by NAME, or the main table; `bench --help` lists them."""
    _install_tools()
    sys.exit(_run([sys.executable, "-m", "bench", name, *arguments]))


def _install_tools() -> None:
    """What tests, lint and bench need besides, on first use and when the pinned versions change."""
    wanted, installed = CHECKOUT / "requirements-dev.txt", Path(sys.prefix) / "installed-dev.txt"
    if installed.is_file() and installed.read_bytes() == wanted.read_bytes():
        return
    click.echo("Installing the tools for tests, lint and bench ...", err=True)
    if _run([sys.executable, "-m", "pip", "install", "-q", "-r", str(wanted)]):
        raise JobError(f"{wanted.name} could not be installed; the lines above say why.")
    installed.write_bytes(wanted.read_bytes())


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, cwd=CHECKOUT, check=False).returncode
