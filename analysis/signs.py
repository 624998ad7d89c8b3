"""Whether the signs of vectors tell which are near: a few bits a number, in place of the number."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats

NEAREST = 10
BLOCK = 16_384  # vectors whose signs are spelled out at once
Words = NDArray[np.uint64]
Signs = Callable[[Floats], NDArray[np.uint8]]  # of each vector, eight bits a byte


def recall_by_signs(questions: Floats, vectors: Floats, candidates: int, signs_of: Signs) -> float:
    """Share of the ten nearest vectors that are among so many nearest by their signs, 0 to 1.

    Vectors whose signs are all alike come out near to `candidates` by the number of vectors.

    Parameters
    ----------
    questions : shape (questions, dimensions)
    vectors : shape (vectors, dimensions)
        Unit length.

    References
    ----------
    Yamada, Asai and Hajishirzi, Efficient Passage Retrieval with Hashing, ACL 2021: candidates by
    the bits that differ, then compared in full. Kong and Li, Double-Bit Quantization for Hashing,
    AAAI 2012: several bits a number.
    """
    if candidates >= len(vectors):
        return 1.0
    asked = _words(signs_of(questions))
    blocks = [vectors[at : at + BLOCK] for at in range(0, len(vectors), BLOCK)]
    similar = np.hstack([questions @ block.T for block in blocks])
    unlike = np.hstack([_unlike(asked, _words(signs_of(block))) for block in blocks])
    found = [
        np.isin(_least(-full, NEAREST), _least(roughly, candidates)).mean()
        for full, roughly in zip(similar, unlike, strict=True)
    ]
    return float(np.mean(found))


def _words(signs: NDArray[np.uint8]) -> Words:
    """Bits in words of 64, the last filled up; shape (words, vectors)."""
    filled = np.pad(signs, ((0, 0), (0, -signs.shape[1] % 8)))
    return np.ascontiguousarray(filled.view(np.uint64).T)


def _unlike(asked: Words, signs: Words) -> NDArray[np.uint16]:
    """How many bits differ, shape (asked, vectors)."""
    unlike = np.zeros((asked.shape[1], signs.shape[1]), dtype=np.uint16)
    for one, other in zip(asked, signs, strict=True):
        unlike += np.bitwise_count(one[:, None] ^ other)
    return unlike


def _least(values: NDArray[np.generic], most: int) -> NDArray[np.intp]:
    return np.argpartition(values, most - 1)[:most]
