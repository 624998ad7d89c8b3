"""What people decided about themes, kept in the labels of a fit that knows nothing of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.communities import UNSORTED, by_size
from analysis.lineage import MAJORITY, heirs, shared_members
from analysis.vectors import Floats, Labels, centroids


@dataclass(frozen=True)
class Restraints:
    """Decisions, in labels of the run before.

    together : themes that a person merged; what comes of one stays one theme
    apart : pairs of themes that must not be one
    kept : themes that stay while they have members: pinned, or named by a person
    """

    together: Sequence[int] = ()
    apart: Sequence[tuple[int, int]] = ()
    kept: Sequence[int] = ()

    def __bool__(self) -> bool:
        """Whether anybody decided anything."""
        return bool(self.together or self.apart or self.kept)


def restrained(new: Labels, old: Labels, vectors: Floats, restraints: Restraints) -> Labels:
    """The labels of a fit, changed as little as the decisions ask for.

    Parameters
    ----------
    new : shape (rows,)
        Labels of the fit; negative where unsorted.
    old : shape (rows,)
        Labels of the run before; negative where unsorted or not there then.
    vectors : shape (rows, dimensions)
        Unit length; rows that are new follow the nearer of two themes taken apart.

    Returns
    -------
    shape (rows,), int32
        0 the largest, then by size.
    """
    labels = new.copy()
    for theme in restraints.together:
        labels = _joined(labels, old, theme)
    for one, other in restraints.apart:
        labels = _parted(labels, old, vectors, one, other)
    for theme in restraints.kept:
        labels = _kept(labels, old, vectors, theme)
    return by_size(labels)


def restrained_above(fine: Labels, coarse: Labels, old: Labels, restraints: Restraints) -> Labels:
    """The same for the upper level, whose smallest parts are whole themes of the lower one.

    Parameters
    ----------
    fine, coarse : shape (rows,)
        Both levels of the fit.
    old : shape (rows,)
        Upper labels of the run before.
    """
    above = nested(fine, coarse)
    for theme in restraints.together:
        above = nested(fine, _joined(above, old, theme))
    for one, other in restraints.apart:
        if _home(above, old, one) == _home(above, old, other) != UNSORTED:
            above = _lifted(fine, above, old, other)
    for theme in restraints.kept:
        if theme not in _heirs(old, above).values():
            above = _lifted(fine, above, old, theme)
    return by_size(above)


def nested(fine: Labels, coarse: Labels) -> Labels:
    """Upper labels where every lower theme lies in one upper theme: the one of most of its rows."""
    table = _counts(fine, coarse)
    if not table.size:
        return coarse.copy()
    above = np.append(table.argmax(axis=1), UNSORTED).astype(np.int32)
    return by_size(above[fine])


def followed(before: Labels, after: Labels, others: Labels) -> Labels:
    """Other labels of the rows, where most rows of each went; UNSORTED where that is their own.

    Parameters
    ----------
    before, after : shape (rows,)
        The rows' own labels before and after a change.
    others : shape (rows,)
        Labels of before, for instance of each row's second theme.
    """
    table = _counts(before, after)
    if not table.size:
        return np.full_like(others, UNSORTED)
    went = np.append(table.argmax(axis=1), UNSORTED).astype(np.int32)
    return np.where(went[others] == after, UNSORTED, went[others]).astype(np.int32)


def _joined(labels: Labels, old: Labels, theme: int) -> Labels:
    """Groups most of whose known rows were in the theme, as one group."""
    table = _counts(labels, old)
    if theme >= table.shape[1]:
        return labels
    share = table[:, theme] / np.maximum(table.sum(axis=1), 1)
    groups = np.flatnonzero((share > MAJORITY) & (table[:, theme] > 0))
    if len(groups) < 2:
        return labels
    return np.where(np.isin(labels, groups), groups[0], labels).astype(np.int32)


def _parted(labels: Labels, old: Labels, vectors: Floats, one: int, other: int) -> Labels:
    """Two groups where both themes went into one."""
    home = _home(labels, old, one)
    if home == UNSORTED or home != _home(labels, old, other):
        return labels
    return _carved(labels, vectors, old == other, home, also=old != one)


def _kept(labels: Labels, old: Labels, vectors: Floats, theme: int) -> Labels:
    """A group of its own for the theme's rows when no group carries it on."""
    mine = (old == theme) & (labels >= 0)
    if not (old == theme).any() or theme in _heirs(old, labels).values():
        return labels
    home = _home(labels, old, theme)
    inside = mine & (labels == home)
    if home == UNSORTED or inside.sum() < MAJORITY * (old == theme).sum():
        # Scattered, or mostly unsorted: all of its rows are called back.
        return np.where(old == theme, labels.max() + 1, labels).astype(np.int32)
    return _carved(labels, vectors, inside, home, also=old < 0)


def _carved(
    labels: Labels,
    vectors: Floats,
    mine: NDArray[np.bool_],
    home: int,
    also: NDArray[np.bool_],
) -> Labels:
    """A new group of some rows of `home`, and of the rows of `also` there that are nearer to it."""
    inside = labels == home
    mine = mine & inside
    sides = np.where(mine, 1, np.where(inside & ~also, 0, UNSORTED)).astype(np.int32)
    middle = centroids(vectors, sides, 2)
    nearer = np.zeros(len(labels), dtype=bool)
    open_rows = np.flatnonzero(inside & also & ~mine)
    nearer[open_rows] = vectors[open_rows] @ (middle[1] - middle[0]) > 0
    return np.where(mine | nearer, labels.max() + 1, labels).astype(np.int32)


def _lifted(fine: Labels, above: Labels, old: Labels, theme: int) -> Labels:
    """An upper theme of its own for the lower ones that are mostly the theme's, or the best."""
    table = _counts(fine, old)
    if theme >= table.shape[1] or not table[:, theme].any():
        return above
    share = table[:, theme] / np.maximum(table.sum(axis=1), 1)
    chosen = np.flatnonzero(share > MAJORITY)
    if not len(chosen):
        chosen = np.array([table[:, theme].argmax()])
    return np.where(np.isin(fine, chosen), above.max() + 1, above).astype(np.int32)


def _home(labels: Labels, old: Labels, theme: int) -> int:
    """The group that most of the theme's rows are in; UNSORTED when they are in none."""
    went = labels[(old == theme) & (labels >= 0)]
    return int(np.bincount(went).argmax()) if len(went) else UNSORTED


def _heirs(old: Labels, new: Labels) -> dict[int, int]:
    shared = shared_members(old, new)
    return heirs(shared, np.bincount(new[new >= 0], minlength=shared.shape[1]))


def _counts(rows: Labels, columns: Labels) -> NDArray[np.int64]:
    """Rows of each pair of labels."""
    return shared_members(rows, columns)
