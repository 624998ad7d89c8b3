"""Which of some candidates fit what somebody wrote, and which text says so."""

from dataclasses import dataclass

import numpy as np

from analysis.vectors import Floats

SPEAKING = 3  # texts that must speak for a candidate: one alone may be an accident


@dataclass(frozen=True)
class Fit:
    """A candidate, how well it fits (a cosine similarity) and the written text nearest to it."""

    candidate: int
    similarity: float
    written: int


def best_fitting(candidates: Floats, written: Floats, most: int) -> list[Fit]:
    """The candidates that fit best, best first: by the mean of their three nearest texts.

    Parameters
    ----------
    candidates : shape (candidates, dimensions)
        Unit length; a row of NaN fits nothing and is left out.
    written : shape (texts, dimensions)
        Unit length; rows of NaN are passed over.
    """
    if not len(candidates) or not np.isfinite(written).all(axis=1).any():
        return []
    similarity = np.nan_to_num(candidates @ written.T, nan=-np.inf)
    speaking = min(SPEAKING, int(np.isfinite(written).all(axis=1).sum()))
    nearest = np.sort(similarity, axis=1)[:, -speaking:].mean(axis=1)
    order = [row for row in np.argsort(-nearest, kind="stable") if np.isfinite(nearest[row])]
    return [
        Fit(int(row), float(nearest[row]), int(similarity[row].argmax())) for row in order[:most]
    ]
