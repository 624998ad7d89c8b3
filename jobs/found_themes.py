"""From a fit to themes with names, evidence and a history: what a run stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import lineage, names, quality, registration, representatives
from analysis.fit import Fit
from analysis.terms import Term, terms
from analysis.vectors import centroids
from queries.runs import FoundTheme, Points, ThemeEvent
from queries.themes import KnownTheme

TERMS = 10
REPRESENTATIVES = 6

Labels = NDArray[np.int32]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Before:
    """The map that a refit follows; centroids compare only within the same space."""

    points: Points
    themes: Sequence[KnownTheme]
    same_space: bool


@dataclass(frozen=True)
class Found:
    """The themes of a run, broad ones first, then fine ones; positions are what `points` name."""

    themes: Sequence[FoundTheme]
    points: Points
    events: Sequence[ThemeEvent]
    quality: Mapping[str, Any]


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


def found_themes(
    ids: Sequence[str],
    vectors: Vectors,
    fit: Fit,
    texts: Sequence[str],
    before: Before | None,
    seed: int,
    owners: Sequence[str | None] | None = None,
) -> Found:
    """Describe the themes of a fit; those that continue a theme of before keep its id and name.

    `owners` of personal texts: then no theme is described in words that only one or two people use.
    """
    broad = _level(vectors, texts, fit.coarse, 0, owners)
    fine = replace(
        _level(vectors, texts, fit.fine, broad.count, owners),
        parents=_parents(fit),
        stability=_stability(fit, seed),
    )
    points = _on_the_old_frame(ids, fit, before)
    described = [
        theme for level in (broad, fine) for theme in _describe(ids, vectors, points, level)
    ]
    kept, events = _continued(described, ids, (broad, fine), before)
    themes = np.where(fit.fine < 0, -1, fit.fine + fine.first)
    measured = _quality(vectors, fit, points, seed)
    return Found(_named(kept, (broad, fine)), replace(points, themes=themes), events, measured)


def _level(
    vectors: Vectors,
    texts: Sequence[str],
    labels: Labels,
    first: int,
    owners: Sequence[str | None] | None,
) -> Level:
    count = int(labels.max(initial=-1)) + 1
    found = terms(texts, labels, TERMS, owners) if count else {}
    return Level(labels, first, found, centroids(vectors, labels, count))


def _stability(fit: Fit, seed: int) -> NDArray[np.float64] | None:
    """Of each fine theme; None where everything is one theme, which nothing can dissolve."""
    if fit.resolution is None:
        return None
    return quality.stability(fit.graph, fit.fine[fit.fitted], fit.resolution, seed)


def _describe(
    ids: Sequence[str], vectors: Vectors, points: Points, level: Level
) -> list[FoundTheme]:
    """The level's themes, without a name yet."""
    typical = representatives.representatives(vectors, level.labels, REPRESENTATIVES)
    apart = quality.separation(vectors, level.labels)
    described = []
    for label in range(level.count):
        members = level.labels == label
        rival = int(apart.rival[label])
        described.append(
            FoundTheme(
                name="",
                terms=[term.text for term in level.terms.get(label, ())],
                size=int(members.sum()),
                representatives=[ids[row] for row in typical[label]],
                x=float(np.median(points.x[members])),
                y=float(np.median(points.y[members])),
                centroid=level.centroids[label],
                parent=None if level.parents is None else int(level.parents[label]),
                stability=None if level.stability is None else float(level.stability[label]),
                separation=float(apart.value[label]),
                rival=None if rival < 0 else rival + level.first,
            )
        )
    return described


def _named(kept: Sequence[FoundTheme], levels: tuple[Level, Level]) -> list[FoundTheme]:
    """Names from terms for those that inherited none, no two alike over both levels."""
    evidence = {
        level.first + label: level.terms.get(label, ())
        for level in levels
        for label in range(level.count)
        if not kept[level.first + label].name
    }
    chosen = names.names(evidence, given=[theme.name for theme in kept if theme.name])
    return [
        replace(theme, name=chosen.get(position, theme.name)) for position, theme in enumerate(kept)
    ]


def _continued(
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
    return lineage.lineage(*_shared(before, old, ids, level), stood, level.centroids)


def _shared(
    before: Before, old: Sequence[KnownTheme], ids: Sequence[str], level: Level
) -> tuple[Labels, Labels]:
    """Old and new labels of the rows that both runs know."""
    label_of = {theme.id: label for label, theme in enumerate(old)}
    above = {theme.id: theme.parent_id for theme in before.themes}
    # A point names its fine theme; on the broad level the one above it counts.
    own = {id: label_of.get(id, label_of.get(parent or 0, -1)) for id, parent in above.items()}
    was = {
        row_id: own.get(int(theme), -1)
        for row_id, theme in zip(before.points.row_ids, before.points.themes, strict=True)
    }
    both = [position for position, row_id in enumerate(ids) if row_id in was]
    labels = np.array([was[ids[position]] for position in both], dtype=np.int32)
    return labels, level.labels[both]


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


def _on_the_old_frame(ids: Sequence[str], fit: Fit, before: Before | None) -> Points:
    """The fit's coordinates, registered onto the map that people know."""
    plane = fit.points
    if before is not None:
        position = {row_id: number for number, row_id in enumerate(before.points.row_ids)}
        shared = [number for number, row_id in enumerate(ids) if row_id in position]
        stood = np.array([position[ids[number]] for number in shared], dtype=np.int64)
        plane = registration.register(_plane(before.points)[stood], plane[shared], plane).points
    x, y = np.ascontiguousarray(plane.T, dtype=np.float32)
    return Points(ids, x, y, fit.fine, fit.membership, np.zeros(len(ids), dtype=np.int64))


def _parents(fit: Fit) -> Labels:
    parents = np.zeros(int(fit.fine.max(initial=-1)) + 1, dtype=np.int32)
    inside = fit.fine >= 0
    parents[fit.fine[inside]] = fit.coarse[inside]
    return parents


def _quality(vectors: Vectors, fit: Fit, points: Points, seed: int) -> Mapping[str, Any]:
    """Measures of the picture, 0 to 1; None where there are too few rows to tell."""
    plane = _plane(points)
    measured = {
        "trustworthiness": quality.trustworthiness(vectors, plane, seed=seed),
        "neighbour_agreement": quality.neighbour_agreement(fit.neighbours, plane[fit.fitted]),
    }
    return {
        name: round(value, 4) if np.isfinite(value) else None for name, value in measured.items()
    }


def _plane(points: Points) -> Vectors:
    return np.column_stack([points.x, points.y])
