"""Where good and bad examples point."""

import numpy as np

from analysis.direction import towards
from analysis.vectors import Floats

NONE: Floats = np.empty((0, 3), dtype=np.float32)
EAST, NORTH, UP = np.eye(3, dtype=np.float32)


def test_one_good_example_is_the_direction() -> None:
    np.testing.assert_allclose(towards(None, EAST[None], NONE), EAST)


def test_several_are_their_middle_at_unit_length() -> None:
    found = towards(None, np.stack([EAST, NORTH]), NONE)
    np.testing.assert_allclose(found, [0.5**0.5, 0.5**0.5, 0], rtol=1e-6)


def test_a_bad_example_pushes_away() -> None:
    found = towards(None, EAST[None], NORTH[None])
    assert found is not None
    assert found @ NORTH < 0 < found @ EAST


def test_the_question_weighs_more_than_the_examples() -> None:
    found = towards(UP, np.stack([EAST, EAST]), NONE)
    assert found is not None
    assert found @ UP > found @ EAST > 0


def test_examples_without_a_direction_are_passed_over() -> None:
    unknown = np.full((1, 3), np.nan, dtype=np.float32)
    np.testing.assert_allclose(towards(UP, unknown, unknown), UP)
    assert towards(None, unknown, NONE) is None


def test_examples_that_cancel_out_leave_nothing() -> None:
    assert towards(None, np.stack([EAST, -EAST]), NONE) is None
