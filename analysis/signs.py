"""Whether the signs of vectors tell which are near: one bit a number, in place of the number."""

import numpy as np

from analysis.vectors import Floats

NEAREST = 10
BLOCK = 16_384  # vectors whose signs are spelled out at once


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
    asked = _signs(questions)
    similar, alike = (np.empty((len(questions), len(vectors)), dtype=np.float32) for _ in range(2))
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        similar[:, start : start + BLOCK] = questions @ block.T
        alike[:, start : start + BLOCK] = asked @ _signs(block).T
    found = [
        np.isin(_greatest(full, NEAREST), _greatest(roughly, candidates)).mean()
        for full, roughly in zip(similar, alike, strict=True)
    ]
    return float(np.mean(found))


def _signs(vectors: Floats) -> Floats:
    return np.where(vectors > 0, np.float32(1), np.float32(-1))


def _greatest(values: Floats, most: int) -> "np.typing.NDArray[np.intp]":
    return np.argpartition(-values, most - 1)[:most]
