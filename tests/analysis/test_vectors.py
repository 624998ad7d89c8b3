"""Embeddings at unit length, and centroids of groups."""

import numpy as np
import pytest

from analysis.vectors import centroids, unit_rows


def test_rows_come_back_at_length_one():
    rows = unit_rows([[3.0, 4.0], [0.0, 2.0]])
    assert rows == pytest.approx(np.array([[0.6, 0.8], [0.0, 1.0]]))


def test_unit_rows_are_handed_back_without_a_copy():
    rows = np.array([[0.6, 0.8]], dtype=np.float32)
    assert unit_rows(rows) is rows


@pytest.mark.parametrize(
    ("vectors", "complaint"),
    [
        ([1.0, 2.0], "shape"),
        ([[np.nan, 1.0]], "1 vectors are not finite"),
        ([[0.0, 0.0], [1.0, 0.0]], "1 vectors are zero"),
    ],
)
def test_what_has_no_direction_is_refused_with_a_count(vectors, complaint):
    with pytest.raises(ValueError, match=complaint):
        unit_rows(vectors)


def test_a_centroid_is_the_mean_direction_of_its_members():
    rows = unit_rows([[1, 0], [0, 1], [-1, 0]])
    middle = centroids(rows, np.array([0, 0, -1], dtype=np.int32), 2)
    assert middle == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [0.0, 0.0]]), abs=1e-6)
