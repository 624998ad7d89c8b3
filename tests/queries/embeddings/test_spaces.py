"""An embedding space, and what is stored of it."""

from queries.embeddings.spaces import active_space
from queries.gate import Gate
from tests.world import embedded_world, run_sql


def test_vectors_signs_and_words_go_with_their_collection(gate: Gate) -> None:
    made = embedded_world(gate)
    space = active_space(gate, made)
    parts = (space.partition, space.signs, f"document_{space.collection_id}")

    def stored() -> list[bool]:
        return [
            bool(run_sql(gate.engine, f"SELECT FROM northlight.{part} LIMIT 1")) for part in parts
        ]

    assert stored() == [True, True, True]
    run_sql(gate.engine, "DELETE FROM northlight.collection WHERE name = :name", name=made.name)
    assert stored() == [False, False, False]
