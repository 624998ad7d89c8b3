"""What the signs of vectors tell of which are near."""

import numpy as np

from analysis.signs import recall_by_signs
from analysis.vectors import Floats

STEP = 0.75 / 8  # of 64 dimensions


def around_centres(rows: int, seed: int) -> Floats:
    """Rows near some centre, as texts on one matter are."""
    drawn = np.random.default_rng(seed)
    centres = drawn.normal(size=(20, 64))
    made = centres[drawn.integers(20, size=rows)] + 0.5 * drawn.normal(size=(rows, 64))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


def test_what_is_near_is_near_by_its_signs() -> None:
    rows = around_centres(4_000, 1)
    assert recall_by_signs(rows[:40], rows, 300, STEP) > 0.98


def test_more_candidates_miss_fewer() -> None:
    rows = around_centres(4_000, 2)
    found = [recall_by_signs(rows[:40], rows, most, STEP) for most in (12, 40, 160)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_a_step_to_either_side_tells_more_than_the_sign_alone() -> None:
    rows = around_centres(4_000, 5)
    assert recall_by_signs(rows[:40], rows, 100, STEP) > recall_by_signs(rows[:40], rows, 100, 0)


def test_signs_that_are_all_alike_tell_nothing() -> None:
    rows = np.abs(around_centres(4_000, 3))
    assert recall_by_signs(rows[:40], rows, 400, 0) < 0.4


def test_where_every_vector_is_a_candidate_none_is_missed() -> None:
    rows = around_centres(100, 4)
    assert recall_by_signs(rows[:10], rows, 100, STEP) == 1
