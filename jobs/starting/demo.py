"""Load the demo content: read it, store it, work out what follows from it. A system at a time."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from demo.documents import documents
from demo.hub import hub
from demo.knowledge import knowledge, pattern_keywords, read_sources
from demo.packages import Package, installed
from demo.programme import coaching
from queries.gate import writing
from queries.systems import demo as store

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

Progress = Callable[[str, float], None]
# Reading the packages' source takes nearly all of the time.
READING_FROM, READING_TO = 0.1, 0.9


def load_demo(
    engine: "Engine", progress: Progress, packages: Sequence[Package] | None = None
) -> dict[str, int]:
    """Load every system's demo content; rows by table afterwards. Loading twice changes nothing.

    Three of the systems hold what these packages (or else all that are installed) say of
    themselves.

    Each system in one transaction. A system whose schema was there before Northlight is left out:
    nobody's own tables get demo rows.
    """
    packages = installed() if packages is None else packages
    loaders: dict[str, Callable[[Connection], None]] = {
        "playbook": _load_playbook,
        "community": lambda connection: _load_community(connection, packages),
        "twin": lambda connection: _load_twin(connection, packages),
        "nexus": lambda connection: _load_nexus(connection, packages, progress),
    }
    counts: dict[str, int] = {}
    ours = store.laid_out(engine)
    for place, system in enumerate(system for system in loaders if system in ours):
        progress(f"loading {system}", READING_FROM * place / len(loaders))
        with writing(engine) as connection:
            loaders[system](connection)
            counts |= store.row_counts(connection, system)
    progress(f"{sum(counts.values()):,} rows", 1.0)
    return counts


def _load_playbook(connection: "Connection") -> None:
    for rows in coaching():
        store.put(connection, rows)
    store.recount_playbook(connection)


def _load_community(connection: "Connection", packages: Sequence[Package]) -> None:
    for rows in hub(packages):
        store.put(connection, rows)


def _load_twin(connection: "Connection", packages: Sequence[Package]) -> None:
    for rows in documents(packages):
        store.put(connection, rows)
    store.remove_stale_chunks(connection)


def _load_nexus(connection: "Connection", packages: Sequence[Package], progress: Progress) -> None:
    found = {}
    for number, (package, things) in enumerate(read_sources(packages), start=1):
        found[package.name] = things
        share = READING_FROM + (READING_TO - READING_FROM) * number / len(packages)
        progress(f"reading {package.name}", share)
    for rows in knowledge(packages, found):
        store.put(connection, rows)
    store.link_keywords(connection, pattern_keywords(found))
