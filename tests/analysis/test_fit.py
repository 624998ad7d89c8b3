"""One fit from vectors to themes and points."""

import threading

import numpy as np
import psutil
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

import analysis.beside
import analysis.fit
from analysis.fit import fit
from tests.analysis.groups import groups, noise


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 20])
def test_any_number_of_rows_can_be_fitted(rows):
    made = fit(noise(max(rows, 1))[:rows], seed=0)
    assert made.points.shape == (rows, 2)
    assert np.isfinite(made.points).all()
    assert len(made.fine) == len(made.coarse) == len(made.membership) == rows


def test_membership_is_a_share():
    made = fit(groups(6, 40)[0], seed=0)
    assert made.membership.min() >= 0
    assert made.membership.max() <= 1 + 1e-6


def test_the_length_of_vectors_does_not_matter():
    rows, _ = groups(6, 40)
    assert np.array_equal(fit(rows, seed=0).fine, fit(4 * rows, seed=0).fine)


def test_the_order_of_rows_changes_no_theme():
    rows, _ = groups(6, 40)
    order = np.random.default_rng(1).permutation(len(rows))
    straight, shuffled = fit(rows, seed=0).fine, fit(rows[order], seed=0).fine
    assert adjusted_rand_score(straight[order], shuffled) > 0.99


def test_a_fit_leaves_the_global_generators_alone():
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    fit(groups(4, 30)[0], seed=0)
    assert np.array_equal(before, np.random.get_state()[1])


def test_above_the_limit_a_sample_is_fitted_and_the_rest_placed(monkeypatch):
    monkeypatch.setattr(analysis.fit, "LARGEST", 300)
    rows, label = groups(8, 100)
    made = fit(rows, seed=0)
    assert len(made.fitted) == 300
    assert made.neighbours.positions.max() < 300
    kept = made.fine >= 0
    assert kept.mean() >= 0.9
    assert adjusted_rand_score(label[kept], made.fine[kept]) > 0.98


STAGES = ["neighbours", "themes", "projection"]


def test_stages_are_told_in_order():
    heard = []
    fit(groups(4, 30)[0], seed=0, progress=lambda stage, _: heard.append(stage))
    assert list(dict.fromkeys(heard)) == STAGES


def test_a_process_beside_draws_the_same_picture(monkeypatch):
    rows, _ = groups(4, 30)
    with threadpool_limits(1):  # matrix products are rounded otherwise by more threads
        here = fit(rows, seed=0)
        monkeypatch.setattr(analysis.beside, "WORTH_IT", 0)
        assert np.array_equal(here.points, fit(rows, seed=0).points)


@pytest.mark.parametrize("worth_it", [0, 1_000])
@pytest.mark.parametrize("last", STAGES)
def test_a_raising_callback_cancels_and_leaves_nothing_behind(last, worth_it, monkeypatch):
    monkeypatch.setattr(analysis.beside, "WORTH_IT", worth_it)

    def stop(stage, _share):
        if stage == last:
            raise InterruptedError

    before = threading.active_count()
    with pytest.raises(InterruptedError):
        fit(groups(4, 30)[0], seed=0, progress=stop)
    assert threading.active_count() == before
    assert not psutil.Process().children()


def test_a_share_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="share"):
        fit(noise(10), seed=0, unsorted_at_most=10)
