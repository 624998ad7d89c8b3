"""The layout keeps neighbours near, and a seed decides it."""

import numpy as np
import pytest

from analysis.graph import fuzzy_graph
from analysis.neighbours import nearest
from analysis.projection import layout, principal_plane
from analysis.quality import neighbour_agreement, trustworthiness
from analysis.vectors import unit_rows
from tests.analysis.groups import groups


@pytest.fixture(scope="module")
def laid_out():
    rows, label = groups(6, 60)
    near = nearest(rows, 15)
    return rows, label, near, layout(fuzzy_graph(near), principal_plane(rows), seed=1)


def test_groups_stay_together_on_the_map(laid_out):
    _, label, _, points = laid_out
    middle = np.array([points[label == group].mean(axis=0) for group in range(6)])
    nearest_middle = np.linalg.norm(points[:, None] - middle, axis=2).argmin(axis=1)
    assert (nearest_middle == label).mean() > 0.99


def test_the_picture_can_be_trusted(laid_out):
    rows, _, near, points = laid_out
    assert trustworthiness(rows, points, seed=0) > 0.9
    assert neighbour_agreement(near, points) > neighbour_agreement(near, principal_plane(rows))


def test_the_same_seed_draws_the_same_picture(laid_out):
    rows, _, near, points = laid_out
    again = layout(fuzzy_graph(near), principal_plane(rows), seed=1)
    other = layout(fuzzy_graph(near), principal_plane(rows), seed=2)
    assert np.array_equal(points, again)
    assert not np.array_equal(points, other)


def test_copies_of_one_row_stay_on_the_page():
    rows = unit_rows(np.ones((500, 8)))
    points = layout(fuzzy_graph(nearest(rows, 15)), principal_plane(rows), seed=0, epochs=100)
    assert np.isfinite(points).all()
    assert np.abs(points).max() < 50


def test_the_callback_can_stop_a_layout(laid_out):
    rows, _, near, _ = laid_out

    def stop(_stage, share):
        if share > 0.1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        layout(fuzzy_graph(near), principal_plane(rows), 0, stop)
