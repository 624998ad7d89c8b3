"""The map and its themes: a fit of everything, or new rows placed on the map that is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import fit as fitting
from jobs.errors import JobError
from jobs.loading.language import grammar_of
from jobs.maps.found_themes import Worded, found_themes, worded_themes
from jobs.maps.map_data import SEED, dial_of, fingerprint_of, parameters
from jobs.maps.place import place_arrivals, take_off
from jobs.maps.refits import changes_told
from jobs.maps.theme_states import tell_states
from jobs.maps.themes_before import Before
from queries.access.reaches import reaches
from queries.collection import Collection
from queries.embeddings import spaces
from queries.embeddings.spaces import Space
from queries.gate import Gate, alone
from queries.maps import map_rows, run_states, runs, store_run
from queries.maps.fit_stages import FitStages
from queries.maps.map_rows import Rows
from queries.maps.runs import NewRun, Run
from queries.rows.role_values import role_values
from queries.rows.texts import nameless
from queries.themes import theme_edits, themes

FEWEST_ROWS = 3
# Where each stage of a fit begins and ends in the whole work.
STAGES = {
    "neighbours": (0.05, 0.35),
    "themes": (0.35, 0.45),
    "projection": (0.6, 0.7),
    "placing": (0.7, 0.85),
}

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class MapReport:
    """What `map` did: 'fitted', 'proposed', 'accepted', 'back', 'placed' or 'unchanged'.

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
    unsorted_at_most: float | None = None,
) -> MapReport:
    """Fit a first map, place what is new on the one that is there, or refit when asked to.

    With `propose` the refit is stored and waits until somebody accepts it. `unsorted_at_most` is
    the dial, a share from 0 to 1; without it that of the map that is there stays. Another dial is a
    refit.
    """
    if unsorted_at_most is not None and not 0 <= unsorted_at_most <= 1:
        raise JobError(f"The share of unsorted rows is from 0 to 100%, not {unsorted_at_most:.0%}.")
    with alone(gate.engine, "map", collection.name):
        space, run = spaces.active_space(gate, collection), runs.current(gate, collection)
        dial = dial_of(run) if unsorted_at_most is None else unsorted_at_most
        job = _Fit(gate, collection, space, run, dial, progress)
        if run is None or refit or propose or run.space_id != space.id or dial != dial_of(run):
            return job.proposed() if propose and run is not None else job.fitted()
        changes = map_rows.changes(gate, collection, space, run)
        if changes.kept < FEWEST_ROWS:  # nothing to place others by
            return job.fitted()
        if not changes.arrived and not changes.gone:
            return report("unchanged", gate, collection)
        placed = place_arrivals(gate, collection, space, run, changes, progress)
        return report("placed", gate, collection, placed)


