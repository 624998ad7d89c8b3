"""Themes at two levels."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from analysis.clusters import clusters, families
from analysis.communities import UNSORTED, Network, atoms_of, by_size
from analysis.graph import fuzzy_graph
from analysis.membership import second, unsorted, votes
from analysis.neighbours import nearest
from analysis.resolution import best_resolution, silhouettes
from analysis.vectors import sums, unit_rows
from tests.analysis.groups import groups, noise


def found(rows, seed=0, at_most=0.10):
    return clusters(fuzzy_graph(nearest(rows, 30)), rows, seed, at_most)


@pytest.mark.parametrize(("count", "size"), [(2, 40), (8, 50), (40, 40)])
def test_as_many_themes_as_there_are_groups_whatever_their_number(count, size):
    rows, label = groups(count, size)
    fine = found(rows).fine
    assert fine.max() + 1 == count
    assert adjusted_rand_score(label[fine >= 0], fine[fine >= 0]) > 0.99


def test_noise_is_one_theme_and_not_many():
    assert set(found(noise(600)).fine.tolist()) == {0}


@pytest.mark.parametrize("rows", [1, 2, 50])
def test_rows_all_alike_are_one_theme_and_none_is_unsorted(rows):
    themes = found(unit_rows(np.ones((rows, 8))))
    assert set(themes.fine.tolist()) == {0}
    assert themes.resolution is None


def test_strangers_are_left_unsorted_and_members_are_not():
    rows, _ = groups(8, 60)
    strangers = np.random.default_rng(5).normal(size=(20, rows.shape[1]))
    fine = found(unit_rows(np.vstack([rows, strangers]))).fine
    assert (fine[-20:] == UNSORTED).mean() > 3 * (fine[:-20] == UNSORTED).mean()
    assert (fine[-20:] == UNSORTED).mean() >= 0.5


@pytest.mark.parametrize("at_most", [0.0, 0.05, 0.3])
def test_no_more_rows_are_unsorted_than_the_dial_allows(at_most):
    rows, _ = groups(8, 60, spread=0.3)
    assert (found(rows, at_most=at_most).fine == UNSORTED).mean() <= at_most


def test_every_theme_lies_in_one_family_and_unsorted_stays_unsorted():
    rows, _ = groups(12, 40, spread=0.25)
    themes = found(rows)
    pairs = {(int(f), int(c)) for f, c in zip(themes.fine, themes.coarse, strict=True)}
    assert len(pairs) == len({f for f, _ in pairs})
    assert ((themes.fine == UNSORTED) == (themes.coarse == UNSORTED)).all()
    assert themes.coarse.max() < themes.fine.max()


def test_families_join_themes_that_point_the_same_way():
    middle = unit_rows([[10, 1, 0, 0], [10, -1, 0, 0], [0, 0, 10, 1], [0, 0, 10, -1]])
    fine = np.repeat(np.arange(4, dtype=np.int32), 5)
    coarse = families(middle[fine], fine)
    assert coarse[fine == 0][0] == coarse[fine == 1][0]
    assert coarse[fine == 2][0] == coarse[fine == 3][0]
    assert coarse[fine == 0][0] != coarse[fine == 2][0]


def test_labels_count_down_in_size():
    sizes = np.bincount(found(groups(5, 40)[0]).fine + 1)[1:]
    assert (np.diff(sizes) <= 0).all()
    assert by_size(np.array([7, 7, 3, -1, 3, 3], dtype=np.int32)).tolist() == [1, 1, 0, -1, 0, 0]


def test_the_same_seed_finds_the_same_themes():
    rows, _ = groups(10, 40, spread=0.3)
    assert np.array_equal(found(rows, seed=4).fine, found(rows, seed=4).fine)


def test_a_silhouette_by_hand():
    rows = unit_rows([[1, 0], [1, 0], [0, 1], [0, 1]])

    def judged(*labels):
        label = np.array(labels, dtype=np.int32)
        return silhouettes(rows, label, sums(rows, label, 2))

    assert judged(0, 0, 1, 1).tolist() == [1, 1, 1, 1]
    assert judged(0, 1, 0, 1) == pytest.approx(np.full(4, (1 - 0.5**0.5 - 1) / 1), abs=1e-6)


def test_a_finer_cut_has_more_groups():
    rows, _ = groups(10, 40, spread=0.3)
    graph = fuzzy_graph(nearest(rows, 15))
    network = Network(graph)
    assert network.cut(0.3, 0).max() < network.cut(20.0, 0).max()
    assert best_resolution(graph, atoms_of(network, 0), rows, 0) is not None


def test_votes_are_shares_of_a_rows_neighbours():
    graph = fuzzy_graph(nearest(noise(30), 5))
    label = (np.arange(30) % 3).astype(np.int32)
    assert votes(graph, label, 3).sum(axis=1) == pytest.approx(np.ones(30), abs=1e-5)


def test_the_weakest_are_unsorted_but_only_when_weak():
    strength = np.array([0.9, 0.1, 0.6, 0.2], dtype=np.float32)
    assert unsorted(strength, 0.25).tolist() == [False, True, False, False]
    assert unsorted(strength, 1.0).tolist() == [False, True, False, True]


def test_the_second_theme_is_another_one_and_weaker_but_for_unsorted_rows():
    rows, _ = groups(6, 40, spread=0.4)
    graph = fuzzy_graph(nearest(rows, 30))
    found = clusters(graph, rows, 0)
    other = second(graph, rows, found.fine)
    kept = found.fine >= 0
    assert (other.labels[kept] != found.fine[kept]).all()
    assert (other.strength >= 0).all()
    assert (other.strength[other.labels < 0] == 0).all()
    assert other.strength[kept].mean() < found.membership[kept].mean()
    assert (other.labels[~kept] >= 0).any()


def test_a_row_between_two_themes_has_the_other_as_its_second():
    rows = unit_rows([[1, 0.0], [1, 0.02], [1, 0.04], [0, 1.0], [0.02, 1], [0.04, 1], [1, 0.9]])
    label = np.array([0, 0, 0, 1, 1, 1, 0], dtype=np.int32)
    graph = fuzzy_graph(nearest(rows, 6))
    other = second(graph, rows, label)
    assert other.labels[6] == 1
    assert other.strength[6] == other.strength.max()


@pytest.mark.parametrize("seed", range(6))
def test_a_theme_has_three_rows_at_least(seed):
    random = np.random.default_rng(seed)
    parts = random.normal(size=(3, 8, 32))  # rows share parts, so that groups run into each other
    rows = unit_rows(sum(part[random.integers(8, size=300)] for part in parts))
    fine = found(rows.astype(np.float32), seed).fine
    assert np.bincount(fine[fine >= 0]).min() >= 3
