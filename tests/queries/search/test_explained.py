"""How a search is answered."""

import pytest

from clients.embedder import StaticEmbedder
from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate, Identity
from queries.search.explained import explained
from tests.world import embedded_world


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return embedded_world(gate)


def test_path_statement_plan_and_recall_are_told(gate: Gate, collection: Collection) -> None:
    vector = StaticEmbedder().embed(["sleep"])[0]
    for mode in ("hybrid", "meaning"):
        told = explained(gate, collection, "sleep", vector, Filters(), mode, 10)
        assert told.path == "exact"
        assert told.recall == 1
        assert told.statement.startswith("WITH nearest AS")
        assert "cost=" in told.plan


def test_a_coach_is_not_told_how_many_rows_the_planner_expects(
    gate: Gate, collection: Collection
) -> None:
    coach, vector = Gate(gate.engine, Identity("coach")), StaticEmbedder().embed(["sleep"])[0]
    with pytest.raises(QueryError, match="none is missed"):
        explained(coach, collection, "sleep", vector, Filters(), "hybrid", 10)
