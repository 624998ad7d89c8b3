"""The search for cycles is as it was after the work, whatever became of it."""

import gc

import pytest

from jobs.collecting import OBJECTS, seldom_collected


def test_cycles_are_looked_for_seldom_and_then_as_before() -> None:
    before = gc.get_threshold()
    with seldom_collected():
        assert gc.isenabled()
        assert gc.get_threshold() == (OBJECTS, *before[1:])
    assert gc.get_threshold() == before


def test_work_that_fails_or_is_inside_of_other_work_leaves_nothing_changed() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="no"), seldom_collected(), seldom_collected():
        raise ValueError("no")
    assert gc.get_threshold() == before
