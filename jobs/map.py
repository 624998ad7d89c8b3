"""The map and its themes: a fit of everything, or new rows placed on the map that is there."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import fit as fitting
from analysis.placement import Map, place
from jobs.errors import JobError
from jobs.found_themes import found_themes
from queries import runs, spaces, themes, vectors
from queries.collection import Collection
from queries.gate import Gate
from queries.runs import NewRun, Points, Run
from queries.spaces import Space
from queries.texts import texts

SEED = 7
UNSORTED_AT_MOST = 0.10
ENGINE_VERSION = 1
FEWEST_ROWS = 3

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class MapReport:
    """What `map` did: 'fitted', 'placed' or 'unchanged'."""

    did: str
    run: int
    rows: int
    placed: int
    themes: int
    unsorted: int


def make_map(
    gate: Gate, collection: Collection, progress: Progress, *, refit: bool = False
) -> MapReport:
    """Fit a first map, place what is new on the one that is there, or refit when asked to."""
    space = spaces.active_space(gate, collection)
    progress("reading embeddings", 0.0)
    ids, rows = vectors.embeddings(gate, collection, space)
    if len(ids) < FEWEST_ROWS:
        raise JobError(
            f"{collection.name} has {len(ids)} embedded rows; a map needs at least {FEWEST_ROWS}. "
            f"Load more text and run `./northlight embed {collection.name}`."
        )
    run = runs.current(gate, collection)
    fingerprint = fingerprint_of(collection, space, ids, rows)
    if run is not None and run.fingerprint == fingerprint:
        return _report("unchanged", gate, collection, run, 0)
    if run is None or refit or run.space_id != space.id:
        return _fit(gate, collection, space, (ids, rows, fingerprint), run, progress)
    return _place(gate, collection, run, ids, rows, progress)


def fingerprint_of(
    collection: Collection, space: Space, ids: Sequence[str], rows: NDArray[np.float32]
) -> str:
    """A digest of everything that decides a fit."""
    parameters = [collection.name, space.model, SEED, UNSORTED_AT_MOST, ENGINE_VERSION]
    digest = hashlib.sha256(json.dumps(parameters).encode())
    digest.update("\n".join(ids).encode())
    digest.update(rows.tobytes())
    return digest.hexdigest()


def _fit(
    gate: Gate,
    collection: Collection,
    space: Space,
    data: tuple[list[str], NDArray[np.float32], str],
    old: Run | None,
    progress: Progress,
) -> MapReport:
    ids, rows, fingerprint = data
    fit = fitting.fit(rows, SEED, UNSORTED_AT_MOST, _scaled(progress, 0.05, 0.75))
    progress("naming themes", 0.75)
    before = (
        None if old is None else (runs.points_of(gate, old), themes.known_themes(gate, collection))
    )
    found = found_themes(ids, rows, fit, texts(gate, collection, ids), before, SEED)
    progress("storing the map", 0.95)
    new = NewRun(
        fingerprint, _parameters(), found.quality, found.themes, found.points, found.events
    )
    run_id = runs.save(gate.engine, collection, space, new)
    progress("mapped", 1.0)
    unsorted = int((fit.fine < 0).sum())
    return MapReport("fitted", run_id, len(ids), 0, len(found.themes), unsorted)


def _place(
    gate: Gate,
    collection: Collection,
    run: Run,
    ids: Sequence[str],
    rows: NDArray[np.float32],
    progress: Progress,
) -> MapReport:
    """Rows that arrived since find their place; no row that has one moves."""
    points = runs.points_of(gate, run)
    position = {row_id: number for number, row_id in enumerate(points.row_ids)}
    on_map = np.array([position.get(row_id, -1) for row_id in ids])
    arrived = np.flatnonzero(on_map < 0)
    if not len(arrived):
        return _report("unchanged", gate, collection, run, 0)
    known = on_map[on_map >= 0]
    labels, theme_ids = _labels(points.themes[known])
    placed = place(
        Map(rows[on_map >= 0], np.column_stack([points.x, points.y])[known], labels, labels),
        rows[arrived],
        progress=_scaled(progress, 0.1, 0.9),
    )
    found = np.where(placed.fine < 0, runs.UNSORTED, theme_ids[placed.fine])
    new = Points([ids[i] for i in arrived.tolist()], placed.x, placed.y, found, placed.membership)
    runs.place(gate.engine, run, new)
    progress("placed", 1.0)
    return _report("placed", gate, collection, run, len(arrived))


def _labels(theme_ids: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Theme ids as labels from 0, and the ids by label; the last entry answers for unsorted."""
    known = np.unique(theme_ids[theme_ids != runs.UNSORTED])
    labels = np.searchsorted(known, theme_ids).astype(np.int32)
    labels[theme_ids == runs.UNSORTED] = -1
    return labels, np.append(known, runs.UNSORTED).astype(np.int64)


def _report(did: str, gate: Gate, collection: Collection, run: Run, placed: int) -> MapReport:
    count = len(themes.themes(gate, collection))
    return MapReport(did, run.id, run.rows, placed, count, run.unsorted)


def _parameters() -> Mapping[str, Any]:
    return {"seed": SEED, "unsorted_at_most": UNSORTED_AT_MOST, "engine": ENGINE_VERSION}


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda step, share: progress(step, start + (end - start) * min(max(share, 0.0), 1.0))
