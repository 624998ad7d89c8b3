"""Candidates that fit what somebody wrote."""

import numpy as np

from analysis.fitting import best_fitting

EAST, NORTH = np.float32([1, 0]), np.float32([0, 1])
NOTHING = np.float32([np.nan, np.nan])


def test_the_candidate_that_most_texts_speak_for_is_first() -> None:
    written = np.stack([EAST, EAST, EAST, NORTH])
    found = best_fitting(np.stack([NORTH, EAST]), written, 2)
    assert [fit.candidate for fit in found] == [1, 0]
    assert found[0].similarity == 1


def test_the_nearest_text_is_named() -> None:
    assert best_fitting(NORTH[None], np.stack([EAST, NORTH]), 1)[0].written == 1


def test_what_has_no_embedding_fits_nothing() -> None:
    assert best_fitting(NOTHING[None], EAST[None], 1) == []
    assert best_fitting(EAST[None], NOTHING[None], 1) == []
    assert best_fitting(EAST[None], np.stack([NOTHING, EAST]), 1)[0].written == 1
