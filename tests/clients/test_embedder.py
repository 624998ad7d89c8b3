"""The model that ships with Northlight."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients import embedder
from clients.embedder import LONGEST, StaticEmbedder, _weights, embedder_named
from clients.errors import UnknownModel

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
# What may be cut wrongly: blanks in rows, the vocabulary's own blank, control tokens, scripts
# that are spelled in bytes.
AWKWARD = st.lists(
    st.sampled_from([" ", "  ", "\u2581", "\n", "\t", "<s>", "</s>", "<unk>", "<", "s>", "a", "bc"])
    | st.sampled_from(["word", "Ü", "日本", "語", "👩\u200d👧", "\u00a0", "0", "1999", "..."]),
    max_size=12,
).map("".join)


def as_wordllama(texts: list[str]) -> np.ndarray:
    """What the model's own library makes of each text by itself, at unit length."""
    summed = np.vstack([_weights().embed([text], norm=False) for text in texts])
    lengths = np.linalg.norm(summed, axis=1, keepdims=True)
    return summed / np.where(lengths > 0, lengths, np.nan)


@given(st.lists(ANY | AWKWARD, min_size=1, max_size=8))
@settings(deadline=None, max_examples=150)
def test_the_vectors_are_those_of_the_models_own_library(texts: list[str]) -> None:
    ours = StaticEmbedder().embed(texts)
    assert np.allclose(ours, as_wordllama(texts), atol=1e-6, equal_nan=True)


def test_no_word_piece_runs_over_a_blank() -> None:
    vocabulary = _weights().tokenizer.get_vocab()
    assert len(vocabulary) == 32_000
    assert not [piece for piece in vocabulary if embedder.BLANK in piece.lstrip(embedder.BLANK)]


def test_what_the_library_takes_for_control_is_cut_out() -> None:
    told = {token.content for token in _weights().tokenizer.get_added_tokens_decoder().values()}
    assert told == set(embedder.CONTROL.pattern.strip("()").split("|"))


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


def test_texts_that_do_not_fit_in_one_step_have_the_same_vectors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [f"number {n} of the texts" for n in range(40)]
    together = StaticEmbedder().embed(texts)
    monkeypatch.setattr(embedder, "CHARACTERS", 50)
    assert np.allclose(StaticEmbedder().embed(texts), together, atol=1e-6)


def test_a_few_words_and_many_are_taken_apart_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["the garden was quiet", "naïve 日本語 \U0001f33b", "x" * 100, "the <s> garden  again"]
    few = StaticEmbedder().embed(texts)
    monkeypatch.setattr(embedder, "FEW", 0)
    assert np.allclose(StaticEmbedder().embed(texts), few, atol=1e-6)


def test_no_text_at_all_gives_no_vector() -> None:
    assert StaticEmbedder().embed([]).shape == (0, 256)


def test_only_the_beginning_of_a_long_text_counts() -> None:
    long, cut = StaticEmbedder().embed(["cat " * LONGEST, ("cat " * LONGEST)[:LONGEST]])
    assert np.array_equal(long, cut)


def test_texts_of_like_meaning_are_nearer_than_others() -> None:
    cat, kitten, tax = StaticEmbedder().embed(["a cat", "a small kitten", "income tax law"])
    assert cat @ kitten > cat @ tax


def test_ten_megabytes_of_text_are_one_vector_like_any_other() -> None:
    vectors = StaticEmbedder().embed(["word " * 2_000_000, "word"])
    assert vectors[0] @ vectors[1] == pytest.approx(1, abs=1e-3)


def test_an_unknown_model_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownModel, match=r"'gpt' here\. Available: wordllama-256"):
        embedder_named("gpt")
