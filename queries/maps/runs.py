"""Runs of the theme engine: the current one, its points, and what a new one consists of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import column, select, table

from queries.collection import Collection
from queries.errors import NoMap
from queries.filters import current_run
from queries.gate import Gate

UNSORTED = -1

_RUN = table(
    "run",
    *(column(n) for n in ("id", "space_id", "fingerprint", "rows", "unsorted", "quality")),
    *(column(n) for n in ("parameters", "created_at")),
    schema="northlight",
)
_POINT = table(
    "point",
    *(column(n) for n in ("run_id", "row_id", "x", "y", "theme_id", "membership", "digest")),
    *(column(n) for n in ("second_id", "second_membership")),
    schema="northlight",
)


@dataclass(frozen=True)
class Run:
    """A stored run. `rows` and `unsorted` count what is on its map, placed later or not."""

    id: int
    space_id: int
    fingerprint: str
    rows: int
    unsorted: int
    quality: Mapping[str, Any]
    parameters: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True)
class Points:
    """Rows on a map. Arrays share their first dimension with `row_ids`.

    themes : int, the theme's position among the run's themes (in a NewRun) or its id (read back);
    UNSORTED where a row is in none. digests : int64, of the embeddings that decided the places.
    second : like `themes`, the theme a row would be in if its own were not there, or that an
    unsorted one is nearest to. membership, second_membership : strength in either, 0 to 1.
    """

    row_ids: Sequence[str]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    themes: NDArray[np.integer]
    membership: NDArray[np.float32]
    digests: NDArray[np.int64]
    second: NDArray[np.integer]
    second_membership: NDArray[np.float32]


@dataclass(frozen=True)
class FoundTheme:
    """A theme as a run found it. `parent` and `rival` are positions among the run's themes.

    `id` is the theme it continues, or None for one that was born now.
    """

    name: str
    terms: Sequence[str]
    size: int
    representatives: Sequence[str]
    x: float
    y: float
    centroid: NDArray[np.float32]
    id: int | None = None
    parent: int | None = None
    stability: float | None = None
    separation: float | None = None
    rival: int | None = None


@dataclass(frozen=True)
class ThemeEvent:
    """What happened to a theme in a run: `theme` is its position, or `theme_id` when it is gone."""

    kind: str
    theme: int | None = None
    theme_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewRun:
    """Everything a finished fit has to say."""

    fingerprint: str
    parameters: Mapping[str, Any]
    quality: Mapping[str, Any]
    themes: Sequence[FoundTheme]
    points: Points
    events: Sequence[ThemeEvent]


def current(gate: Gate, collection: Collection) -> Run | None:
    """The run whose map and themes are shown, or None before the first."""
    chosen = current_run(collection).scalar_subquery()
    row = gate.one(
        select(*(_RUN.c[name] for name in Run.__dataclass_fields__)).where(_RUN.c.id == chosen)
    )
    return None if row is None else Run(**row._mapping)


def current_or_raise(gate: Gate, collection: Collection) -> Run:
    """The current run. Raises NoMap."""
    run = current(gate, collection)
    if run is None:
        raise NoMap(collection.name)
    return run


def export(gate: Gate, collection: Collection) -> pd.DataFrame:
    """Every row on the current map, by id.

    Columns: id, x, y, theme_id and parent_theme_id (missing for unsorted rows), membership.
    """
    rows, points, themes = collection.view, collection.points, collection.themes
    statement = (
        select(
            rows.c.row_id.label("id"),
            points.c.x,
            points.c.y,
            points.c.theme_id,
            themes.c.parent_id.label("parent_theme_id"),
            points.c.membership,
        )
        .join(points, points.c.row_id == rows.c.row_id)
        .outerjoin(themes, themes.c.id == points.c.theme_id)
        .order_by(rows.c.row_id)
    )
    frame = gate.frame(statement, seconds=120)
    whole = {"theme_id": "Int64", "parent_theme_id": "Int64"}
    return frame.astype(whole | dict.fromkeys(("x", "y", "membership"), "float32"))


def points_of(gate: Gate, run: Run) -> Points:
    """Every point of a run, by row id; `themes` holds theme ids."""
    own = ("row_id", "x", "y", "theme_id", "membership", "digest")
    fields = (*own, "second_id", "second_membership")
    statement = (
        select(*(_POINT.c[name] for name in fields))
        .where(_POINT.c.run_id == run.id)
        .order_by(_POINT.c.row_id)
    )
    frame = gate.frame(statement, seconds=120)
    return Points(
        frame["row_id"].tolist(),
        frame["x"].to_numpy(np.float32),
        frame["y"].to_numpy(np.float32),
        frame["theme_id"].astype("Int64").fillna(UNSORTED).to_numpy(np.int64),
        frame["membership"].to_numpy(np.float32),
        frame["digest"].to_numpy(np.int64),
        frame["second_id"].astype("Int64").fillna(UNSORTED).to_numpy(np.int64),
        frame["second_membership"].to_numpy(np.float32),
    )
