"""Erasing a person, with what a restored backup needs to erase them again.

The list of the erased is in the database, and again in `erasures.jsonl` in the home: a backup that
is older than an erasure has neither the erasure nor its entry on the list.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from queries.gate import Gate
from queries.people import erasure, forgetting
from queries.people.erasure import Erased
from queries.queue import jobs

FILE = "erasures.jsonl"


@dataclass(frozen=True)
class Report:
    """What was erased, and the maps that a worker will fit without the person."""

    erased: Erased
    refits: tuple[str, ...] = ()


def erase_person(gate: Gate, home: Path, system: str, owner: str, by: str) -> Report:
    """Erase one person everywhere and ask for new maps: theirs were made with the person."""
    erased = erasure.erase(gate.engine, system, owner, by)
    if erased.anything:
        at = datetime.now(UTC).isoformat(timespec="seconds")
        _keep(home, {"system": system, "digest": erased.digest, "at": at, "by": by})
    return Report(erased, _refits(gate, erased))


def replay(gate: Gate, home: Path, by: str = "replay") -> list[Report]:
    """Erase again everybody who was erased and is back, after a backup was restored."""
    erasure.remember(gate.engine, _kept(home))
    return [Report(erased, _refits(gate, erased)) for erased in erasure.replay(gate.engine, by)]


def catch_up(gate: Gate, home: Path) -> list[Report]:
    """As `replay`, but only if this database does not know of an erasure: it was restored."""
    return replay(gate, home) if erasure.remember(gate.engine, _kept(home)) else []


def _refits(gate: Gate, erased: Erased) -> tuple[str, ...]:
    mapped = forgetting.mapped(gate, erased.collections)
    for name in mapped:
        jobs.ask(gate.engine, "map", name, {"refit": True})
    return mapped


def _keep(home: Path, entry: dict[str, Any]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    with os.fdopen(os.open(home / FILE, flags, 0o600), "a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _kept(home: Path) -> Iterator[dict[str, Any]]:
    """The entries; a line that a crash left unfinished is passed over."""
    path = home / FILE
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue
