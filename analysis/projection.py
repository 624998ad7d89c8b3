"""The 2-D projection: coordinates in which neighbours stay neighbours."""

import numpy as np
from scipy.sparse import csr_matrix, triu

from analysis.forces import DRAWS, NEGATIVES, Edges, moved, sums
from analysis.neighbours import Progress, silent
from analysis.vectors import Floats

EPOCHS = 500
EXTENT = 10.0  # of the starting plane


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
    return moved(edges_of(graph, epochs), start, seed, progress)


def edges_of(graph: csr_matrix, epochs: int = EPOCHS) -> Edges:
    """What pulls and pushes the rows in a layout of that many epochs.

    Parameters
    ----------
    graph : shape (rows, rows)
        Symmetric weights.
    """
    half = triu(graph, k=1).tocoo()
    chance = half.data / max(float(half.data.max(initial=0.0)), 1e-12)
    drawn = chance >= 1 / epochs  # rarer ones would not be drawn once
    one, other = half.row[drawn].astype(np.int32), half.col[drawn].astype(np.int32)
    chance = chance[drawn].astype(np.float32)
    pulls = sums(one, chance, graph.shape[0]) + sums(other, chance, graph.shape[0])
    return Edges(one, other, chance, (pulls * (NEGATIVES / DRAWS)).astype(np.float32), epochs)


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
