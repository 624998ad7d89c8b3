"""What is read of a package's source, and what is left alone."""

from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from demo.packages import Package
from demo.source import documented

INIT = '"""A package for trying things out."""\nfrom ._hidden import Shown\n'
HIDDEN = '''
class Shown(ValueError):
    """Raised when the thing that was asked for is not there."""

    def retry(self):
        """Ask once more."""

class Inner:
    """Only for the package itself."""
'''
PUBLIC = '''
"""Things for everybody."""
def compute(x, *rest, deep=False, **more):
    """Compute it."""
def _helper():
    """Not for you."""
def undocumented(): ...
'''


@pytest.fixture
def package(tmp_path: Path) -> Package:
    files = {
        "thing/__init__.py": INIT,
        "thing/_hidden.py": HIDDEN,
        "thing/public.py": PUBLIC,
        "thing/tests/test_it.py": PUBLIC,
        "thing/broken.py": "def (:",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    info = tmp_path / "thing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(f"{name},,\n" for name in files))
    return Package("thing", PathDistribution(info))


def test_public_things_are_found_under_the_name_they_are_used_by(package: Package) -> None:
    found = {thing.name: thing.kind for thing in documented(package, 50)}
    assert found == {
        "thing": "package",
        "thing.public": "module",
        "thing.public.compute": "function",
        "thing.Shown": "class",
    }


def test_signatures_bases_and_methods_are_told(package: Package) -> None:
    found = {thing.name: thing for thing in documented(package, 50)}
    assert found["thing.public.compute"].signature == "def compute(x, *rest, deep, **more)"
    assert found["thing.Shown"].bases == ("ValueError",)
    assert found["thing.Shown"].methods == (("thing.Shown.retry", "Ask once more."),)


def test_no_more_than_asked_for_and_always_the_same(package: Package) -> None:
    assert len(documented(package, 2)) == 2
    assert documented(package, 3) == documented(package, 3)
