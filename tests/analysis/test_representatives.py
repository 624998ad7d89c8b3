"""Rows that stand for a theme."""

import numpy as np
import pytest

from analysis.representatives import representatives
from analysis.vectors import unit_rows


def test_the_most_central_row_comes_first():
    rows = unit_rows([[1, 0], [1, 0.5], [1, 1], [-1, 0]])
    found = representatives(rows, np.array([0, 0, 0, 1], dtype=np.int32), 2)
    assert found[0][0] == 1
    assert found[1].tolist() == [3]


def test_unsorted_rows_represent_nothing():
    rows = unit_rows([[1, 0], [0, 1]])
    assert representatives(rows, np.array([-1, -1], dtype=np.int32)) == {}


def test_copies_are_passed_over_while_others_are_left():
    rows = unit_rows([[1, 0.1], [1, 0.1], [1, 0.1], [1, 0.9]])
    found = representatives(rows, np.zeros(4, dtype=np.int32), 2)[0]
    assert 3 in found


def test_copies_are_better_than_nothing():
    rows = unit_rows(np.ones((4, 2)))
    assert len(representatives(rows, np.zeros(4, dtype=np.int32), 3)[0]) == 3


def test_one_label_per_vector_is_needed():
    with pytest.raises(ValueError, match="1 labels"):
        representatives(unit_rows([[1, 0], [0, 1]]), np.zeros(1, dtype=np.int32))
