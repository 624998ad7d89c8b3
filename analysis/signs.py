"""Whether the signs of vectors tell which are near: three bits a number, in place of the number."""

import numpy as np
from numpy.typing import NDArray

from analysis.vectors import Floats

NEAREST = 10
BLOCK = 16_384  # vectors whose signs are spelled out at once
Words = NDArray[np.uint64]


def recall_by_signs(questions: Floats, vectors: Floats, candidates: int, step: float) -> float:
    """Share of the ten nearest vectors that are among so many nearest by their signs, 0 to 1.

    The signs of a number: whether it is above -step, 0 and step. Vectors whose signs are all alike
    come out near to `candidates` by the number of vectors.

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
    asked = _signs(questions, step)
    blocks = [vectors[at : at + BLOCK] for at in range(0, len(vectors), BLOCK)]
    similar = np.hstack([questions @ block.T for block in blocks])
    unlike = np.hstack([_unlike(asked, _signs(block, step)) for block in blocks])
    found = [
        np.isin(_least(-full, NEAREST), _least(roughly, candidates)).mean()
        for full, roughly in zip(similar, unlike, strict=True)
    ]
    return float(np.mean(found))


def _signs(vectors: Floats, step: float) -> Words:
    """Bits in words of 64, the last filled up; shape (words, vectors)."""
    above = np.concatenate([vectors > -step, vectors > 0, vectors > step], axis=1)
    packed = np.packbits(above, axis=1)
    filled = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))
    return np.ascontiguousarray(filled.view(np.uint64).T)


def _unlike(asked: Words, signs: Words) -> NDArray[np.uint16]:
    """How many bits differ, shape (asked, vectors)."""
    unlike = np.zeros((asked.shape[1], signs.shape[1]), dtype=np.uint16)
    for one, other in zip(asked, signs, strict=True):
        unlike += np.bitwise_count(one[:, None] ^ other)
    return unlike


def _least(values: NDArray[np.generic], most: int) -> NDArray[np.intp]:
    return np.argpartition(values, most - 1)[:most]
