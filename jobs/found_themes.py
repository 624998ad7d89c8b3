"""From a fit to themes with names, evidence and a history: what a run stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import lineage, names, quality, registration, representatives, terms
from analysis.clusters import resolution
from analysis.fit import Fit
from analysis.vectors import centroids
from queries.runs import FoundTheme, Points, ThemeEvent
from queries.themes import KnownTheme

TERMS = 10
REPRESENTATIVES = 6

Before = tuple[Points, Sequence[KnownTheme]]
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Found:
    """The themes of a run, broad ones first, then fine ones; positions are what `points` name."""

    themes: Sequence[FoundTheme]
    points: Points
    events: Sequence[ThemeEvent]
    quality: Mapping[str, Any]


@dataclass(frozen=True)
class Level:
    """One level of themes: its labels, and where its first theme stands among all."""

    labels: Labels
    first: int
    stability: NDArray[np.float64] | None

    @property
    def count(self) -> int:
        """How many themes the level has."""
        return int(self.labels.max(initial=-1)) + 1


def found_themes(
    ids: Sequence[str],
    vectors: NDArray[np.float32],
    fit: Fit,
    texts: Sequence[str],
    before: Before | None,
    seed: int,
) -> Found:
    """Describe the themes of a fit; those that continue a theme of before keep its id and name."""
    steady = quality.stability(fit.graph, fit.fine, resolution(fit.graph), seed)
    broad = Level(fit.coarse, 0, None)
    fine = Level(fit.fine, broad.count, steady)
    points = _on_the_old_frame(ids, fit, before)
    described = [*_describe(ids, vectors, texts, points, broad)]
    described += _describe(ids, vectors, texts, points, fine, parents=_parents(fit))
    named = _named(described, texts, (broad, fine))
    kept, events = _continued(named, ids, vectors, (broad, fine), before)
    themes = np.where(fit.fine < 0, -1, fit.fine + fine.first)
    measured = {
        "trustworthiness": round(quality.trustworthiness(vectors, _plane(points), seed=seed), 4),
        "neighbour_agreement": round(
            quality.neighbour_agreement(fit.neighbours, _plane(points)), 4
        ),
    }
    return Found(kept, replace(points, themes=themes), events, measured)


def _describe(
    ids: Sequence[str],
    vectors: NDArray[np.float32],
    texts: Sequence[str],
    points: Points,
    level: Level,
    parents: NDArray[np.int32] | None = None,
) -> list[FoundTheme]:
    if not level.count:
        return []
    found = terms.terms(texts, level.labels, TERMS)
    typical = representatives.representatives(vectors, level.labels, REPRESENTATIVES)
    middle = centroids(vectors, level.labels, level.count)
    apart = quality.separation(vectors, level.labels)
    described = []
    for label in range(level.count):
        members = level.labels == label
        rival = int(apart.rival[label])
        described.append(
            FoundTheme(
                name="",
                terms=[term.text for term in found.get(label, [])],
                size=int(members.sum()),
                representatives=[ids[row] for row in typical[label]],
                x=float(np.median(points.x[members])),
                y=float(np.median(points.y[members])),
                centroid=middle[label],
                parent=None if parents is None else int(parents[label]),
                stability=None if level.stability is None else float(level.stability[label]),
                separation=float(apart.value[label]),
                rival=None if rival < 0 else rival + level.first,
            )
        )
    return described


def _named(
    described: Sequence[FoundTheme], texts: Sequence[str], levels: tuple[Level, Level]
) -> list[FoundTheme]:
    """Names from terms, no two alike over both levels."""
    evidence: dict[int, Sequence[terms.Term]] = {}
    for level in levels:
        found = terms.terms(texts, level.labels, TERMS) if level.count else {}
        evidence.update({label + level.first: told for label, told in found.items()})
    chosen = names.names(evidence)
    return [
        replace(theme, name=chosen.get(position, f"Theme {position + 1}"))
        for position, theme in enumerate(described)
    ]


def _continued(
    described: Sequence[FoundTheme],
    ids: Sequence[str],
    vectors: NDArray[np.float32],
    levels: tuple[Level, Level],
    before: Before | None,
) -> tuple[list[FoundTheme], list[ThemeEvent]]:
    """Hand ids and names on to heirs, level by level, and tell what happened to every theme."""
    kept = list(described)
    if before is None:
        return kept, [ThemeEvent("born", theme=position) for position in range(len(kept))]
    points, known = before
    events: list[ThemeEvent] = []
    for number, level in enumerate(levels):
        old = [theme for theme in known if (theme.parent_id is None) == (number == 0)]
        told = lineage.lineage(*_shared(points, known, old, ids, level, broad=number == 0))
        for label, heir_of in told.heirs.items():
            position = level.first + label
            kept[position] = replace(kept[position], id=old[heir_of].id, name=old[heir_of].name)
        events += _events(told, old, level)
    return kept, events


def _shared(
    points: Points,
    known: Sequence[KnownTheme],
    old: Sequence[KnownTheme],
    ids: Sequence[str],
    level: Level,
    *,
    broad: bool,
) -> tuple[Labels, Labels]:
    """Old and new labels of the rows that both runs know."""
    above = {theme.id: theme.parent_id if broad else theme.id for theme in known}
    label_of = {theme.id: label for label, theme in enumerate(old)}
    was = {
        row_id: label_of.get(above.get(int(theme), -1) or -1, -1)
        for row_id, theme in zip(points.row_ids, points.themes, strict=True)
    }
    both = [position for position, row_id in enumerate(ids) if row_id in was]
    before = np.array([was[ids[position]] for position in both], dtype=np.int32)
    return before, level.labels[both]


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
    plane = np.column_stack([fit.x, fit.y])
    if before is not None:
        old, _ = before
        position = {row_id: number for number, row_id in enumerate(old.row_ids)}
        shared = [number for number, row_id in enumerate(ids) if row_id in position]
        stood = np.array([position[ids[number]] for number in shared], dtype=np.int64)
        plane = registration.register(_plane(old)[stood], plane[shared], plane).points
    x, y = np.ascontiguousarray(plane.T, dtype=np.float32)
    return Points(ids, x, y, fit.fine, fit.membership)


def _parents(fit: Fit) -> NDArray[np.int32]:
    parents = np.zeros(int(fit.fine.max(initial=-1)) + 1, dtype=np.int32)
    inside = fit.fine >= 0
    parents[fit.fine[inside]] = fit.coarse[inside]
    return parents


def _plane(points: Points) -> NDArray[np.float32]:
    return np.column_stack([points.x, points.y])
