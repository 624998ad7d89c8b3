"""Whether a set of embeddings can tell texts apart at all: constant, placeholder, low rank."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ALIKE = 0.8  # cosine similarity that people call "the same" in these tables
PAIRS = 20_000
MOST_DIMENSIONS = 4_000


@dataclass(frozen=True)
class Spread:
    """How a sample of embeddings fills its space.

    `effective_rank` is the number of directions that carry the variance: exp of the entropy of the
    eigenvalues' shares, from 1 (a line) to min(rows, dimensions); 0 where all rows are the same.
    `rank` counts directions above a thousandth of the greatest. `alike` is the share of pairs of
    rows above a similarity of 0.8, `distinct` the share of rows that are unlike any other.
    """

    rows: int
    dimensions: int
    rank: int
    effective_rank: float
    alike: float
    distinct: float


def spread(embeddings: NDArray[np.floating], seed: int = 0) -> Spread:
    """The spread of a sample.

    Parameters
    ----------
    embeddings : shape (rows, dimensions)
        Finite; zero vectors are passed over. Compared by direction.
    seed
        Of the pairs drawn for `alike`.

    References
    ----------
    Roy and Vetterli, The effective rank, EUSIPCO 2007.
    """
    vectors = np.asarray(embeddings, dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    directions = vectors[lengths > 0] / lengths[lengths > 0, None]
    rows, dimensions = directions.shape
    if rows < 2:
        return Spread(rows, dimensions, rows, float(rows), 0.0, 1.0)
    shares = _eigenvalue_shares(directions)
    return Spread(
        rows=rows,
        dimensions=dimensions,
        rank=int(np.sum(shares > shares.max(initial=0.0) * 1e-3)) if shares.size else 0,
        effective_rank=_effective(shares),
        alike=_alike(directions, seed),
        distinct=len(np.unique(directions.round(6), axis=0)) / rows,
    )


def _eigenvalue_shares(directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares of the variance by direction; none where nothing varies."""
    centred = directions - directions.mean(axis=0)
    small = centred @ centred.T if len(centred) < centred.shape[1] else centred.T @ centred
    eigenvalues = np.clip(np.linalg.eigvalsh(small), 0.0, None)
    total = float(eigenvalues.sum())
    if total < 1e-9 * len(directions):
        return np.empty(0)
    shares: NDArray[np.float64] = eigenvalues / total
    return shares


def _effective(shares: NDArray[np.float64]) -> float:
    positive = shares[shares > 0]
    return float(np.exp(-np.sum(positive * np.log(positive)))) if positive.size else 0.0


def _alike(directions: NDArray[np.float64], seed: int) -> float:
    random = np.random.default_rng(seed)
    one, other = random.integers(0, len(directions), size=(2, PAIRS))
    apart = one != other
    similarity = np.einsum("ij,ij->i", directions[one[apart]], directions[other[apart]])
    return float(np.mean(similarity > ALIKE)) if apart.any() else 0.0


def spread_of_distances(distances: NDArray[np.floating], dimensions: int) -> Spread:
    """The spread of rows of which only the cosine distances to one another are known.

    Unit vectors with these distances are made from them (classical scaling of 1 − distance), so no
    vector is needed. The rank is seen up to the number of rows.

    Parameters
    ----------
    distances : shape (rows, rows)
        Cosine distances, symmetric but for rounding, 0 on the diagonal.
    dimensions
        Of the vectors behind them.
    """
    gram = 1.0 - np.asarray(distances, dtype=np.float64)
    values, directions = np.linalg.eigh((gram + gram.T) / 2)
    kept = np.clip(values, 0.0, None)
    kept[kept < kept.max(initial=0.0) * 1e-4] = 0.0  # half precision rounds distances so far
    found = spread(directions * np.sqrt(kept))
    return Spread(
        found.rows, dimensions, found.rank, found.effective_rank, found.alike, found.distinct
    )
