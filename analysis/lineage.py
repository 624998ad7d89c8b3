"""What became of each theme from one run to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats, Labels

Kind = Literal["continued", "split", "merged", "born", "retired"]

MAJORITY = 0.5  # of a theme's members that count as the theme
PART = 0.2  # of a theme's members, at least, in an heir or in one part of a split
WHOLE = 0.9  # of a theme's members: together they are the theme, however many joined them
CLOSE = 0.85  # cosine similarity of centroids that stands in for shared members


@dataclass(frozen=True)
class Event:
    """One thing that happened: from the old labels to the new ones.

    overlap
        Share of the old themes' surviving members that the new ones hold, 0 to 1; for a match by
        centroids their cosine similarity.
    by
        What the match rests on: members, or centroids.
    """

    kind: Kind
    old: tuple[int, ...]
    new: tuple[int, ...]
    overlap: float = 0.0
    by: Literal["members", "centroids"] = "members"


@dataclass(frozen=True)
class Lineage:
    """Events in the order continued, split, merged, born, retired, and who carries whose identity.

    heirs
        New label -> the old label whose identity it keeps. No old label has two heirs.
    """

    events: tuple[Event, ...]
    heirs: dict[int, int]


def lineage(
    old: Labels,
    new: Labels,
    old_centroids: Floats | None = None,
    new_centroids: Floats | None = None,
    sizes: NDArray[np.integer] | None = None,
) -> Lineage:
    """How the themes of a run continue those of the run before.

    Parameters
    ----------
    old, new : shape (rows,)
        Labels of the rows that both runs hold, row by row; negative where unsorted.
    old_centroids, new_centroids : shape (themes, dimensions), unit length
        For themes that share no members: rows deleted, or labels given to other rows. Their
        lengths also tell of themes without shared rows.
    sizes : shape (new themes,)
        Rows of each, those too that the run before did not hold: a theme that is mostly of such
        rows is new, whatever a few old ones were in. Without, there are none of these.

    Raises
    ------
    ValueError
        Unless there is one old and one new label per row.
    """
    if len(old) != len(new):
        raise ValueError(f"{len(old)} old labels but {len(new)} new ones")
    shared = shared_members(old, new, _count(old, old_centroids), _count(new, new_centroids))
    sizes = shared.sum(axis=0) if sizes is None else np.maximum(sizes, shared.sum(axis=0))
    carried = heirs(shared, sizes)
    alike = _alike(shared, old_centroids, new_centroids)
    events = _kept_together(shared, sizes, carried) + alike
    carried |= {event.new[0]: event.old[0] for event in alike}
    told_old = {label for event in events for label in event.old}
    told_new = {label for event in events for label in event.new}
    events += [Event("born", (), (n,)) for n in range(shared.shape[1]) if n not in told_new]
    events += [Event("retired", (o,), ()) for o in range(shared.shape[0]) if o not in told_old]
    order = list(get_args(Kind))
    return Lineage(tuple(sorted(events, key=lambda event: order.index(event.kind))), carried)


def _count(labels: Labels, centroids: Floats | None) -> int:
    return max(int(labels.max(initial=-1)) + 1, 0 if centroids is None else len(centroids))


def shared_members(old: Labels, new: Labels, olds: int = 0, news: int = 0) -> NDArray[np.int64]:
    """Members each pair of themes has in common, shape (old themes, new themes)."""
    olds, news = max(olds, _count(old, None)), max(news, _count(new, None))
    both = (old >= 0) & (new >= 0)
    shared = np.zeros((olds, news), dtype=np.int64)
    np.add.at(shared, (old[both], new[both]), 1)
    return shared


def _handed_on(shared: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of each old theme's members that each new one holds."""
    return np.asarray(shared / np.maximum(shared.sum(axis=1, keepdims=True), 1))


def heirs(shared: NDArray[np.int64], sizes: NDArray[np.integer]) -> dict[int, int]:
    """New label -> old label, pairs with the most in common first, each label once.

    `sizes` of the new themes: what two have in common is a part of all that either holds. A theme
    mostly of rows that arrived, for how many did anywhere, is none's heir, unless one is in it
    WHOLE.
    """
    union = shared.sum(axis=1, keepdims=True) + sizes - shared
    known = shared.sum(axis=0)
    mostly_new = known * sizes.sum() < MAJORITY * sizes * known.sum()
    enough = _handed_on(shared) >= np.where(mostly_new, WHOLE, PART)
    common = np.where(enough, shared / np.maximum(union, 1), 0)
    found: dict[int, int] = {}
    for pair in np.argsort(-common, axis=None, kind="stable"):
        o, n = (int(label) for label in np.unravel_index(pair, common.shape))
        if common[o, n] == 0:
            break
        if n not in found and o not in found.values():
            found[n] = o
    return found


def _kept_together(
    shared: NDArray[np.int64], sizes: NDArray[np.integer], carried: dict[int, int]
) -> list[Event]:
    """Splits and merges, and what continued without either."""
    handed_on, taken_over = _handed_on(shared), shared / np.maximum(sizes, 1)
    events = []
    for o in range(shared.shape[0]):
        parts = np.flatnonzero((handed_on[o] >= PART) & (taken_over[o] >= MAJORITY))
        if len(parts) > 1:
            events.append(_event("split", [o], parts, handed_on))
    for n in range(shared.shape[1]):
        sources = np.flatnonzero(handed_on[:, n] >= MAJORITY)
        if len(sources) > 1:
            events.append(_event("merged", sources, [n], handed_on))
    split = {o for event in events if event.kind == "split" for o in event.old}
    merged = {n for event in events if event.kind == "merged" for n in event.new}
    for n, o in sorted(carried.items()):
        if o not in split and n not in merged:
            events.append(_event("continued", [o], [n], handed_on))
    return events


def _event(
    kind: Kind, old: Iterable[int], new: Iterable[int], handed_on: NDArray[np.float64]
) -> Event:
    olds, news = tuple(map(int, old)), tuple(map(int, new))
    overlap = float(handed_on[np.ix_(olds, news)].sum() / len(olds))
    return Event(kind, olds, news, overlap)


def _alike(
    shared: NDArray[np.int64], old_centroids: Floats | None, new_centroids: Floats | None
) -> list[Event]:
    """Themes without a shared member whose centroids are each other's closest, and close."""
    if old_centroids is None or new_centroids is None:
        return []
    olds = np.flatnonzero(shared.sum(axis=1) == 0)
    news = np.flatnonzero(shared.sum(axis=0) == 0)
    if not len(olds) or not len(news):
        return []
    similarity = old_centroids[olds] @ new_centroids[news].T
    events = []
    for row, column in enumerate(similarity.argmax(axis=1)):
        mutual = similarity[:, column].argmax() == row
        if mutual and similarity[row, column] >= CLOSE:
            pair = (int(olds[row]),), (int(news[column]),)
            events.append(Event("continued", *pair, float(similarity[row, column]), "centroids"))
    return events