@dataclass(frozen=True)
class _Fit:
    """A fit of everything there is, after `old`, the map that is shown."""

    gate: Gate
    collection: Collection
    space: Space
    old: Run | None
    dial: float
    progress: Progress

    def fitted(self) -> MapReport:
        """A new map, shown at once."""
        rows, fingerprint = self._read()
        if self._is_of(fingerprint):
            return report("unchanged", self.gate, self.collection)
        new, _ = self._found(rows, fingerprint)
        self.progress("storing the map", 0.95)
        run_id = store_run.save(self.gate.engine, self.collection, self.space, new)
        tell_states(self.gate, self.collection)
        self.progress("mapped", 1.0)
        unsorted = int((np.asarray(new.points.themes) < 0).sum())
        return MapReport("fitted", run_id, len(rows.ids), 0, len(new.themes), unsorted)

    def proposed(self) -> MapReport:
        """A refit that waits, with how far it would move rows and what would become of themes."""
        assert self.old is not None  # without a map there is nothing to propose to
        rows, fingerprint = self._read()
        if self._is_of(fingerprint):
            return report("unchanged", self.gate, self.collection)
        new, moved = self._found(rows, fingerprint)
        self.progress("storing the proposal", 0.95)
        told = changes_told(new, runs.points_of(self.gate, self.old), moved)
        run_id = store_run.propose(self.gate.engine, self.collection, self.space, new, told)
        self.progress("proposed", 1.0)
        return MapReport(
            "proposed", run_id, told["rows"], 0, told["themes"], told["unsorted"], proposal=told
        )

    def _read(self) -> tuple[Rows, str]:
        self.progress("reading embeddings", 0.0)
        rows = map_rows.everything(self.gate, self.collection, self.space)
        if len(rows.ids) < FEWEST_ROWS:
            if self.old is not None:
                gone = map_rows.changes(self.gate, self.collection, self.space, self.old).gone
                take_off(self.gate, self.collection, self.old, gone)
            raise JobError(self._too_few(len(rows.ids)))
        return rows, fingerprint_of(self.collection, self.space, rows, self.dial)

    def _too_few(self, count: int) -> str:
        name = self.collection.name
        told = f"{name} has {count} embedded rows; a map needs at least {FEWEST_ROWS}. "
        if self.space.only_read(self.collection):
            return told + f"`./northlight embed {name} --switch` makes embeddings beside the table."
        return told + f"Load more text and run `./northlight embed {name}`."

    def _is_of(self, fingerprint: str) -> bool:
        """Whether the map that is shown is a fit of exactly this, nothing placed or taken since."""
        if self.old is None or self.old.fingerprint != fingerprint:
            return False
        if run_states.placed(self.gate, self.old.id).placed:
            return False
        changes = map_rows.changes(self.gate, self.collection, self.space, self.old)
        return not changes.arrived and not changes.gone

    def _in_words(self, rows: Rows, before: Before | None, fit: fitting.Fit) -> Worded:
        """The themes of a fit in words, while its picture is drawn."""
        drawn = fit.x.size > 0  # a sample's picture, on which the others were placed
        self.progress("naming themes", 0.85 if drawn else 0.45)

        def told(positions: Sequence[int]) -> list[str]:
            return nameless(self.gate, self.collection, [rows.ids[row] for row in positions])

        grammar = partial(grammar_of, self.gate, self.collection)
        given = (before, SEED, self._owners(rows.ids), grammar)
        return worded_themes(rows.ids, rows.vectors, fit, told, *given)

    def _found(self, rows: Rows, fingerprint: str) -> tuple[NewRun, NDArray[np.float32]]:
        """Everything a fit finds out, and how far rows of the old map moved."""
        stages = FitStages(self.gate.engine, self.space, fingerprint)
        before = self._before()
        in_words = partial(self._in_words, rows, before)
        fit, worded = fitting.fit_beside(
            rows.vectors, SEED, self.dial, _fitting(self.progress), stages, in_words
        )
        found = found_themes(rows.ids, rows.vectors, worded, fit.points, before, SEED)
        points = replace(found.points, digests=rows.digests)
        kept = parameters(self.dial)
        new = NewRun(fingerprint, kept, found.quality, found.themes, points, found.events)
        return new, found.moved

    def _before(self) -> Before | None:
        if self.old is None:
            return None
        known = themes.known_themes(self.gate, self.collection)
        decided = theme_edits.standing(self.gate, self.collection)
        same = self.old.space_id == self.space.id
        return Before(runs.points_of(self.gate, self.old), known, same, decided)

    def _owners(self, ids: Sequence[str]) -> Sequence[str | None] | None:
        """Whose each row is; None where whoever reads one row may read all of them."""
        partly = any(reach.narrow or reach.pseudonymous for reach in reaches(self.collection))
        if self.collection.owner is None or not partly:
            return None
        known = role_values(self.gate, self.collection, "owner")
        return [known.get(row_id) for row_id in ids]


def report(did: str, gate: Gate, collection: Collection, placed: int = 0) -> MapReport:
    """What there is on the current map. Raises NoMap."""
    now = runs.current_or_raise(gate, collection)
    count = len(themes.themes(gate, collection))
    because = run_states.refit_because(gate, collection)
    return MapReport(did, now.id, now.rows, placed, count, now.unsorted, because)


def _fitting(progress: Progress) -> Progress:
    """What a fit tells of each of its stages, as a part of the whole work."""

    def told(stage: str, share: float) -> None:
        start, end = STAGES[stage]
        progress(stage, start + (end - start) * min(max(share, 0.0), 1.0))

    return told
