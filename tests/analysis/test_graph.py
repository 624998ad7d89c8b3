"""The weighted graph behind projection and themes."""

import numpy as np
import pytest

from analysis.graph import fuzzy_graph, local_weights
from analysis.neighbours import nearest
from tests.analysis.groups import noise


def test_the_nearest_weighs_one_and_the_rest_sum_to_the_logarithm():
    weights = local_weights(nearest(noise(50), 8).distances)
    assert weights[:, 0] == pytest.approx(np.ones(50))
    assert weights.sum(axis=1) == pytest.approx(np.full(50, 3.0), abs=1e-3)


def test_the_graph_reads_the_same_in_both_directions():
    graph = fuzzy_graph(nearest(noise(50), 8))
    assert abs(graph - graph.T).max() < 1e-6
    assert graph.diagonal().sum() == 0
    assert 0 < graph.data.min() <= graph.data.max() <= 1 + 1e-6


def test_weights_agree_with_umaps_own():
    # umap-learn 0.5.12: smooth_knn_dist(distances with a leading 0, 4.0, local_connectivity=1.0),
    # then exp(-(distance - rho) / sigma).
    distances = np.array([[0.1, 0.2, 0.3, 0.4], [0.05, 0.06, 0.5, 0.9]], dtype=np.float32)
    expected = [[1.0, 0.5436866, 0.2955952, 0.16071118], [1.0, 0.93837214, 0.05713208, 0.00448626]]
    assert local_weights(distances) == pytest.approx(np.array(expected), abs=1e-4)
