"""The map and its themes: a fit of everything, or new rows placed on the map that is there."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import fit as fitting
from analysis.placement import Map, place
from analysis.vectors import unit_rows
from jobs.errors import JobError
from jobs.found_themes import Before, found_themes
from queries import runs, spaces, store_run, themes, vectors
from queries.collection import Collection
from queries.gate import Gate, alone
from queries.role_values import role_values
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
    with alone(gate.engine, "map", collection.name):
        return _make_map(gate, collection, progress, refit)


def _make_map(gate: Gate, collection: Collection, progress: Progress, refit: bool) -> MapReport:
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
        return _report("unchanged", gate, collection, run, 0)
    data = Data(ids, rows, fingerprint)
    if run is None or refit or run.space_id != space.id:
        return _fit(gate, collection, space, data, run, progress)
    points = runs.points_of(gate, run)
    changes = Changes.between(points, data)
    if len(changes.kept) < FEWEST_ROWS:  # nothing to place others by
        return _fit(gate, collection, space, data, run, progress)
    if not len(changes.arrived) and not changes.gone:
        return _report("unchanged", gate, collection, run, 0)
    return _place(gate, collection, run, points, data, changes, progress)


def _owners(gate: Gate, collection: Collection, ids: Sequence[str]) -> Sequence[str | None] | None:
    """Whose each row is; None where the texts are nobody's private ones."""
    if not collection.personal or collection.owner is None:
        return None
    known = role_values(gate, collection, "owner")
    return [known.get(row_id) for row_id in ids]


def fingerprint_of(
    collection: Collection, space: Space, ids: Sequence[str], rows: NDArray[np.float32]
) -> str:
    """A digest of everything that decides a fit."""
    parameters = [collection.name, space.model, SEED, UNSORTED_AT_MOST, ENGINE_VERSION]
    digest = hashlib.sha256(json.dumps(parameters).encode())
    digest.update("\n".join(ids).encode())
    digest.update(rows.tobytes())
    return digest.hexdigest()


def digests_of(rows: NDArray[np.float32]) -> NDArray[np.int64]:
    """Eight bytes of a digest of each embedding; never 0, which means that it is not known."""
    found = (hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    digests = np.frombuffer(b"".join(found), dtype=np.int64)
    return np.where(digests == 0, 1, digests)


@dataclass(frozen=True)
class Data:
    """Every embedded row, by id."""

    ids: list[str]
    rows: NDArray[np.float32]
    fingerprint: str


@dataclass(frozen=True)
class Changes:
    """What is new on a map: positions among the data, and the same rows' positions on the map.

    `gone` are ids that leave the map: of rows removed, and of rows embedded anew, which arrive.
    """

    kept: NDArray[np.intp]
    kept_on_map: NDArray[np.intp]
    arrived: NDArray[np.intp]
    gone: list[str]

    @classmethod
    def between(cls, points: Points, data: Data) -> "Changes":
        """The changes from a map to the rows that are there now."""
        position = {row_id: number for number, row_id in enumerate(points.row_ids)}
        on_map = np.array([position.get(row_id, -1) for row_id in data.ids], dtype=np.intp)
        before = np.where(on_map < 0, 0, points.digests[on_map])
        same = (on_map >= 0) & ((before == 0) | (before == digests_of(data.rows)))
        staying = {data.ids[number] for number in np.flatnonzero(same).tolist()}
        gone = [row_id for row_id in points.row_ids if row_id not in staying]
        return cls(np.flatnonzero(same), on_map[same], np.flatnonzero(~same), gone)


def _fit(
    gate: Gate,
    collection: Collection,
    space: Space,
    data: Data,
    old: Run | None,
    progress: Progress,
) -> MapReport:
    fit = fitting.fit(data.rows, SEED, UNSORTED_AT_MOST, _scaled(progress, 0.05, 0.75))
    progress("naming themes", 0.75)
    before = None if old is None else _before(gate, collection, old, space)
    told = texts(gate, collection, data.ids)
    owners = _owners(gate, collection, data.ids)
    found = found_themes(data.ids, data.rows, fit, told, before, SEED, owners)
    progress("storing the map", 0.95)
    points = replace(found.points, digests=digests_of(data.rows))
    parameters = _parameters()
    new = NewRun(data.fingerprint, parameters, found.quality, found.themes, points, found.events)
    run_id = store_run.save(gate.engine, collection, space, new)
    progress("mapped", 1.0)
    unsorted = int((fit.fine < 0).sum())
    return MapReport("fitted", run_id, len(data.ids), 0, len(found.themes), unsorted)


def _before(gate: Gate, collection: Collection, run: Run, space: Space) -> Before:
    known = themes.known_themes(gate, collection)
    return Before(runs.points_of(gate, run), known, same_space=run.space_id == space.id)


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
    progress("placed", 1.0)
    return _report("placed", gate, collection, run, len(new.row_ids))


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


def _report(did: str, gate: Gate, collection: Collection, run: Run, placed: int) -> MapReport:
    now = runs.current(gate, collection) or run
    count = len(themes.themes(gate, collection))
    return MapReport(did, now.id, now.rows, placed, count, now.unsorted)


def _parameters() -> Mapping[str, Any]:
    return {"seed": SEED, "unsorted_at_most": UNSORTED_AT_MOST, "engine": ENGINE_VERSION}


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda step, share: progress(step, start + (end - start) * min(max(share, 0.0), 1.0))
