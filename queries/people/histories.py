"""How people came along, as numbers: every answer and session of everybody in reach, and exercises.

A person is one row of `NAME__histories`, so a million answers travel as some thousand packed rows
and rights are asked once a person. Nothing here is text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, Engine, Text, cast, column, func, select, table, text

from queries.collection import Collection
from queries.collections.companion_sql import (
    ANSWER,
    KINDS,
    MISSING,
    SENTIMENT_UNITS,
    SESSION,
    STATUSES,
)
from queries.errors import QueryError
from queries.gate import Gate, writing
from queries.identifiers import quoted
from queries.search.spelled import spelled
from queries.statement import Statement

SECONDS = 30


class NoProgress(QueryError):
    """The collection does not say how people come along."""

    def __init__(self, collection: Collection) -> None:
        super().__init__(
            f"{collection.title} declares no companions, so there is no progress to show. "
            f"[companion.answers] in `{collection.name}.toml` names the columns; "
            "`./northlight collections connect --known` finds them for North Playbook's tables."
        )


@dataclass(frozen=True)
class Histories:
    """Everybody in reach.

    people : owner, zone, today (the day where the person lives, days since 1970-01-01)
    answers : person (row of `people`), at (seconds since 1970, UTC), day (where the person lives),
        exercise (number), seconds, confidence, sentiment (-1 to 1); NaN where there is none
    sessions : person, at, day, kind, status (words; missing for one unknown), seconds
    kept_at : as of when; None without anybody
    """

    people: pd.DataFrame
    answers: pd.DataFrame
    sessions: pd.DataFrame
    kept_at: datetime | None = None

    @property
    def last_day(self) -> int | None:
        """The last day on which anybody did anything."""
        days = [frame["day"].max() for frame in (self.answers, self.sessions) if len(frame)]
        return int(max(days)) if days else None


def histories(gate: Gate, collection: Collection) -> Histories:
    """Everybody in reach, in the order of owners. Raises NoProgress."""
    # Sorted here: the server would write the packed numbers to disk to sort them.
    rows = gate.binary_rows(spelled(histories_statement(collection)), SECONDS)
    found = sorted(rows, key=lambda row: str(row.owner))
    people = pd.DataFrame([(r.owner, r.zone, r.today) for r in found], columns=PEOPLE)
    answers = _unpacked([row.answers for row in found], ANSWER)
    sessions = _unpacked([row.sessions for row in found], SESSION)
    answers["sentiment"] /= SENTIMENT_UNITS
    for name, words in (("kind", KINDS), ("status", STATUSES)):
        codes = sessions[name].fillna(0).astype(np.int64) - 1
        sessions[name] = pd.Categorical.from_codes(codes.to_numpy(), categories=pd.Index(words))
    return Histories(people, answers, sessions, min((r.kept_at for r in found), default=None))


PEOPLE = ("owner", "zone", "today")


def histories_statement(collection: Collection) -> Statement:
    """One row a person."""
    if collection.companion("answers") is None:
        raise NoProgress(collection)
    view = table(
        f"{collection.name}__histories",
        *(column(n) for n in (*PEOPLE, "answers", "sessions", "kept_at")),
    )
    return select(*view.c)


def _unpacked(packed: Iterable[bytes | None], sizes: Mapping[str, int]) -> pd.DataFrame:
    """The numbers of everybody, one person after the other, in order of time for each."""
    layout = np.dtype([(name, f">i{size}") for name, size in sizes.items()])
    bodies = [one or b"" for one in packed]
    counts = np.array([len(body) // layout.itemsize for body in bodies], dtype=np.int64)
    values = np.frombuffer(b"".join(bodies), layout)
    person = np.repeat(np.arange(len(bodies), dtype=np.int32), counts)
    return pd.DataFrame({"person": person} | {name: _typed(name, values[name]) for name in sizes})


def _typed(name: str, values: NDArray[np.integer]) -> NDArray[np.generic]:
    if name in ("at", "exercise"):
        return values.astype(np.int64)
    if name == "day":
        return values.astype(np.int32)
    return np.where(values == MISSING, np.nan, values).astype(np.float32)


def exercises(gate: Gate, collection: Collection) -> pd.DataFrame:
    """The programme's exercises in its order.

    Columns: id, number (as in the histories), title, category, question, minutes, active. Empty
    where the collection has no exercises beside it. Raises NoProgress.
    """
    if collection.companion("answers") is None:
        raise NoProgress(collection)
    if collection.companion("exercises") is None:
        return pd.DataFrame(columns=[*EXERCISE, "number"])
    return gate.frame(exercises_statement(collection))


EXERCISE = ("id", "title", "category", "question", "minutes", "active")


def exercises_statement(collection: Collection) -> Statement:
    """In the programme's order."""
    view = table(f"{collection.name}__exercises", *(column(n) for n in (*EXERCISE, "place")))
    number = func.hashtextextended(cast(view.c.id, Text), cast(0, BigInteger)).label("number")
    named = [view.c[name] for name in EXERCISE]
    return select(*named, number).order_by(view.c.place, view.c.title, view.c.id)


def keep(engine: Engine, collection: Collection) -> int:
    """Keep everybody's history for readers of many people; how many people.

    In one transaction: a reader sees what was kept before, or this.
    """
    with writing(engine) as connection:
        return keep_in(connection, collection)


def keep_in(connection: Connection, collection: Collection) -> int:
    """The same inside a transaction that is already open."""
    if collection.companion("answers") is None:
        return 0
    number = "(SELECT c.id FROM northlight.collection c WHERE c.name = :name)"
    view = f"northlight_worker.{quoted(collection.name + '__histories')}"
    given = {"name": collection.name, "system": collection.group}
    connection.execute(
        text(f"DELETE FROM northlight.history WHERE collection_id = {number}"), given
    )
    kept = connection.execute(
        text(
            "INSERT INTO northlight.history "
            "(collection_id, system, owner, zone, answers, sessions) "
            f"SELECT {number}, :system, h.owner, h.zone, h.answers, h.sessions FROM {view} h"
        ),
        given,
    )
    return kept.rowcount
