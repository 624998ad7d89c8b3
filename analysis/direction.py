"""A direction to search in, from good and bad examples."""

import numpy as np

from analysis.vectors import SHORTEST, Floats

GOOD_WEIGHT = 0.75
BAD_WEIGHT = 0.25


def towards(question: Floats | None, good: Floats, bad: Floats) -> Floats | None:
    """The question moved towards the good examples and away from the bad ones.

    Parameters
    ----------
    question : shape (dimensions,), optional
        Unit length; without one the good examples stand for it.
    good, bad : shape (examples, dimensions)
        Unit length; rows of NaN are passed over.

    Returns
    -------
    shape (dimensions,), unit length; None where nothing is left to search by.

    References
    ----------
    Rocchio: Relevance feedback in information retrieval, 1971; weights as in Manning, Raghavan and
    Schütze: Introduction to Information Retrieval, 2008, 9.1.1.
    """
    liked, disliked = _mean(good), _mean(bad)
    if question is None and liked is None:
        return None
    aimed = np.zeros(good.shape[1], dtype=np.float32)
    aimed += 0 if question is None else question
    if liked is not None:
        aimed += liked if question is None else GOOD_WEIGHT * liked
    if disliked is not None:
        aimed -= BAD_WEIGHT * disliked
    length = float(np.linalg.norm(aimed))
    return aimed / np.float32(length) if length > SHORTEST else None


def _mean(examples: Floats) -> Floats | None:
    known = examples[np.isfinite(examples).all(axis=1)]
    return known.mean(axis=0) if len(known) else None
