"""The 2-D projection: coordinates in which neighbours stay neighbours."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, triu

from analysis.neighbours import Progress, silent
from analysis.vectors import Floats

# Curve 1 / (1 + A d^2B) of UMAP's defaults, min_dist 0.1 and spread 1.
A, B = 1.5769434, 0.8950608
EPOCHS = 500
NEGATIVES = 5  # pushes for each pull, as in UMAP
DRAWS = 10  # random rows an epoch that stand for all pushes on a row
STEP = 0.1  # of the first epoch; smaller than UMAP's 1 because a whole epoch moves at once
LONGEST = 4.0  # a single force, at most
FARTHEST = 1.0  # a row in one epoch; keeps a row that thousands pull at from being flung away
EXTENT = 10.0  # of the starting plane


@dataclass(frozen=True)
class _Edges:
    """Each pair of neighbours once, with the chance to be drawn in an epoch."""

    one: NDArray[np.int32]
    other: NDArray[np.int32]
    chance: Floats
    pushes: Floats  # of each row in an epoch, for each of its draws


def layout(
    graph: csr_matrix, start: Floats, seed: int, progress: Progress = silent, epochs: int = EPOCHS
) -> Floats:
    """2-D coordinates that keep neighbours of the graph together and others apart.

    Minimises UMAP's objective. Where UMAP moves two rows at a time, this moves all rows once an
    epoch with array operations: nothing has to be compiled, and a seed decides the result.

    Parameters
    ----------
    graph : shape (rows, rows)
        Symmetric weights.
    start : shape (rows, 2)
        Where the rows begin, usually `principal_plane`.
    seed
        Of the drawn edges and pushes.

    Returns
    -------
    shape (rows, 2), float32

    References
    ----------
    McInnes, Healy, Melville: UMAP, arXiv:1802.03426, section 3.2.
    """
    random = np.random.default_rng(seed)
    edges = _edges(graph, epochs)
    x, y = (np.ascontiguousarray(axis, dtype=np.float32) for axis in start.T)
    for epoch in range(epochs):
        step = np.float32(STEP * (1 - epoch / epochs))
        move_x, move_y = _forces(edges, x, y, random)
        x += np.clip(step * move_x, -FARTHEST, FARTHEST)
        y += np.clip(step * move_y, -FARTHEST, FARTHEST)
        progress("projection", (epoch + 1) / epochs)
    return np.column_stack([x, y])


def principal_plane(vectors: Floats, seed: int = 0) -> Floats:
    """Coordinates of the rows on their two widest directions, scaled to +-EXTENT.

    A little seeded noise keeps identical rows from starting, and so staying, on one spot.

    Returns
    -------
    shape (rows, 2), float32
    """
    if not len(vectors):
        return np.empty((0, 2), dtype=np.float32)
    centred = vectors - vectors.mean(axis=0)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    plane = np.zeros((len(vectors), 2))
    widest = directions[:, ::-1][:, :2]
    signs = np.sign(widest[np.abs(widest).argmax(axis=0), np.arange(widest.shape[1])])
    plane[:, : widest.shape[1]] = centred @ (widest * signs)
    plane *= EXTENT / max(float(np.abs(plane).max()), 1e-9)
    noise = np.random.default_rng(seed).normal(scale=1e-3 * EXTENT, size=plane.shape)
    return (plane + noise).astype(np.float32)


def _edges(graph: csr_matrix, epochs: int) -> _Edges:
    half = triu(graph, k=1).tocoo()
    chance = half.data / max(float(half.data.max(initial=0.0)), 1e-12)
    drawn = chance >= 1 / epochs  # rarer ones would not be drawn once
    one, other = half.row[drawn].astype(np.int32), half.col[drawn].astype(np.int32)
    chance = chance[drawn].astype(np.float32)
    pulls = _sums(one, chance, graph.shape[0]) + _sums(other, chance, graph.shape[0])
    return _Edges(one, other, chance, (pulls * (NEGATIVES / DRAWS)).astype(np.float32))


def _forces(
    edges: _Edges, x: Floats, y: Floats, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Pull along the edges drawn this epoch, and push from random rows."""
    drawn = np.flatnonzero(random.random(len(edges.chance), dtype=np.float32) < edges.chance)
    one, other = edges.one[drawn], edges.other[drawn]
    pull_x, pull_y = _clipped(_pull, x[one] - x[other], y[one] - y[other])
    total_x = _sums(one, pull_x, len(x)) - _sums(other, pull_x, len(x))
    total_y = _sums(one, pull_y, len(y)) - _sums(other, pull_y, len(y))
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


def _sums(rows: NDArray[np.int32], forces: Floats, count: int) -> Floats:
    return np.bincount(rows, weights=forces, minlength=count).astype(np.float32)
