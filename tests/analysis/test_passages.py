"""Sentences of a text, and the best of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.passages import LONGEST, MOST, best, sentences


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("", []),
        ("  \n ", []),
        ("One. Two? Three!", ["One.", "Two?", "Three!"]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("version 1.5 is out", ["version 1.5 is out"]),
        ("你好。 再见。", ["你好。", "再见。"]),
    ],
)
def test_a_text_is_cut_where_sentences_end(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@given(st.text())
def test_every_sentence_stands_in_the_text(text: str) -> None:
    assert all(sentence in text for sentence in sentences(text))


@given(st.text())
def test_no_sentence_is_empty_or_too_long(text: str) -> None:
    assert all(0 < len(sentence) <= LONGEST for sentence in sentences(text))


@given(st.text(max_size=300))
def test_nothing_but_space_is_lost(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_a_megabyte_without_a_full_stop_is_cut_at_spaces() -> None:
    found = sentences("word " * 200_000)
    assert len(found) == MOST
    assert all(sentence.endswith("word") for sentence in found)


def test_ten_megabytes_of_one_word_are_cut_at_once() -> None:
    assert len(sentences("x" * 10_000_000)) == MOST


def test_the_best_sentence_points_where_the_query_does() -> None:
    cut = [["a", "b"], [], ["c"]]
    vectors = np.array([[1, 0], [0, 1], [1, 0]], dtype=np.float32)
    assert best(cut, vectors, np.array([0, 1], dtype=np.float32)) == ["b", "", "c"]


def test_a_sentence_without_an_embedding_is_never_the_best() -> None:
    vectors = np.array([[np.nan, np.nan], [-1, 0]], dtype=np.float32)
    assert best([["a", "b"]], vectors, np.array([1, 0], dtype=np.float32)) == ["b"]
