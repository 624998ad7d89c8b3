"""What a refit owes to the map before it: people's decisions, ids, names, and what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analysis import lineage, restraint
from analysis.fit import Fit
from analysis.terms import Term
from queries.maps.runs import FoundTheme, Points, ThemeEvent
from queries.themes.theme_edits import Standing
from queries.themes.themes import KnownTheme

Labels = NDArray[np.int32]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Before:
    """The map that a refit follows, with what people decided about its themes.

    Centroids compare only within the same space.
    """

    points: Points
    themes: Sequence[KnownTheme]
    same_space: bool
    standing: Standing = field(default_factory=Standing)


@dataclass(frozen=True)
class Level:
    """One level of themes: where its first theme stands among all, and what describes them.

    parents : shape (themes,), positions among all themes; None on the broad level.
    """

    labels: Labels
    first: int
    terms: Mapping[int, Sequence[Term]]
    centroids: Vectors
    parents: Labels | None = None
    stability: NDArray[np.float64] | None = None

    @property
    def count(self) -> int:
        """How many themes the level has."""
        return len(self.centroids)


def as_people_decided(ids: Sequence[str], vectors: Vectors, fit: Fit, before: Before) -> Fit:
    """The fit with merged themes together, others apart, and what must stay still there."""
    fine = [theme for theme in before.themes if theme.parent_id is not None]
    broad = [theme for theme in before.themes if theme.parent_id is None]
    lower, upper = _restraints(before, fine), _restraints(before, broad)
    if lower:
        old = _old_labels(before, fine, ids)
        labels = restraint.restrained(fit.fine, old, vectors, lower)
        other = restraint.followed(fit.fine, labels, fit.second)
        above = restraint.nested(labels, fit.coarse)
        fit = replace(fit, fine=labels, coarse=above, second=other)
    if upper:
        old = _old_labels(before, broad, ids)
        above = restraint.restrained_above(fit.fine, fit.coarse, old, upper)
        fit = replace(fit, coarse=above)
    return fit


def _restraints(before: Before, themes: Sequence[KnownTheme]) -> restraint.Restraints:
    """The decisions about themes of one level, in their labels."""
    label = {theme.id: number for number, theme in enumerate(themes)}
    return restraint.Restraints(
        [label[id] for id in before.standing.together if id in label],
        [
            (label[one], label[other])
            for one, other in before.standing.apart
            if one in label and other in label
        ],
        [label[theme.id] for theme in themes if theme.pinned or theme.named_by == "person"],
    )


def continued(
    described: Sequence[FoundTheme],
    ids: Sequence[str],
    levels: tuple[Level, Level],
    before: Before | None,
) -> tuple[list[FoundTheme], list[ThemeEvent]]:
    """Hand ids and names on to heirs, level by level, and tell what happened to every theme."""
    kept = list(described)
    if before is None:
        return kept, [ThemeEvent("born", theme=position) for position in range(len(kept))]
    events: list[ThemeEvent] = []
    for level in levels:
        old = [theme for theme in before.themes if (theme.parent_id is None) == (level.first == 0)]
        told = _lineage(before, old, ids, level)
        for label, heir_of in told.heirs.items():
            position = level.first + label
            kept[position] = replace(kept[position], id=old[heir_of].id, name=old[heir_of].name)
        events += _events(told, old, level)
    return kept, events


def _lineage(
    before: Before, old: Sequence[KnownTheme], ids: Sequence[str], level: Level
) -> lineage.Lineage:
    """Centroids of zeros are like nothing, and still tell how many themes there were."""
    stood = np.array([theme.centroid for theme in old], dtype=np.float32)
    if not before.same_space or not old:
        stood = np.zeros((len(old), level.centroids.shape[1]), dtype=np.float32)
    sizes = np.bincount(level.labels[level.labels >= 0], minlength=level.count)
    return lineage.lineage(*_shared(before, old, ids, level), stood, level.centroids, sizes)


def _shared(
    before: Before, old: Sequence[KnownTheme], ids: Sequence[str], level: Level
) -> tuple[Labels, Labels]:
    """Old and new labels of the rows that both runs know."""
    known = set(before.points.row_ids)
    both = [position for position, row_id in enumerate(ids) if row_id in known]
    return _old_labels(before, old, ids)[both], level.labels[both]


def _old_labels(before: Before, old: Sequence[KnownTheme], ids: Sequence[str]) -> Labels:
    """The label of each row in the run before; -1 where it was in no theme, or not there."""
    label_of = {theme.id: label for label, theme in enumerate(old)}
    above = {theme.id: theme.parent_id for theme in before.themes}
    # A point names its fine theme; on the broad level the one above it counts.
    own = {id: label_of.get(id, label_of.get(parent or 0, -1)) for id, parent in above.items()}
    was = {
        row_id: own.get(int(theme), -1)
        for row_id, theme in zip(before.points.row_ids, before.points.themes, strict=True)
    }
    return np.array([was.get(row_id, -1) for row_id in ids], dtype=np.int32)


def _events(told: lineage.Lineage, old: Sequence[KnownTheme], level: Level) -> list[ThemeEvent]:
    events = []
    for event in told.events:
        detail = {
            "from": [old[label].name for label in event.old],
            "overlap": round(event.overlap, 3),
            "by": event.by,
        }
        events += [
            ThemeEvent(event.kind, theme=level.first + label, detail=detail) for label in event.new
        ]
        if not event.new:
            events += [
                ThemeEvent(event.kind, theme_id=old[label].id, detail=detail) for label in event.old
            ]
    return events
