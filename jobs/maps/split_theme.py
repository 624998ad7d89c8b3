"""Splitting a theme where it is most unlike itself."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.halves import halves
from analysis.names import names
from analysis.representatives import representatives
from analysis.terms import terms
from analysis.vectors import centroids, unit_rows
from analysis.written import written
from jobs.errors import JobError
from jobs.loading.language import grammar_of
from queries.collection import Collection
from queries.embeddings import spaces, vectors
from queries.gate import Gate
from queries.maps import runs
from queries.rows.role_values import role_values
from queries.rows.texts import nameless
from queries.themes import theme_edits
from queries.themes.theme_edits import Part

FEWEST_ROWS = 6
TERMS, REPRESENTATIVES = 10, 6


def split_theme(gate: Gate, collection: Collection, theme_id: int, by: str) -> tuple[int, int]:
    """Take the smaller half of a theme out as a theme of its own: the edit's id, the new theme's.

    Raises JobError for a theme too small, EditRefused for a broad one.
    """
    points = runs.points_of(gate, runs.current_or_raise(gate, collection))
    place = {row: number for number, row in enumerate(points.row_ids)}
    inside = np.asarray(points.themes) == theme_id
    ids, embedded = vectors.embeddings(gate, collection, spaces.active_space(gate, collection))
    mine = [n for n, row in enumerate(ids) if row in place and inside[place[row]]]
    if inside.any() and len(mine) < FEWEST_ROWS:
        raise JobError(f"The theme has {len(mine)} rows; from {FEWEST_ROWS} on it can be split.")
    if not mine:  # no theme of the lower level: the edit says why not
        nothing = Part([], {"name": "?"})
        return theme_edits.split(gate.engine, collection, theme_id, nothing, nothing, by)
    rows = unit_rows(embedded[mine])
    labels = halves(rows).astype(np.int32)
    stands = np.array([place[ids[n]] for n in mine])
    plane = np.column_stack([points.x, points.y])[stands]
    kept, part = _parts(gate, collection, [ids[n] for n in mine], rows, labels, plane)
    return theme_edits.split(gate.engine, collection, theme_id, kept, part, by)


def _parts(
    gate: Gate,
    collection: Collection,
    ids: Sequence[str],
    rows: NDArray[np.float32],
    labels: NDArray[np.int32],
    plane: NDArray[np.float32],
) -> list[Part]:
    """What stays and what goes, each with what sets it apart from the other."""
    owners = None if collection.owner is None else role_values(gate, collection, "owner")
    of_row = None if owners is None else [owners.get(row) for row in ids]
    texts = nameless(gate, collection, ids)
    grammar = grammar_of(gate, collection, texts)
    found = terms(written(texts), labels, TERMS, of_row, rows, grammar)
    named = names(found)
    typical = representatives(rows, labels, REPRESENTATIVES)
    middle = centroids(rows, labels, 2)
    parts = []
    for label in (0, 1):
        here = labels == label
        described: dict[str, Any] = {
            "name": named[label],
            "terms": [term.text for term in found[label]],
            "representatives": [ids[row] for row in typical[label].tolist()],
            "x": float(np.median(plane[here, 0])),
            "y": float(np.median(plane[here, 1])),
            "centroid": "[" + ",".join(f"{value:.5f}" for value in middle[label]) + "]",
        }
        parts.append(Part([ids[n] for n in np.flatnonzero(here).tolist()], described))
    return parts
