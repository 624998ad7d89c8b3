"""A refit is laid onto the frame people know."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.registration import register

POINTS = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(
    angle=st.floats(0, 6.28),
    scale=st.floats(0.1, 10),
    shift=st.floats(-5, 5),
    mirrored=st.booleans(),
)
def test_turning_scaling_mirroring_and_shifting_is_undone(angle, scale, shift, mirrored):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    new = (scale * POINTS * [1, -1 if mirrored else 1] @ turn + shift).astype(np.float32)
    found = register(POINTS, new, new)
    assert found.points == pytest.approx(POINTS, abs=1e-3)
    assert found.median < 1e-3


def test_a_row_that_moved_is_the_one_that_is_said_to_have_moved():
    new = POINTS.copy()
    new[7] += 3
    moved = register(POINTS, new, new).moved
    assert moved.argmax() == 7
    assert moved[7] > 5 * np.median(moved)


def test_rows_outside_the_shared_ones_move_along():
    new = POINTS + 100
    found = register(POINTS[:10], new[:10], new)
    assert found.points == pytest.approx(POINTS, abs=1e-3)


def test_without_shared_rows_nothing_is_turned():
    none = np.empty((0, 2), dtype=np.float32)
    found = register(none, none, POINTS)
    assert np.array_equal(found.points, POINTS)
    assert found.median == 0


def test_rows_that_are_not_the_same_ones_are_refused():
    with pytest.raises(ValueError, match="shared rows"):
        register(POINTS[:3], POINTS[:4], POINTS)
