"""A collection whose model is at an endpoint: embedded there, asked there, and what is sent."""

from collections.abc import Iterator

import pytest

from clients.embedder import StaticEmbedder, embedder_named
from jobs.embed import embed
from jobs.search.examples import find_like
from jobs.search.search import find
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.search.question import BadQuestion
from tests.embedding_server import MODEL, EmbeddingServer, embedding_server
from tests.world import declare, embedded_world, make_table, rows

ALL = Filters()
ASKED = "trouble falling asleep"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddingServer]:
    with embedding_server() as told:
        yield told


@pytest.fixture(scope="module")
def remote(gate: Gate, server: EmbeddingServer) -> Collection:
    """The world's rows, embedded at the endpoint."""
    collection = declare(gate, make_table(gate.engine, rows()))
    embed(gate, collection, embedder_named(MODEL, server.environment), lambda *_: None)
    return collection


def test_rows_are_embedded_at_the_endpoint_and_found_as_by_the_model_there(
    gate: Gate, remote: Collection, server: EmbeddingServer
) -> None:
    model = embedder_named(MODEL, server.environment)
    there = find(gate, remote, ASKED, model, ALL, mode="meaning", limit=10).hits
    here = find(gate, embedded_world(gate), ASKED, StaticEmbedder(), ALL, mode="meaning", limit=10)
    assert list(there["row_id"]) == list(here.hits["row_id"])
    assert list(there["passage"]) == list(here.hits["passage"])


def test_a_search_sends_the_question_and_no_row(
    gate: Gate, remote: Collection, server: EmbeddingServer
) -> None:
    before = len(server.sent)
    find(gate, remote, ASKED, embedder_named(MODEL, server.environment), ALL)
    sent = {text for request in server.sent[before:] for text in request}
    assert sent - {"dimensions"} == {ASKED}  # a model that is not known is asked how long it is


def test_examples_of_both_kinds_work(
    gate: Gate, remote: Collection, server: EmbeddingServer
) -> None:
    model = embedder_named(MODEL, server.environment)
    sleep = [row.id for row in rows() if row.topic == "sleep"]
    found = find_like(gate, remote, model, ALL, like=sleep[:3], unlike=["row-00010"], limit=5)
    assert found.hits["passage"].str.len().min() > 0
    assert set(found.hits["row_id"]) & set(sleep[3:])


def test_a_model_that_cannot_be_asked_leaves_the_words(gate: Gate, remote: Collection) -> None:
    gone = embedder_named(MODEL, {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "http://127.0.0.1:9"})
    found = find(gate, remote, "asleep", gone, ALL)
    assert found.mode == "words"
    assert found.notice is not None
    assert "cannot be reached" in found.notice
    assert len(found.hits) > 0
    with pytest.raises(BadQuestion, match="cannot be reached"):
        find(gate, remote, "asleep", gone, ALL, mode="meaning")
