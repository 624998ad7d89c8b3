"""Documents that must not lag behind the code."""

import re
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CEILING = 300  # lines; nobody keeps files small by taste alone


def test_every_dependency_is_explained_and_nothing_else_is() -> None:
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {
        re.split(r"[=<>\[~!]", spelled)[0].lower()
        for spelled in declared["project"]["dependencies"]
    }
    page = (CHECKOUT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    table = [line.split("|")[1] for line in page.splitlines() if line.startswith("| ")]
    explained = {name.strip().lower() for cell in table for name in cell.split(",")}
    assert names <= explained


def test_every_dependency_is_pinned() -> None:
    pinned = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").lower()
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    for spelled in declared["project"]["dependencies"]:
        name = re.split(r"[=<>\[~!]", spelled)[0].lower()
        assert f"\n{name.replace('_', '-')}" in pinned or f"\n{name}" in pinned, name


def test_no_module_grows_past_the_ceiling() -> None:
    folders = ("analysis", "charts", "clients", "demo", "jobs", "pages", "queries")
    long = {
        str(path.relative_to(CHECKOUT)): lines
        for folder in folders
        for path in (CHECKOUT / folder).rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > CEILING
    }
    assert not long
