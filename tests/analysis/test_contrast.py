"""What sets two groups of people apart."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from analysis.contrast import contrasts, sides


def written(seed, *, half=False, planted=0.0, people=40, themes=20):
    """Rows of people with a taste each; who is in which group is drawn by lot."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(people), random.integers(3, 10, people))
    if half:
        owner = np.concatenate([owner, np.zeros(len(owner), dtype=owner.dtype)])
    taste = random.dirichlet(np.full(themes, 0.3), people)[owner]
    second = (random.permutation(people) < people // 2)[owner]
    taste[second] *= 1 - planted
    taste[second, 0] += planted
    chosen = (taste.cumsum(axis=1) > random.random((len(owner), 1))).argmax(axis=1)
    has = csr_matrix(
        (np.ones(len(owner)), (np.arange(len(owner)), chosen)), shape=(len(owner), themes)
    )
    return sides(has, owner.astype(np.int64), second)


def test_shares_are_of_people_not_of_rows():
    has = csr_matrix(np.array([[1.0], [1.0], [1.0], [0.0]]))
    found = sides(has, np.array([0, 0, 0, 1]), np.array([False, False, True, True]))
    assert found.shares.ravel().tolist() == [1.0, 1.0, 0.0]
    assert found.person.tolist() == [0, 0, 1]
    assert found.people() == (1, 2)


@pytest.mark.parametrize("half", [False, True])
def test_groups_drawn_by_lot_hardly_ever_differ(half):
    false = [any(one.reliable for one in contrasts(written(s, half=half), s)) for s in range(60)]
    assert np.mean(false) <= 0.15  # 0.05 is stated; the bench measures it over 400


def test_a_planted_difference_is_found_though_one_person_wrote_half():
    found = [contrasts(written(s, half=True, planted=0.3), s)[0] for s in range(10)]
    assert sum(one.reliable for one in found) >= 9
    assert all(one.low < one.second - one.first < one.high for one in found)


def test_pairs_are_compared_as_pairs():
    random = np.random.default_rng(0)
    people, rows = 12, 20
    owner = np.repeat(np.arange(people), 2 * rows)
    second = np.tile(np.repeat([False, True], rows), people)
    likes = np.repeat(np.linspace(0, 0.8, people), 2 * rows) + 0.2 * second
    has = csr_matrix((random.random(len(owner)) < likes)[:, None].astype(float))
    assert contrasts(sides(has, owner, second), 0)[0].reliable


def before_and_last(seed, *, planted=0.0, people=40, themes=30):
    """Seven rows of each person and a last one, on rare themes of which everybody writes alike."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(people), 8)
    second = np.tile(np.arange(8) == 7, people)
    chosen = random.integers(0, themes, len(owner))
    chosen[second & (random.random(len(owner)) < planted)] = 0
    has = csr_matrix(
        (np.ones(len(owner)), (np.arange(len(owner)), chosen)), shape=(len(owner), themes)
    )
    return sides(has, owner, second)


def test_a_last_row_is_hardly_ever_unlike_the_many_before_it_by_chance():
    false = [any(one.reliable for one in contrasts(before_and_last(s), s)) for s in range(20)]
    assert np.mean(false) <= 0.15


def test_what_people_write_of_at_last_is_found():
    found = [contrasts(before_and_last(s, planted=0.3), s)[0] for s in range(3)]
    assert all(one.reliable and one.second > one.first for one in found)


def test_what_everybody_writes_alike_differs_in_nothing():
    has = csr_matrix(np.ones((20, 1)))
    found = contrasts(sides(has, np.arange(20), np.arange(20) % 2 == 0), 0)[0]
    assert (found.first, found.second, found.p, found.reliable) == (1.0, 1.0, 1.0, False)


def test_too_few_people_are_told_with_their_number():
    has = csr_matrix(np.ones((8, 1)))
    with pytest.raises(ValueError, match="4 and 4 people"):
        contrasts(sides(has, np.arange(8), np.arange(8) % 2 == 0), 0)
