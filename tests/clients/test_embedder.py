"""The model that ships with Northlight."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.embedder import AT_ONCE, CHARACTERS, LONGEST, StaticEmbedder, _steps, embedder_named
from clients.errors import UnknownModel

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(ANY, max_size=5))
@settings(deadline=None, max_examples=50)
def test_a_vector_is_of_unit_length_or_there_is_none(texts: list[str]) -> None:
    vectors = StaticEmbedder().embed(texts)
    lengths = np.linalg.norm(vectors, axis=1)
    assert vectors.shape == (len(texts), 256)
    assert (np.isnan(lengths) | (np.abs(lengths - 1) < 1e-5)).all()


@given(st.lists(ANY, min_size=2, max_size=6))
@settings(deadline=None, max_examples=30)
def test_a_text_has_the_same_vector_in_any_company(texts: list[str]) -> None:
    alone = np.vstack([StaticEmbedder().embed([text]) for text in texts])
    assert np.allclose(StaticEmbedder().embed(texts), alone, atol=1e-5, equal_nan=True)


@given(st.lists(st.integers(0, 2 * LONGEST), max_size=200))
@settings(deadline=None)
def test_every_text_is_in_one_step_and_no_step_is_too_large(lengths: list[int]) -> None:
    texts = ["x" * length for length in lengths]
    steps = list(_steps(texts))
    assert sorted(position for step in steps for position in step) == list(range(len(texts)))
    for step in steps:
        padded = len(step) * max(min(len(texts[position]), LONGEST) for position in step)
        assert len(step) <= AT_ONCE
        assert padded <= CHARACTERS or len(step) == 1


def test_texts_of_like_meaning_are_nearer_than_others() -> None:
    cat, kitten, tax = StaticEmbedder().embed(["a cat", "a small kitten", "income tax law"])
    assert cat @ kitten > cat @ tax


def test_ten_megabytes_of_text_are_one_vector_like_any_other() -> None:
    vectors = StaticEmbedder().embed(["word " * 2_000_000, "word"])
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-3)


def test_an_unknown_model_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel, match=r"'gpt' here\. Available: wordllama-256"):
        embedder_named("gpt")
