"""New rows find their place; nothing else moves."""

import numpy as np
import pytest

from analysis.fit import fit
from analysis.neighbours import nearest_among
from analysis.placement import Map, place, place_points
from analysis.vectors import unit_rows
from tests.analysis.groups import groups, noise


@pytest.fixture(scope="module")
def placed_map():
    rows, label = groups(8, 60)
    made = fit(rows[:400], seed=0)
    return Map(rows[:400], made.points, made.fine, made.coarse), rows[400:], label


def test_a_new_row_joins_the_theme_of_its_group(placed_map):
    known, new, label = placed_map
    fine = place(known, new).fine
    theme_of = {g: np.bincount(known.fine[label[:400] == g] + 1).argmax() - 1 for g in range(8)}
    expected = np.array([theme_of[g] for g in label[400:]])
    assert (fine == expected).mean() > 0.95


def test_a_stranger_waits_unsorted(placed_map):
    known, new, _ = placed_map
    strangers = unit_rows(np.random.default_rng(3).normal(size=(30, new.shape[1])))
    placed = place(known, strangers)
    assert (placed.fine == -1).mean() > 0.8
    assert (placed.coarse[placed.fine == -1] == -1).all()


def test_new_rows_of_a_kind_with_the_fitted_are_sorted_about_as_often():
    rows, _ = groups(12, 100, spread=0.3)
    made = fit(rows[:800], seed=0)
    known = Map(rows[:800], made.points, made.fine, made.coarse)
    assert (made.fine == -1).mean() == pytest.approx(0.1)
    assert (place(known, rows[800:]).fine == -1).mean() < 0.25
    assert known.clear < 0.5  # a gate that is the same for every map left out .42


def test_the_gate_decides_what_is_clear(placed_map):
    known, new, _ = placed_map
    assert (place(known, new, clear=0, ahead=1).fine >= 0).all()
    assert (place(known, new, clear=1.01).fine == -1).all()


def test_a_row_equal_to_a_known_one_lands_on_it(placed_map):
    known, _, _ = placed_map
    near = nearest_among(known.vectors[:5], known.vectors, 10)
    assert place_points(near, known.points) == pytest.approx(known.points[:5])


def test_no_old_row_moves(placed_map):
    known, new, _ = placed_map
    before = known.points.copy()
    place(known, new)
    assert np.array_equal(before, known.points)


def test_a_map_without_themes_leaves_all_unsorted():
    rows = noise(20)
    none = np.full(20, -1, dtype=np.int32)
    assert (place(Map(rows, np.zeros((20, 2), np.float32), none, none), rows[:3]).fine == -1).all()


def test_vectors_of_another_model_are_refused(placed_map):
    with pytest.raises(ValueError, match="32 dimensions, not 256"):
        place(placed_map[0], noise(2))
