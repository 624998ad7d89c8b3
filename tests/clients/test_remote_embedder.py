"""An embedding model at an endpoint: what is sent there, and what is believed of its answers."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from clients.embedder import NoEmbedder, asker, embedder_named
from clients.errors import EmbeddingError, UnknownModel
from clients.remote_embedder import LONGEST, TEXTS, RemoteEmbedder
from tests.embedding_server import KEY, MODEL, EmbeddingServer, embedding_server

SAID = ["I walk every morning.", "  ", "The bank refused my card."]


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with embedding_server() as told:
        yield told


@pytest.fixture
def model(server: EmbeddingServer) -> RemoteEmbedder:
    return RemoteEmbedder(KEY, MODEL, server.url, per_minute=100_000)


def test_vectors_come_in_order_and_of_unit_length(model: RemoteEmbedder) -> None:
    found = model.embed(SAID)
    assert model.dimensions == 256
    assert np.allclose(found[[0, 2]], embedder_named(None).embed([SAID[0], SAID[2]]), atol=1e-6)


def test_a_text_without_words_is_not_sent_and_has_no_vector(
    model: RemoteEmbedder, server: EmbeddingServer
) -> None:
    assert np.isnan(model.embed(SAID)[1]).all()
    assert [SAID[0], SAID[2]] in server.sent
    assert model.embed([]).shape == (0, 256)


def test_many_texts_go_in_several_requests_and_long_ones_are_cut(
    model: RemoteEmbedder, server: EmbeddingServer
) -> None:
    texts = [f"row {number}" for number in range(TEXTS + 1)] + ["word " * LONGEST] * 30
    assert model.embed(texts).shape == (len(texts), 256)
    assert sum(len(request) for request in server.sent[1:]) == len(texts)
    assert max(len(request) for request in server.sent) <= TEXTS
    assert max(len(text) for request in server.sent for text in request) == LONGEST
    assert max(sum(map(len, request)) for request in server.sent) <= 200_000


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        [{"index": 1, "embedding": [1.0]}],
        [{"index": 0, "embedding": []}],
        [{"index": 0, "embedding": [0.0, 0.0]}],
        [{"index": 0, "embedding": [1.0, float("nan")]}],
        [{"index": 0, "embedding": "AAAA"}],
        [{"index": 0}],
    ],
)
def test_what_is_no_vector_is_not_believed(
    model: RemoteEmbedder, server: EmbeddingServer, data: object
) -> None:
    server.reply = lambda _: data
    with pytest.raises(EmbeddingError, match="did not answer as an embedding model does"):
        model.embed(["a text"])


def test_a_model_that_changes_its_length_is_refused(
    model: RemoteEmbedder, server: EmbeddingServer
) -> None:
    model.embed(["a text"])
    server.reply = lambda _: [{"index": 0, "embedding": [1.0, 2.0]}]
    with pytest.raises(EmbeddingError, match="did not answer"):
        model.embed(["a text"])


def test_a_wrong_key_and_an_unknown_model_are_told_apart(model: RemoteEmbedder) -> None:
    with pytest.raises(EmbeddingError, match="refused the key") as refused:
        replace(model, key="bad").embed(["a text"])
    assert "bad" not in str(refused.value)
    with pytest.raises(EmbeddingError, match="has no model 'other'"):
        replace(model, model="other").embed(["a text"])


def test_the_key_is_in_no_representation(model: RemoteEmbedder) -> None:
    assert KEY not in repr(model)


def test_only_with_a_key_is_another_model_than_ours_asked(server: EmbeddingServer) -> None:
    assert isinstance(embedder_named(MODEL, server.environment), RemoteEmbedder)
    assert isinstance(asker(MODEL, {}), NoEmbedder)
    assert isinstance(asker("unknown", server.environment), NoEmbedder)
    with pytest.raises(UnknownModel, match="OPENAI_API_KEY"):
        embedder_named(MODEL, {})
    assert embedder_named(None, server.environment).sends_to is None
