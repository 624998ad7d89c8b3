"""The signs of a vector: of each number, whether it is above a step under zero, zero, a step over.

Three bits a number instead of sixteen. In how many of them two vectors differ tells how near they
are, because a bit more differs for each step that lies between two numbers (Kong and Li,
Double-Bit Quantization for Hashing, AAAI 2012).
"""

import struct
from math import sqrt

import numpy as np
from numpy.typing import NDArray

STEP = 0.75  # of the root mean square of a unit vector's numbers; .6 to .9 find as much


def step(dimensions: int) -> float:
    """As half precision has it, so that the database and this process draw the same line."""
    [half] = struct.unpack("e", struct.pack("e", STEP / sqrt(dimensions)))
    return float(half)


def signs_sql(vector: str, dimensions: int) -> str:
    """The signs of an SQL expression of type halfvec, level by level, worked out once a statement.

    A subquery that may not be flattened: the expression would be read anew for each level.
    """
    line = f"array_fill({step(dimensions)!r}::real, ARRAY[{dimensions}])::halfvec({dimensions})"
    numbers = (f"v + {line}", "v", f"v - {line}")
    levels = " || ".join(f"binary_quantize({number})" for number in numbers)
    return f"(SELECT {levels} FROM (SELECT {vector} AS v OFFSET 0) vector)"


def signs_of(vectors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The same of vectors as they are stored, in half precision, eight bits a byte.

    `vectors` of shape (rows, dimensions); the result (rows, bytes of 3 * dimensions bits).
    """
    # To compare half precision as it is takes five times as long.
    stored = vectors.astype(np.float16).astype(np.float32)
    line = np.float32(step(vectors.shape[1]))
    above = np.concatenate([stored > -line, stored > 0, stored > line], axis=1)
    return np.packbits(above, axis=1)
