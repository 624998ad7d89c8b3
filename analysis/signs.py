"""Whether the signs of vectors tell which are near: one bit a number, in place of the number."""

import numpy as np

from analysis.vectors import Floats

NEAREST = 10


def recall_by_signs(questions: Floats, vectors: Floats, candidates: int) -> float:
    """Share of the ten nearest vectors that are among so many nearest by their signs, 0 to 1.

    Vectors whose signs are all alike, as where no number is negative, come out near to
    `candidates` by the number of vectors.

    Parameters
    ----------
    questions : shape (questions, dimensions)
    vectors : shape (vectors, dimensions)
        Unit length.

    References
    ----------
    Yamada, Asai and Hajishirzi, Efficient Passage Retrieval with Hashing, ACL 2021: candidates by
    the bits that differ, then compared in full.
    """
    if candidates >= len(vectors):
        return 1.0
    signs = np.where(vectors > 0, np.float32(1), np.float32(-1))
    found = []
    for question in questions:
        nearest = _greatest(vectors @ question, NEAREST)
        near = _greatest(signs @ np.where(question > 0, np.float32(1), np.float32(-1)), candidates)
        found.append(np.isin(nearest, near).mean())
    return float(np.mean(found))


def _greatest(values: Floats, most: int) -> "np.typing.NDArray[np.intp]":
    return np.argpartition(-values, most - 1)[:most]
