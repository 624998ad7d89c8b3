"""A twin's tables counted by hand, and its embedding space told plainly."""

import numpy as np
import pytest
from sqlalchemy import Engine, text

from analysis.degeneracy import spread, spread_of_distances
from queries.catalog import collection_named, declared_in, publish
from queries.collection import Collection
from queries.embeddings.sample_distances import sample_distances
from queries.gate import WORKER, Gate, writing
from queries.systems.twin import conversations, documents, expiring, ingestions
from tests.programme import CATALOG

WORLD = """
INSERT INTO twin.vectors (id, content, metadata) VALUES
  ('cv-chunk-0', 'one', '{"documentId": "cv", "chunkIndex": 0, "totalChunks": 3, "userId": "u"}'),
  ('cv-chunk-1', 'two', '{"documentId": "cv", "chunkIndex": 1, "totalChunks": 3, "userId": "u"}'),
  ('note', 'three', '{"documentId": "note", "chunkIndex": 0, "totalChunks": 1, "userId": "u"}');
INSERT INTO twin.conversations (id, user_id, title)
  VALUES ('00000000-0000-0000-0000-000000000001', 'u', 'Hello'),
         ('00000000-0000-0000-0000-000000000002', 'u', 'Empty');
INSERT INTO twin.messages (conversation_id, user_id, role, content) VALUES
  ('00000000-0000-0000-0000-000000000001', 'u', 'user', 'Who?'),
  ('00000000-0000-0000-0000-000000000001', 'u', 'assistant', 'Me.');
INSERT INTO twin.database_cache VALUES ('a', 'x', now() - interval '1 hour'),
  ('b', 'x', now() + interval '1 hour'), ('c', 'x', NULL);
INSERT INTO twin.rate_limits VALUES ('u', 3, now() + interval '1 minute');
INSERT INTO twin.ingestion_metadata (id, user_id, document_count) VALUES ('i', 'u', 2);
"""


@pytest.fixture(scope="module")
def twin(engine: Engine) -> tuple[Gate, Collection]:
    with writing(engine) as connection:
        connection.exec_driver_sql(WORLD)
    publish(engine, [one for one in declared_in([CATALOG]) if one.name == "twin_documents"])
    gate = Gate(engine, WORKER)
    return gate, collection_named(gate, "twin_documents")


def test_a_document_that_is_not_whole_says_so(twin: tuple[Gate, Collection]) -> None:
    found = documents(*twin).set_index("document")
    assert found["chunks"].to_dict() == {"cv": 2, "note": 1}
    assert found["total"].to_dict() == {"cv": 3, "note": 1}
    assert found.loc["cv", "first_row"] == "cv-chunk-0"
    assert found["embedded"].sum() == 0


def test_conversations_count_their_messages(twin: tuple[Gate, Collection]) -> None:
    found = conversations(*twin).set_index("title")
    assert found.loc["Hello", ["messages", "asked"]].tolist() == [2, 1]
    assert found.loc["Empty", ["messages", "asked"]].tolist() == [0, 0]


def test_what_expired_is_told_from_what_never_does(twin: tuple[Gate, Collection]) -> None:
    found = expiring(*twin).set_index("what")
    assert found.loc["cache", ["kept", "expired", "never"]].tolist() == [3, 1, 1]
    assert found.loc["limits", ["kept", "expired", "never"]].tolist() == [1, 0, 0]
    assert ingestions(*twin)["documents"].tolist() == [2]


def test_placeholder_embeddings_are_seen_from_distances_alone(
    engine: Engine, twin: tuple[Gate, Collection]
) -> None:
    """As the original made them: the sine of a hash, which fills three directions."""
    with writing(engine) as connection:
        for number in range(40):
            seed = (number * 2654435761) % 1000
            row = np.sin(seed + 0.1 * np.arange(256))
            told = {"id": f"p{number:02}", "v": str((row / np.linalg.norm(row)).tolist())}
            connection.execute(
                text(
                    "INSERT INTO twin.vectors (id, content, embedding) "
                    "VALUES (:id, 'text', CAST(:v AS vector))"
                ),
                told,
            )
    found = spread_of_distances(sample_distances(*twin, 60), 256)
    assert found.rank <= 3
    assert found.effective_rank < 3


def test_distances_tell_the_same_spread_as_the_vectors() -> None:
    rows = np.random.default_rng(3).normal(size=(50, 20))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ours, theirs = spread_of_distances(1 - rows @ rows.T, 20), spread(rows)
    assert ours.effective_rank == pytest.approx(theirs.effective_rank, rel=1e-6)
    assert ours.alike == theirs.alike
