"""One collection in figures: how much is there, how fresh, and what the rest was made from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, column, false, func, select, table, true

from queries.collection import Collection
from queries.gate import Gate
from queries.statement import Statement

SECONDS = 20

_DECLARED = table("collection", column("id"), column("name"), schema="northlight")
_SPACE = table(
    "space",
    *(column(n) for n in ("id", "collection_id", "model", "storage", "active", "embedded_at")),
    schema="northlight",
)
_RUN = table(
    "run",
    *(column(n) for n in ("id", "collection_id", "created_at", "changed_at", "current")),
    schema="northlight",
)


@dataclass(frozen=True)
class Made:
    """What was made of a collection: its active space and its current run, if it has them."""

    space_id: int | None = None
    model: str | None = None
    storage: str | None = None
    embedded_at: datetime | None = None
    run_id: int | None = None
    run_at: datetime | None = None
    run_changed_at: datetime | None = None

    @property
    def version(self) -> str:
        """Changes when the collection is embedded or mapped again, rows are placed or themes
        edited: part of every cache key."""
        return f"{self.space_id}/{self.embedded_at}/{self.run_id}/{self.run_changed_at}"


@dataclass(frozen=True)
class Summary:
    """A collection in figures, as one reader sees it.

    rows = embedded + refused + missing. `owners` is 0 and `first`, `last` are None where the
    collection declares no owner or time. `newer` rows are not on the map yet; `unsorted` ones are
    on it but in no theme. Both are 0 without a run.
    """

    rows: int
    embedded: int
    refused: int
    owners: int
    first: datetime | None
    last: datetime | None
    unsorted: int
    newer: int
    made: Made

    @property
    def missing(self) -> int:
        """Rows the model has not seen yet."""
        return self.rows - self.embedded - self.refused

    @property
    def run_id(self) -> int | None:
        """The run the map comes from."""
        return self.made.run_id

    @property
    def run_at(self) -> datetime | None:
        """When the map was made."""
        return self.made.run_at


def summary(gate: Gate, collection: Collection) -> Summary:
    """The figures of a collection, counted over every row the reader sees."""
    made = what_was_made(gate, collection)
    counted = gate.one(summary_statement(collection, made), seconds=SECONDS)
    assert counted is not None  # an aggregate always has one row
    return Summary(**counted._mapping, made=made)


def what_was_made(gate: Gate, collection: Collection) -> Made:
    """The active space and the current run; empty for a collection that has neither."""
    found = gate.one(made_statement(collection))
    return Made() if found is None else Made(**found._mapping)


def summary_statement(collection: Collection, made: Made) -> Statement:
    """One pass over the view, beside it what is stored about each row."""
    view, vectors, points = collection.view, collection.distances, collection.points
    refused = collection.refusals.c.row_id.is_not(None)
    on_map = points.c.row_id.is_not(None) if made.run_id is not None else true()
    unsorted = points.c.theme_id.is_(None) if made.run_id is not None else false()
    return select(
        func.count().label("rows"),
        func.count(vectors.c.row_id).label("embedded"),
        func.count().filter(refused).label("refused"),
        func.count(view.c.owner.distinct()).label("owners"),
        func.min(view.c.time).label("first"),
        func.max(view.c.time).label("last"),
        func.count().filter(on_map, unsorted).label("unsorted"),
        func.count().filter(~on_map, ~refused).label("newer"),
    ).select_from(
        view.outerjoin(vectors, vectors.c.row_id == view.c.row_id)
        .outerjoin(points, points.c.row_id == view.c.row_id)
        .outerjoin(collection.refusals, collection.refusals.c.row_id == view.c.row_id)
    )


def made_statement(collection: Collection) -> Statement:
    """At most one row."""
    space = and_(_SPACE.c.collection_id == _DECLARED.c.id, _SPACE.c.active)
    run = and_(_RUN.c.collection_id == _DECLARED.c.id, _RUN.c.current)
    return (
        select(
            _SPACE.c.id.label("space_id"),
            _SPACE.c.model,
            _SPACE.c.storage,
            _SPACE.c.embedded_at,
            _RUN.c.id.label("run_id"),
            _RUN.c.created_at.label("run_at"),
            _RUN.c.changed_at.label("run_changed_at"),
        )
        .select_from(_DECLARED.join(_SPACE, space, isouter=True).join(_RUN, run, isouter=True))
        .where(_DECLARED.c.name == collection.name)
    )
