"""What a person asks for from a screen: it becomes a job, if the database finds the person may.

The functions of migrations/0026_asking.sql; the worker's side is in queries/themes/wishes.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Text, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Boolean

from queries.collection import Collection
from queries.gate import Gate

MAYS = ("analyst", "engineer", "operator")  # the roles that have these functions at all
MAPS = ("place", "propose", "accept", "back")


@dataclass(frozen=True)
class MapState:
    """What to know before the map is changed.

    proposed : the run that waits to be accepted, with what it would change in `told`
    refit_because : why a refit is worth it, or None; has_earlier : whether one can go back
    """

    proposed: int | None
    told: Mapping[str, Any] | None
    refit_because: str | None
    has_earlier: bool


@dataclass(frozen=True)
class Answer:
    """What came of a wish: granted or refused, and the sentence; None while it waits."""

    granted: bool | None
    answer: str | None


@dataclass(frozen=True)
class Work:
    """A job as who asked for it sees it: `state` waiting, running, done, failed or cancelled."""

    id: int
    kind: str
    state: str
    cancel: bool
    progress: float
    step: str
    message: str

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("waiting", "running")


def work_on(gate: Gate, collection: Collection, job: int | None = None) -> list[Work]:
    """What is under way for a collection, whoever asked, and that job whatever became of it.

    Empty for who may not shape its map.
    """
    if gate.identity.role not in MAYS:
        return []
    given = (cast(collection.name, Text), cast(job, Integer))
    told = func.northlight_auth.work_on(*given).table_valued(
        *(column(name) for name in Work.__dataclass_fields__)
    )
    return [Work(**row._mapping) for row in gate.rows(select(told))]


def map_state(gate: Gate, collection: Collection) -> MapState | None:
    """What may be done about the map; None for somebody who may not change it, or without one."""
    if gate.identity.role not in MAYS:
        return None
    told = func.northlight_auth.map_state(cast(collection.name, Text)).table_valued(
        column("proposed", Integer),
        column("told", JSONB),
        column("refit_because", Text),
        column("has_earlier", Boolean),
    )
    row = gate.one(select(told))
    return None if row is None else MapState(**row._mapping)


def ask_map(gate: Gate, collection: Collection, what: str) -> int:
    """Ask for one of MAPS; the job. Raises IdentityRefused for who may not."""
    if what not in MAPS:
        raise ValueError(f"{what!r} is none of {', '.join(MAPS)}")
    asked = func.northlight_auth.ask_map(cast(collection.name, Text), cast(what, Text))
    return int(gate.value(select(asked)))


def ask_theme(
    gate: Gate,
    collection: Collection,
    kind: str,
    subject: int,
    *,
    other: int | None = None,
    name: str | None = None,
) -> int:
    """Ask for a theme to be changed, or an edit undone; the job. Raises IdentityRefused.

    `kind` is rename, pin, unpin, merge, split, apart, or undo, whose subject is an edit.
    """
    given = (cast(collection.name, Text), cast(kind, Text), cast(subject, Integer))
    asked = func.northlight_auth.ask_theme(*given, cast(other, Integer), cast(name, Text))
    return int(gate.value(select(asked)))


def answer(gate: Gate, job: int) -> Answer | None:
    """What came of the reader's own wish; None for a job that is no wish of the reader's."""
    told = func.northlight_auth.wish_answer(cast(job, Integer)).table_valued(
        column("granted", Boolean), column("answer", Text)
    )
    row = gate.one(select(told))
    return None if row is None else Answer(row.granted, row.answer)


def cancel(gate: Gate, job: int) -> bool:
    """Ask a job to stop; whether it was still open. Raises IdentityRefused."""
    return bool(gate.value(select(func.northlight_auth.cancel_job(cast(job, Integer)))))
