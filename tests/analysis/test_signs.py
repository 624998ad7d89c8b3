"""What the signs of vectors tell of which are near."""

import numpy as np
from numpy.typing import NDArray

from analysis.signs import recall_by_signs
from analysis.vectors import Floats

STEP = 0.75 / 8  # of 64 dimensions


def signs_of(vectors: Floats) -> NDArray[np.uint8]:
    """Whether each number is above a step under zero, zero, and a step over."""
    above = np.concatenate([vectors > line for line in (-STEP, 0, STEP)], axis=1)
    return np.packbits(above, axis=1)


def sign_of(vectors: Floats) -> NDArray[np.uint8]:
    """Whether each number is above zero."""
    return np.packbits(vectors > 0, axis=1)


def around_centres(rows: int, seed: int) -> Floats:
    """Rows near some centre, as texts on one matter are."""
    drawn = np.random.default_rng(seed)
    centres = drawn.normal(size=(20, 64))
    made = centres[drawn.integers(20, size=rows)] + 0.5 * drawn.normal(size=(rows, 64))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def test_what_is_near_is_near_by_its_signs() -> None:
    rows = around_centres(4_000, 1)
    assert recall_by_signs(rows[:40], rows, 300, signs_of) > 0.98


def test_more_candidates_miss_fewer() -> None:
    rows = around_centres(4_000, 2)
    found = [recall_by_signs(rows[:40], rows, most, signs_of) for most in (12, 40, 160)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_a_step_to_either_side_tells_more_than_the_sign_alone() -> None:
    rows = around_centres(4_000, 5)
    more, less = (recall_by_signs(rows[:40], rows, 100, each) for each in (signs_of, sign_of))
    assert more > less


def test_signs_that_are_all_alike_tell_nothing() -> None:
    rows = np.abs(around_centres(4_000, 3))
    assert recall_by_signs(rows[:40], rows, 400, sign_of) < 0.4


def test_where_every_vector_is_a_candidate_none_is_missed() -> None:
    rows = around_centres(100, 4)
    assert recall_by_signs(rows[:10], rows, 100, signs_of) == 1
