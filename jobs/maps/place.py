"""Rows that arrived since the fit find their place; no row that has one moves."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.placement import Map, Placed, place
from jobs.maps.map_data import dial_of
from jobs.maps.refits import worth_a_refit
from jobs.maps.theme_states import tell_states
from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.gate import Gate
from queries.maps import map_rows, run_states, store_run
from queries.maps.map_rows import Changes, Ground, Rows
from queries.maps.runs import UNSORTED, Points, Run

GROUND = 50_000  # rows of the map that others are placed by, at most about
AT_ONCE = 20_000  # rows placed together; more of them are searched for in cells

Progress = Callable[[str, float], None]


def place_arrivals(
    gate: Gate,
    collection: Collection,
    space: Space,
    run: Run,
    changes: Changes,
    progress: Progress,
) -> int:
    """Put the rows that arrived on the map and take off those that are gone; how many arrived."""
    progress("reading embeddings", 0.0)
    rows, ground = map_rows.arrivals(gate, collection, space, run, changes, GROUND)
    new = _placed(rows, ground, dial_of(run), progress)
    progress("storing the places", 0.9)
    store_run.place(gate.engine, collection, run, new, changes.gone)
    run_states.tell_refit(gate.engine, run.id, worth_a_refit(run_states.placed(gate, run.id)))
    tell_states(gate, collection)
    progress("placed", 1.0)
    return len(rows.ids)


def take_off(gate: Gate, collection: Collection, run: Run, gone: Sequence[str]) -> None:
    """Take rows that are gone off a map that nothing can be placed on any more."""
    store_run.place(gate.engine, collection, run, None, gone)
    tell_states(gate, collection)


def _placed(rows: Rows, ground: Ground, dial: float, progress: Progress) -> Points:
    labels, theme_ids = _labels(ground.themes)
    many = len(rows.ids) > AT_ONCE
    on_map = Map(ground.vectors, ground.points, labels, labels, many, dial)
    parts = []
    for start in range(0, len(rows.ids), AT_ONCE):
        parts.append(place(on_map, rows.vectors[start : start + AT_ONCE]))
        progress("placing", 0.2 + 0.7 * min(1.0, (start + AT_ONCE) / len(rows.ids)))
    themes, second = (theme_ids[_joined(parts, of).astype(np.int64)] for of in ("fine", "second"))
    x, y, strength, other = (
        _joined(parts, of) for of in ("x", "y", "membership", "second_membership")
    )
    return Points(rows.ids, x, y, themes, strength, rows.digests, second, other)


def _joined(parts: list[Placed], name: str) -> NDArray[Any]:
    empty = np.empty(0, dtype=np.float32)
    return np.concatenate([empty, *(getattr(part, name) for part in parts)])


def _labels(theme_ids: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Theme ids as labels from 0, and the ids by label; the last entry answers for unsorted."""
    known = np.unique(theme_ids[theme_ids != UNSORTED])
    labels = np.searchsorted(known, theme_ids).astype(np.int32)
    labels[theme_ids == UNSORTED] = -1
    return labels, np.append(known, UNSORTED).astype(np.int64)
