"""The figures of `bench quality`: kinds of questions, and what hybrid gains on the better leg."""

import numpy as np
import pytest

from bench.search_quality import figures, kinds, shared

WORDS = {
    "card": frozenset({"block", "card"}),
    "stolen": frozenset({"card", "stolen"}),
    "lost": frozenset({"card", "wallet"}),
    "gone": frozenset({"vanish"}),
    "gone too": frozenset({"vanish", "yesterday"}),
    "sun": frozenset({"sun", "weather"}),
    "rain": frozenset({"rain", "weather"}),
    **{f"other {n}": frozenset({"weather", "card"}) for n in range(6)},
}
LABELS = {
    **dict.fromkeys(("card", "stolen", "lost", "gone", "gone too"), "lost card"),
    **dict.fromkeys(("sun", "rain"), "weather"),
}


def test_a_question_without_a_word_of_most_rows_of_its_label_is_a_paraphrase() -> None:
    assert kinds(WORDS, LABELS)["paraphrases"] == ["gone", "gone too"]


def test_a_rare_word_is_one_of_few_rows_but_not_of_this_row_alone() -> None:
    assert kinds(WORDS, LABELS)["rare words"] == ["gone", "gone too"]


def test_what_is_of_no_kind_is_the_rest() -> None:
    assert kinds(WORDS, LABELS)["the rest"] == ["card", "lost", "rain", "stolen", "sun"]


def test_a_label_of_one_row_asks_nothing() -> None:
    assert "sun" not in kinds(WORDS, LABELS | {"rain": "rain"})["all"]


def test_the_row_itself_does_not_count_as_one_that_shares_its_words() -> None:
    assert shared("card", ["card", "stolen", "lost", "gone", "gone too"], WORDS) == 0.5


def test_hybrid_is_compared_with_the_better_leg() -> None:
    legs = {"meaning": 0.5, "words": 0.8, "hybrid": 0.76}
    told = figures({mode: np.full((2, 40), share) for mode, share in legs.items()})
    assert told["ndcg"]["ahead"] == pytest.approx(-0.05)
    assert told["p"]["spread"] == pytest.approx(0)
