"""The map and its themes: a fit of everything, or new rows placed on the map that is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import fit as fitting
from analysis.placement import Map, place
from analysis.vectors import unit_rows
from jobs.errors import JobError
from jobs.found_themes import found_themes
from jobs.map_data import (
    SEED,
    UNSORTED_AT_MOST,
    Changes,
    Data,
    digests_of,
    fingerprint_of,
    parameters,
)
from jobs.refits import changes_told, worth_a_refit
from jobs.theme_states import tell_states
from jobs.themes_before import Before
from queries import run_states, runs, spaces, store_run, theme_edits, themes, vectors
from queries.collection import Collection
from queries.gate import Gate, alone
from queries.reaches import reaches
from queries.role_values import role_values
from queries.runs import NewRun, Points, Run
from queries.spaces import Space
from queries.texts import nameless

FEWEST_ROWS = 3

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class MapReport:
    """What `map` did: 'fitted', 'proposed', 'placed' or 'unchanged'.

    refit_because : why a refit would be worth it by now; None when it would not be.
    proposal : what a proposed refit would change; None without one.
    """

    did: str
    run: int
    rows: int
    placed: int
    themes: int
    unsorted: int
    refit_because: str | None = None
    proposal: Mapping[str, Any] | None = None


def make_map(
    gate: Gate,
    collection: Collection,
    progress: Progress,
    *,
    refit: bool = False,
    propose: bool = False,
) -> MapReport:
    """Fit a first map, place what is new on the one that is there, or refit when asked to.

    With `propose` the refit is stored and waits until somebody accepts it.
    """
    with alone(gate.engine, "map", collection.name):
        return _make_map(gate, collection, progress, refit or propose, propose)


def _make_map(
    gate: Gate, collection: Collection, progress: Progress, refit: bool, propose: bool
) -> MapReport:
    space = spaces.active_space(gate, collection)
    progress("reading embeddings", 0.0)
    ids, rows = vectors.embeddings(gate, collection, space)
    if len(ids) < FEWEST_ROWS:
        raise JobError(
            f"{collection.name} has {len(ids)} embedded rows; a map needs at least {FEWEST_ROWS}. "
            f"Load more text and run `./northlight embed {collection.name}`."
        )
    rows = unit_rows(rows)  # half precision rounds lengths as well
    run = runs.current(gate, collection)
    fingerprint = fingerprint_of(collection, space, ids, rows)
    if run is not None and run.fingerprint == fingerprint:
        return report("unchanged", gate, collection)
    data = Data(ids, rows, fingerprint)
    if run is not None and propose:
        return _propose(gate, collection, space, data, run, progress)
    if run is None or refit or run.space_id != space.id:
        return _fit(gate, collection, space, data, run, progress)
    points = runs.points_of(gate, run)
    changes = Changes.between(points, data)
    if len(changes.kept) < FEWEST_ROWS:  # nothing to place others by
        return _fit(gate, collection, space, data, run, progress)
    if not len(changes.arrived) and not changes.gone:
        return report("unchanged", gate, collection)
    return _place(gate, collection, run, points, data, changes, progress)


def _owners(gate: Gate, collection: Collection, ids: Sequence[str]) -> Sequence[str | None] | None:
    """Whose each row is; None where whoever reads one row may read all of them."""
    partly = any(reach.narrow or reach.pseudonymous for reach in reaches(collection))
    if collection.owner is None or not partly:
        return None
    known = role_values(gate, collection, "owner")
    return [known.get(row_id) for row_id in ids]


def _fit(
    gate: Gate,
    collection: Collection,
    space: Space,
    data: Data,
    old: Run | None,
    progress: Progress,
) -> MapReport:
    new, _ = _found(gate, collection, space, data, old, progress)
    progress("storing the map", 0.95)
    run_id = store_run.save(gate.engine, collection, space, new)
    tell_states(gate, collection)
    progress("mapped", 1.0)
    unsorted = int((np.asarray(new.points.themes) < 0).sum())
    return MapReport("fitted", run_id, len(data.ids), 0, len(new.themes), unsorted)


def _propose(
    gate: Gate, collection: Collection, space: Space, data: Data, old: Run, progress: Progress
) -> MapReport:
    """A refit that waits, with how far it would move rows and what would become of themes."""
    new, moved = _found(gate, collection, space, data, old, progress)
    progress("storing the proposal", 0.95)
    told = changes_told(new, runs.points_of(gate, old), moved)
    run_id = store_run.propose(gate.engine, collection, space, new, told)
    progress("proposed", 1.0)
    return MapReport(
        "proposed", run_id, told["rows"], 0, told["themes"], told["unsorted"], proposal=told
    )


def _found(
    gate: Gate,
    collection: Collection,
    space: Space,
    data: Data,
    old: Run | None,
    progress: Progress,
) -> tuple[NewRun, NDArray[np.float32]]:
    """Everything a fit finds out, and how far rows of the old map moved."""
    fit = fitting.fit(data.rows, SEED, UNSORTED_AT_MOST, _scaled(progress, 0.05, 0.75))
    progress("naming themes", 0.75)
    before = None if old is None else _before(gate, collection, old, space)
    told = nameless(gate, collection, data.ids)
    owners = _owners(gate, collection, data.ids)
    found = found_themes(data.ids, data.rows, fit, told, before, SEED, owners)
    points = replace(found.points, digests=digests_of(data.rows))
    quality, themes, events = found.quality, found.themes, found.events
    new = NewRun(data.fingerprint, parameters(), quality, themes, points, events)
    return new, found.moved


def _before(gate: Gate, collection: Collection, run: Run, space: Space) -> Before:
    known = themes.known_themes(gate, collection)
    decided = theme_edits.standing(gate, collection)
    return Before(runs.points_of(gate, run), known, run.space_id == space.id, decided)


def _place(
    gate: Gate,
    collection: Collection,
    run: Run,
    points: Points,
    data: Data,
    changes: Changes,
    progress: Progress,
) -> MapReport:
    """Rows that arrived since find their place; no row that has one moves."""
    new = _placed(points, data, changes, _scaled(progress, 0.1, 0.9))
    store_run.place(gate.engine, collection, run, new, changes.gone)
    run_states.tell_refit(gate.engine, run.id, worth_a_refit(run_states.placed(gate, run.id)))
    tell_states(gate, collection)
    progress("placed", 1.0)
    return report("placed", gate, collection, len(new.row_ids))


def _placed(points: Points, data: Data, changes: Changes, progress: Progress) -> Points:
    labels, theme_ids = _labels(points.themes[changes.kept_on_map])
    plane = np.column_stack([points.x, points.y])[changes.kept_on_map]
    on_map = Map(data.rows[changes.kept], plane, labels, labels)
    arrived = data.rows[changes.arrived]
    if not len(arrived):
        nothing = np.empty(0, dtype=np.float32)
        whole = np.empty(0, dtype=np.int64)
        return Points([], nothing, nothing, whole, nothing, whole)
    placed = place(on_map, arrived, progress=progress)
    found = np.where(placed.fine < 0, runs.UNSORTED, theme_ids[placed.fine])
    ids = [data.ids[number] for number in changes.arrived.tolist()]
    return Points(ids, placed.x, placed.y, found, placed.membership, digests_of(arrived))


def _labels(theme_ids: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Theme ids as labels from 0, and the ids by label; the last entry answers for unsorted."""
    known = np.unique(theme_ids[theme_ids != runs.UNSORTED])
    labels = np.searchsorted(known, theme_ids).astype(np.int32)
    labels[theme_ids == runs.UNSORTED] = -1
    return labels, np.append(known, runs.UNSORTED).astype(np.int64)


def report(did: str, gate: Gate, collection: Collection, placed: int = 0) -> MapReport:
    """What there is on the current map. Raises NoMap."""
    now = runs.current_or_raise(gate, collection)
    count = len(themes.themes(gate, collection))
    because = run_states.refit_because(gate, collection)
    return MapReport(did, now.id, now.rows, placed, count, now.unsorted, because)


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda step, share: progress(step, start + (end - start) * min(max(share, 0.0), 1.0))
