"""People's decisions, kept in the labels of a fit."""

import numpy as np

from analysis.lineage import lineage
from analysis.restraint import Restraints, followed, nested, restrained, restrained_above

AXES = np.eye(4, dtype=np.float32)


def arrays(*labels):
    return [np.array(one, dtype=np.int32) for one in labels]


def test_nothing_decided_changes_nothing():
    (new,) = arrays([0, 0, 1, -1])
    assert restrained(new, new, AXES, Restraints()).tolist() == new.tolist()


def test_what_was_merged_stays_together():
    old, new = arrays([0, 0, 0, 0, 1, 1], [0, 0, 1, 1, 2, 2])
    found = restrained(new, old, AXES[[0, 0, 1, 1, 2, 2]], Restraints(together=[0]))
    assert found.tolist() == [0, 0, 0, 0, 1, 1]


def test_what_must_not_be_one_is_parted_and_new_rows_follow_the_nearer():
    old, new = arrays([0, 0, 1, 1, -1, -1], [0, 0, 0, 0, 0, 0])
    vectors = AXES[[0, 0, 1, 1, 0, 1]]
    found = restrained(new, old, vectors, Restraints(apart=[(0, 1)]))
    assert found[0] == found[1] == found[4]
    assert found[2] == found[3] == found[5] != found[0]


def test_a_kept_theme_that_was_swallowed_is_called_back():
    old, new = arrays([0] * 6 + [1] * 2, [0] * 8)
    vectors = AXES[[0] * 6 + [1] * 2]
    found = restrained(new, old, vectors, Restraints(kept=[1]))
    assert lineage(old, found).heirs == {0: 0, 1: 1}


def test_a_kept_theme_that_was_scattered_is_called_back():
    old, new = arrays([0, 0, 0, 1, 1, 1, 2, 2, 2, 2], [0, 0, 0, 1, 1, 1, 0, 1, -1, -1])
    found = restrained(new, old, np.ones((10, 4), np.float32) / 2, Restraints(kept=[2]))
    assert len(set(found[6:].tolist())) == 1


def test_a_theme_without_members_cannot_be_kept():
    old, new = arrays([0, 0, -1], [0, 0, 0])
    found = restrained(new, old, AXES[[0, 0, 0]], Restraints(kept=[3]))
    assert found.tolist() == [0, 0, 0]


def test_every_lower_theme_lies_in_one_upper_theme():
    fine, coarse = arrays([0, 0, 0, 1, 1, -1], [0, 0, 1, 1, 1, -1])
    assert nested(fine, coarse).tolist() == [0, 0, 0, 1, 1, -1]


def test_a_kept_upper_theme_gets_the_lower_one_that_is_most_its_own():
    fine, coarse, old = arrays([0, 0, 0, 1, 1, 1], [0] * 6, [0, 0, 0, 0, 1, 1])
    found = restrained_above(fine, coarse, old, Restraints(kept=[0, 1]))
    assert found[0] != found[3]
    assert len(set(found[:3].tolist())) == len(set(found[3:].tolist())) == 1


def test_a_second_theme_follows_where_its_rows_went():
    before = np.array([0, 0, 1, 1, 2, 2], dtype=np.int32)
    after = np.array([0, 0, 0, 0, 1, 1], dtype=np.int32)
    others = np.array([1, 2, 2, 0, -1, 1], dtype=np.int32)
    assert followed(before, after, others).tolist() == [-1, 1, 1, -1, -1, 0]
