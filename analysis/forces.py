"""The steps of a projection: rows in the plane, pulled along edges and pushed from others.

Needs NumPy and nothing else, nor does what it imports, so that a process that only draws starts
quickly.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.neighbours import Progress
from analysis.vectors import Floats

# Curve 1 / (1 + A d^2B) of UMAP's defaults, min_dist 0.1 and spread 1.
A, B = 1.5769434, 0.8950608
NEGATIVES = 5  # pushes for each pull, as in UMAP
DRAWS = 10  # random rows an epoch that stand for all pushes on a row
STEP = 0.1  # of the first epoch; smaller than UMAP's 1 because a whole epoch moves at once
LONGEST = 4.0  # a single force, at most
FARTHEST = 1.0  # a row in one epoch; keeps a row that thousands pull at from being flung away


@dataclass(frozen=True)
class Edges:
    """Each pair of neighbours once, with the chance to be drawn in an epoch.

    one, other, chance : shape (pairs,)
    pushes : shape (rows,)
        Of each row in an epoch, for each of its draws.
    epochs
        How many the chances are meant for.
    """

    one: NDArray[np.int32]
    other: NDArray[np.int32]
    chance: Floats
    pushes: Floats
    epochs: int


def moved(edges: Edges, start: Floats, seed: int, progress: Progress) -> Floats:
    """Where the rows are after all epochs, shape (rows, 2), float32.

    As `layout` of `analysis.projection`, which tells what this minimises.
    """
    random = np.random.default_rng(seed)
    x, y = (np.ascontiguousarray(axis, dtype=np.float32) for axis in start.T)
    for epoch in range(edges.epochs):
        step = np.float32(STEP * (1 - epoch / edges.epochs))
        move_x, move_y = _forces(edges, x, y, random)
        x += np.clip(step * move_x, -FARTHEST, FARTHEST)
        y += np.clip(step * move_y, -FARTHEST, FARTHEST)
        progress("projection", (epoch + 1) / edges.epochs)
    return np.column_stack([x, y])


def _forces(
    edges: Edges, x: Floats, y: Floats, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Pull along the edges drawn this epoch, and push from random rows."""
    drawn = np.flatnonzero(random.random(len(edges.chance), dtype=np.float32) < edges.chance)
    one, other = edges.one[drawn], edges.other[drawn]
    pull_x, pull_y = _clipped(_pull, x[one] - x[other], y[one] - y[other])
    total_x = sums(one, pull_x, len(x)) - sums(other, pull_x, len(x))
    total_y = sums(one, pull_y, len(y)) - sums(other, pull_y, len(y))
    for _ in range(DRAWS):
        away = random.integers(0, len(x), len(x), dtype=np.int32)
        push_x, push_y = _clipped(_push, x - x[away], y - y[away])
        total_x += edges.pushes * push_x
        total_y += edges.pushes * push_y
    return total_x, total_y


def _clipped(force: Callable[[Floats], Floats], dx: Floats, dy: Floats) -> tuple[Floats, Floats]:
    size = force(dx * dx + dy * dy)
    return np.clip(size * dx, -LONGEST, LONGEST), np.clip(size * dy, -LONGEST, LONGEST)


def _pull(squared: Floats) -> Floats:
    """Twice UMAP's attraction: it lists every pair in both directions."""
    powered = np.power(np.maximum(squared, 1e-12), np.float32(B - 1))
    return np.float32(-4 * A * B) * powered / (1 + np.float32(A) * powered * squared)


def _push(squared: Floats) -> Floats:
    powered = np.power(squared, np.float32(B))
    return np.float32(2 * B) / ((np.float32(1e-3) + squared) * (1 + np.float32(A) * powered))


def sums(rows: NDArray[np.int32], forces: Floats, count: int) -> Floats:
    """What acts on each row in all, shape (count,)."""
    return np.bincount(rows, weights=forces, minlength=count).astype(np.float32)
