"""What became of each theme."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.lineage import lineage


def labels(*runs):
    """Labels from pairs (label, how many rows)."""
    return np.repeat([label for label, _ in runs], [rows for _, rows in runs]).astype(np.int32)


def kinds(found):
    return [(event.kind, event.old, event.new) for event in found.events]


def test_the_same_members_under_another_number_continue():
    found = lineage(labels((0, 10), (1, 5)), labels((1, 10), (0, 5)))
    assert kinds(found) == [("continued", (1,), (0,)), ("continued", (0,), (1,))]
    assert found.heirs == {1: 0, 0: 1}


def test_a_split_tells_all_parts_and_the_largest_keeps_the_identity():
    found = lineage(labels((0, 10)), labels((0, 4), (1, 6)))
    assert kinds(found) == [("split", (0,), (0, 1))]
    assert found.heirs == {1: 0}


def test_a_theme_mostly_of_rows_that_arrived_is_born_though_it_took_the_larger_part_of_another():
    old, new = labels((0, 11)), labels((0, 6), (1, 5))
    assert lineage(old, new).heirs == {0: 0}
    found = lineage(old, new, sizes=np.array([30, 6]))
    assert found.heirs == {1: 0}
    assert kinds(found) == [("continued", (0,), (1,)), ("born", (), (0,))]


def test_a_theme_that_grows_keeps_its_identity_while_its_rows_stay_together():
    old, new = labels((0, 20), (1, 80)), labels((0, 19), (1, 81))
    assert lineage(old, new, sizes=np.array([90, 81])).heirs == {0: 0, 1: 1}
    torn = labels((0, 13), (1, 87))
    found = lineage(old, torn, sizes=np.array([90, 87]))
    assert ("born", (), (0,)) in kinds(found)
    assert ("retired", (0,), ()) in kinds(found)


def test_a_merge_tells_all_sources_and_keeps_the_identity_of_the_larger():
    found = lineage(labels((0, 4), (1, 6)), labels((0, 10)))
    assert kinds(found) == [("merged", (0, 1), (0,))]
    assert found.heirs == {0: 1}


def test_a_theme_of_rows_that_were_unsorted_is_born():
    found = lineage(labels((0, 10), (-1, 5)), labels((0, 10), (1, 5)))
    assert kinds(found)[1:] == [("born", (), (1,))]


def test_a_theme_whose_rows_went_nowhere_is_retired():
    found = lineage(labels((0, 10), (1, 5)), labels((0, 10), (-1, 5)))
    assert kinds(found)[1:] == [("retired", (1,), ())]


def test_losing_a_few_members_is_no_event():
    found = lineage(labels((0, 10), (1, 10)), labels((0, 9), (1, 1), (1, 9), (-1, 1)))
    assert [kind for kind, _, _ in kinds(found)] == ["continued", "continued"]


def test_without_shared_members_close_centroids_continue():
    none = np.array([], dtype=np.int32)
    old, new = np.eye(3, dtype=np.float32)[:2], np.eye(3, dtype=np.float32)[[1, 2]]
    found = lineage(none, none, old, new)
    assert kinds(found) == [
        ("continued", (1,), (0,)),
        ("born", (), (1,)),
        ("retired", (0,), ()),
    ]
    assert found.events[0].by == "centroids"


def test_members_count_before_centroids():
    centroids = np.eye(2, dtype=np.float32)
    found = lineage(labels((0, 5), (1, 5)), labels((1, 5), (0, 5)), centroids, centroids)
    assert found.heirs == {1: 0, 0: 1}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), max_size=60))
def test_every_theme_is_told_of_and_no_identity_is_given_twice(pairs):
    old, new = (
        np.array(side, dtype=np.int32) for side in (zip(*pairs, strict=True) if pairs else ([], []))
    )
    found = lineage(old, new)
    told_old = {label for event in found.events for label in event.old}
    told_new = {label for event in found.events for label in event.new}
    assert told_old == set(range(old.max(initial=-1) + 1))
    assert told_new == set(range(new.max(initial=-1) + 1))
    assert len(set(found.heirs.values())) == len(found.heirs)


def test_one_old_and_one_new_label_per_row_are_needed():
    with pytest.raises(ValueError, match="1 old labels but 2"):
        lineage(labels((0, 1)), labels((0, 2)))
