"""From which distance on a row is not close to a question, learnt from the rows themselves."""

import numpy as np

from analysis.vectors import Floats

NEAR_SHARE = 0.95
FEWEST_ROWS = 30  # below, a quantile of nearest distances says nothing
BLOCK = 16_384


def far_from(
    questions: Floats, own: "np.typing.NDArray[np.integer]", vectors: Floats
) -> float | None:
    """The distance within which 95 of 100 rows, asked as questions, have another row.

    Parameters
    ----------
    questions : shape (questions, dimensions)
        Rows, or parts of them as long as a question is. A row of NaN is passed over.
    own : shape (questions,)
        Position among `vectors` of the row each question is from, which does not count.
    vectors : shape (rows, dimensions)
        Unit length, as the questions.

    Returns
    -------
    A cosine distance, 0 to 2; None for too few rows, and where rows are the same as their
    neighbours so often that a distance tells nothing.
    """
    nearest = nearest_other(questions, own, vectors)
    nearest = nearest[np.isfinite(nearest)]
    if len(nearest) < FEWEST_ROWS:
        return None
    far = float(np.quantile(nearest, NEAR_SHARE))
    return far if far > 0.01 else None


def nearest_other(
    questions: Floats, own: "np.typing.NDArray[np.integer]", vectors: Floats
) -> Floats:
    """Cosine distance from each question to the nearest row that is not its own."""
    best = np.full(len(questions), -np.inf, dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        similarity = questions @ vectors[start : start + BLOCK].T
        inside = np.flatnonzero((own >= start) & (own < start + similarity.shape[1]))
        similarity[inside, own[inside] - start] = -np.inf
        best = np.maximum(best, similarity.max(axis=1))
    return np.asarray(1 - best, dtype=np.float32)
