"""From a fit to themes with names, evidence and a history: what a run stores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import names, quality, registration, representatives
from analysis.fit import Fit
from analysis.terms import terms
from analysis.vectors import centroids
from analysis.word_counts import looked_at
from analysis.written import Written, written
from jobs.maps.themes_before import Before, Level, as_people_decided, continued
from queries.maps.runs import FoundTheme, Points, ThemeEvent

TERMS = 10
REPRESENTATIVES = 6

Labels = NDArray[np.int32]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """The themes of a run, broad ones first, then fine ones; positions are what `points` name.

    `moved` : how far each row of the map before would move, as a part of that map's width.
    """

    themes: Sequence[FoundTheme]
    points: Points
    events: Sequence[ThemeEvent]
    quality: Mapping[str, Any]
    moved: Vectors


@dataclass(frozen=True)
class Worded:
    """All of a fit's themes that needs no picture: who is in them as people decided, terms,
    stability."""

    fit: Fit
    broad: Level
    fine: Level


def worded_themes(
    ids: Sequence[str],
    vectors: Vectors,
    fit: Fit,
    told: Callable[[Sequence[int]], Sequence[str]],
    before: Before | None,
    seed: int,
    owners: Sequence[str | None] | None = None,
    grammar: Callable[[Sequence[str]], frozenset[str]] = lambda _: frozenset(),
) -> Worded:
    """The themes of a fit in words. The fit's projection need not be there yet.

    `told` gives the texts of rows by their positions: only some rows of each theme are read.
    `owners` of personal texts: then no theme is described in words that only one or two people use.
    `grammar` gives the function words of texts, in which no theme is described either.
    """
    if before is not None:
        fit = as_people_decided(ids, vectors, fit, before)
    read = _read(fit, told, owners, grammar)
    broad = _level(vectors, read, fit.coarse, 0)
    return Worded(fit, broad, _fine_level(vectors, read, fit, broad, seed))


def found_themes(
    ids: Sequence[str],
    vectors: Vectors,
    worded: Worded,
    plane: Vectors,
    before: Before | None,
    seed: int,
) -> Found:
    """Describe the themes of a fit; those that continue a theme of before keep its id and name.

    `plane` is the fit's projection, shape (rows, 2).
    """
    fit, broad, fine = worded.fit, worded.broad, worded.fine
    points, moved = _on_the_old_frame(ids, fit, plane, before)
    described = [
        theme for level in (broad, fine) for theme in _describe(ids, vectors, points, level)
    ]
    kept, events = continued(described, ids, (broad, fine), before)
    first = fine.first if fine.count else broad.first
    themes, second = (np.where(labels < 0, -1, labels + first) for labels in (fit.fine, fit.second))
    measured = _quality(vectors, fit, points, seed)
    named = _named(kept, (broad, fine))
    return Found(named, replace(points, themes=themes, second=second), events, measured, moved)


@dataclass(frozen=True)
class _Read:
    """Rows whose words describe the themes: positions, words, where they count owners, grammar."""

    rows: NDArray[np.intp]
    said: Written
    owners: Sequence[str | None] | None
    grammar: frozenset[str]


def _read(
    fit: Fit,
    told: Callable[[Sequence[int]], Sequence[str]],
    owners: Sequence[str | None] | None,
    grammar: Callable[[Sequence[str]], frozenset[str]],
) -> _Read:
    rows = np.union1d(looked_at(fit.coarse), looked_at(fit.fine))
    chosen = rows.tolist()
    texts = told(chosen)
    of_row = None if owners is None else [owners[row] for row in chosen]
    return _Read(rows, written(texts), of_row, grammar(texts))


def _level(vectors: Vectors, read: _Read, labels: Labels, first: int) -> Level:
    count = int(labels.max(initial=-1)) + 1
    found = {}
    if count:
        chosen = labels[read.rows], TERMS, read.owners, vectors[read.rows]
        found = terms(read.said, *chosen, grammar=read.grammar)
    return Level(labels, first, found, centroids(vectors, labels, count))


def _fine_level(vectors: Vectors, read: _Read, fit: Fit, broad: Level, seed: int) -> Level:
    """The finer themes; none where they would be the one theme over again."""
    if broad.count == 1 and int(fit.fine.max(initial=-1)) == 0:
        nobody = np.full_like(fit.fine, -1)
        none = np.empty(0, dtype=np.int32)
        return Level(nobody, broad.count, {}, centroids(vectors, nobody, 0), none)
    fine = _level(vectors, read, fit.fine, broad.count)
    return replace(fine, parents=_parents(fit), stability=_stability(fit, seed))


def _stability(fit: Fit, seed: int) -> NDArray[np.float64] | None:
    """Of each fine theme; None where everything is one theme, which nothing can dissolve."""
    if fit.resolution is None:
        return None
    return quality.stability(fit.graph, fit.atoms, fit.fine[fit.fitted], fit.resolution, seed)


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


def _on_the_old_frame(
    ids: Sequence[str], fit: Fit, plane: Vectors, before: Before | None
) -> tuple[Points, Vectors]:
    """The fit's coordinates, registered onto the map that people know, and how far rows moved."""
    moved = np.empty(0, dtype=np.float32)
    if before is not None:
        position = {row_id: number for number, row_id in enumerate(before.points.row_ids)}
        shared = [number for number, row_id in enumerate(ids) if row_id in position]
        stood = np.array([position[ids[number]] for number in shared], dtype=np.int64)
        laid = registration.register(_plane(before.points)[stood], plane[shared], plane)
        plane, moved = laid.points, laid.moved
    x, y = np.ascontiguousarray(plane.T, dtype=np.float32)
    unknown = np.zeros(len(ids), dtype=np.int64)
    return Points(
        ids, x, y, fit.fine, fit.membership, unknown, fit.second, fit.second_membership
    ), moved


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
