"""How far to trust what was found."""

import numpy as np
import pytest

from analysis.fit import fit
from analysis.neighbours import nearest
from analysis.quality import (
    neighbour_agreement,
    recall_at_k,
    separation,
    share_unsorted,
    stability,
    trustworthiness,
)
from analysis.vectors import unit_rows
from tests.analysis.groups import groups, noise


def test_recall_is_the_share_of_true_neighbours_found():
    true = np.array([[1, 2], [3, 4]])
    assert recall_at_k(np.array([[2, 1], [3, 9]]), true) == 0.75
    assert recall_at_k(np.full((2, 2), -1), true) == 0
    assert recall_at_k(np.empty((0, 2)), np.empty((0, 2))) == 1


def test_a_plane_shown_as_it_is_agrees_with_itself():
    angles = np.sort(np.random.default_rng(0).uniform(0, 3, 50))
    rows = unit_rows(np.column_stack([np.cos(angles), np.sin(angles)]))
    assert neighbour_agreement(nearest(rows, 5), rows, 5) == pytest.approx(1.0, abs=0.02)
    assert trustworthiness(rows, rows, seed=0) == pytest.approx(1.0, abs=0.01)


def test_a_shuffled_picture_is_not_to_be_trusted():
    rows, _ = groups(5, 40)
    points = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    assert trustworthiness(rows, points, seed=0) < 0.6
    assert np.isnan(trustworthiness(rows[:2], points[:2], seed=0))


def test_real_themes_come_back_and_random_groups_do_not():
    made = fit(groups(10, 40)[0], seed=0)
    random = np.random.default_rng(0).permutation(made.fine)
    real = stability(made.graph, made.atoms, made.fine, made.resolution, seed=0, rounds=4)
    chance = stability(made.graph, made.atoms, random, made.resolution, seed=0, rounds=4)
    assert real.min() > 0.75
    assert chance.max() < 0.5


def test_all_rows_in_one_theme_are_perfectly_stable():
    made, zeros = fit(noise(40), seed=0), np.zeros(40, np.int32)
    assert stability(made.graph, made.atoms, zeros, None, seed=0).tolist() == [1.0]


def test_separation_names_the_nearest_rival():
    rows = unit_rows([[1, 0, 0], [1, 0.2, 0], [0.8, 1, 0], [0.7, 1, 0], [0, 0, 1], [0, 0.1, 1]])
    found = separation(rows, np.array([0, 0, 1, 1, 2, 2], dtype=np.int32))
    assert found.rival.tolist()[:2] == [1, 0]
    assert found.value[2] == found.value.max()
    assert (found.value > 0).all()


def test_a_single_theme_has_no_rival():
    found = separation(noise(5), np.zeros(5, dtype=np.int32))
    assert found.rival.tolist() == [-1]


def test_share_unsorted_counts_negative_labels():
    assert share_unsorted(np.array([0, -1, 1, -1], dtype=np.int32)) == 0.5
    assert share_unsorted(np.array([], dtype=np.int32)) == 0
