"""Nearest neighbours: exact, by cells, and told apart from the row itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cells import Cells, nearest_in_cells
from analysis.neighbours import nearest, nearest_among
from analysis.quality import recall_at_k
from analysis.vectors import unit_rows
from tests.analysis.groups import groups, noise


def test_the_nearest_come_first_with_their_cosine_distance():
    found = nearest(unit_rows([[1, 0], [1, 1], [0, 1], [-1, 0]]), 2)
    assert found.positions[0].tolist() == [1, 2]
    assert found.distances[0] == pytest.approx([1 - 0.5**0.5, 1.0], abs=1e-6)


def test_a_row_is_not_its_own_neighbour_even_among_copies():
    found = nearest(unit_rows(np.ones((10, 4))), 5)
    assert not (found.positions == np.arange(10)[:, None]).any()


def test_few_rows_have_fewer_neighbours_than_asked_for():
    assert nearest(noise(4), 30).positions.shape == (4, 3)
    assert nearest(noise(1), 30).positions.shape == (1, 0)


def test_a_query_may_find_its_equal_in_the_reference():
    rows = noise(20)
    assert nearest_among(rows, rows, 3).positions[:, 0].tolist() == list(range(20))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**16))
def test_the_order_of_the_rows_does_not_matter(seed):
    rows = noise(60, seed)
    order = np.random.default_rng(seed).permutation(60)
    straight, shuffled = nearest(rows, 5), nearest(rows[order], 5)
    assert (order[shuffled.positions] == straight.positions[order]).all()


def test_cells_find_nearly_all_of_what_comparing_everything_finds():
    rows, _ = groups(40, 100, spread=0.15)
    true = nearest_among(rows[:500], rows[500:], 10)
    found = Cells.of(rows[500:]).nearest(rows[:500], 10)
    assert recall_at_k(found.positions, true.positions) > 0.95
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_cells_that_hold_too_few_rows_are_left_for_the_whole_reference():
    rows = noise(3)
    found = Cells.of(rows).nearest(rows, 30)
    assert found.positions[:, 0].tolist() == [0, 1, 2]
    copies = unit_rows(np.ones((900, 4)))
    assert (Cells.of(copies).nearest(copies[:2], 30).distances < 1e-6).all()


def test_the_callback_hears_the_share_done_and_can_cancel():
    heard = []
    nearest(noise(600), 5, lambda stage, share: heard.append((stage, share)))
    assert heard[-1] == ("neighbours", 1.0)

    def stop(_stage, _share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        nearest(noise(600), 5, stop)


def test_in_cells_nearly_the_same_rows_are_found_and_none_is_its_own():
    rows, _ = groups(40, 60, spread=0.4)
    exact, found = nearest(rows, 10), nearest_in_cells(rows, 10)
    assert found.positions.shape == exact.positions.shape
    assert recall_at_k(found.positions, exact.positions) > 0.9
    assert not (found.positions == np.arange(len(rows))[:, None]).any()
    assert (np.diff(found.distances, axis=1) >= 0).all()


def test_copies_have_no_row_as_its_own_neighbour_in_cells_either():
    found = nearest_in_cells(unit_rows(np.ones((500, 4))), 5)
    assert found.positions.shape == (500, 5)
    assert not (found.positions == np.arange(500)[:, None]).any()
