"""The weighted neighbour graph that the projection and the themes share."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from analysis.neighbours import Neighbours
from analysis.vectors import Floats

HALVINGS = 40  # of the bandwidth search; each adds one binary digit


def fuzzy_graph(neighbours: Neighbours) -> csr_matrix:
    """How surely two rows belong together, 0 (no edge) to 1, the same in both directions.

    Each row judges its neighbours on its own scale: the nearest counts 1, the others fall off so
    that the row's weights sum to log2(k). Two opinions a and b on one pair become a + b - ab.

    Returns
    -------
    shape (rows, rows), float32
        Symmetric, without a diagonal.

    References
    ----------
    McInnes, Healy, Melville: UMAP, arXiv:1802.03426, section 3.1.
    """
    rows, count = neighbours.positions.shape
    if count == 0:
        return csr_matrix((rows, rows), dtype=np.float32)
    weights = local_weights(neighbours.distances)
    origin = np.repeat(np.arange(rows), count)
    directed = csr_matrix(
        (weights.ravel(), (origin, neighbours.positions.ravel())), shape=(rows, rows)
    )
    reverse = directed.T.tocsr()
    return (directed + reverse - directed.multiply(reverse)).tocsr()


def local_weights(distances: Floats) -> Floats:
    """Weight of each neighbour on the row's own scale, 1 for the nearest.

    Parameters
    ----------
    distances : shape (rows, k)
        Nearest first.

    Returns
    -------
    shape (rows, k), float32
        Each row sums to log2(k) unless ties make that impossible.
    """
    beyond = (distances - distances[:, :1]).astype(np.float64)
    scale = _bandwidth(beyond, target=np.log2(max(distances.shape[1], 2)))
    return np.exp(-beyond / scale[:, None]).astype(np.float32)


def _bandwidth(beyond: NDArray[np.float64], target: float) -> NDArray[np.float64]:
    """The scale at which each row's weights sum to the target, by bisection of all rows at once."""
    typical = max(float(beyond.mean()), 1e-9)
    low = np.full(len(beyond), 1e-3 * typical)
    high = np.full(len(beyond), 1e3 * typical)
    for _ in range(HALVINGS):
        middle = np.sqrt(low * high)
        too_wide = np.exp(-beyond / middle[:, None]).sum(axis=1) > target
        high = np.where(too_wide, middle, high)
        low = np.where(too_wide, low, middle)
    return np.asarray(np.sqrt(low * high))
