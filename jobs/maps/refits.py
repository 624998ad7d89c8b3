"""When a refit is worth it, what it would change, and accepting it or going back."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jobs.maps.theme_states import tell_states
from queries.collection import Collection
from queries.gate import Gate, alone
from queries.maps import run_states
from queries.maps.run_states import Placed
from queries.maps.runs import NewRun, Points

FEWEST_PLACED = 20  # arrivals, before anything is read into them
MANY_UNSORTED = 0.25  # of the arrivals in no theme: something new may be among them
GROWN = 0.25  # arrivals as a part of the fitted rows: the map speaks of a smaller collection
DRIFTED = 0.8  # of the fitted rows' median membership
FAR = 0.1  # of the map's width: a row that moves further has to be looked for


def worth_a_refit(placed: Placed) -> str | None:
    """Why a refit is worth it, in a sentence; None while the map serves."""
    if placed.placed < FEWEST_PLACED:
        return None
    unsorted = placed.placed_unsorted / placed.placed
    if unsorted > MANY_UNSORTED:
        return (
            f"{unsorted:.0%} of the {placed.placed:,} rows that arrived since the fit "
            "are in no theme."
        )
    if placed.placed > GROWN * placed.fitted:
        return f"{placed.placed:,} rows arrived since a fit of {placed.fitted:,}."
    if placed.clear and placed.placed_clear and placed.placed_clear < DRIFTED * placed.clear:
        return (
            f"Rows that arrived since the fit belong less clearly: median membership "
            f"{placed.placed_clear:.2f}, of the fitted rows {placed.clear:.2f}."
        )
    return None


def changes_told(new: NewRun, old: Points, moved: NDArray[np.float32]) -> Mapping[str, Any]:
    """What to know before a refit is accepted.

    rows, themes, unsorted : of the refit
    moved : how far half of the rows move at most, as a part of the map's width
    moved_far : share of the rows that move by more than a tenth of it
    changed : share of the rows in both maps that come into another theme, or out of all
    events : how many themes continue, split, merge, are born or retired
    """
    return {
        "rows": len(new.points.row_ids),
        "themes": len(new.themes),
        "unsorted": int((np.asarray(new.points.themes) < 0).sum()),
        "moved": round(float(np.median(moved)), 4) if len(moved) else 0.0,
        "moved_far": round(float((moved > FAR).mean()), 4) if len(moved) else 0.0,
        "changed": round(_changed(new, old), 4),
        "events": dict(Counter(event.kind for event in new.events)),
    }


def accept(gate: Gate, collection: Collection) -> int:
    """Show the proposed refit; its run. Raises NoProposal."""
    with alone(gate.engine, "map", collection.name):
        run_id = run_states.accept(gate.engine, collection)
        tell_states(gate, collection)
        return run_id


def back(gate: Gate, collection: Collection) -> int:
    """Show the map before this one, which then waits like a proposal; its run.

    Raises NoProposal.
    """
    with alone(gate.engine, "map", collection.name):
        run_id = run_states.back(gate.engine, collection)
        tell_states(gate, collection)
        return run_id


def _changed(new: NewRun, old: Points) -> float:
    ids = [theme.id for theme in new.themes]
    now = dict(zip(new.points.row_ids, np.asarray(new.points.themes).tolist(), strict=True))
    pairs = [
        (int(theme), now[row_id])
        for row_id, theme in zip(old.row_ids, old.themes, strict=True)
        if row_id in now
    ]
    same = sum(theme == (-1 if place < 0 else ids[place]) for theme, place in pairs)
    return 1 - same / len(pairs) if pairs else 0.0
