"""Vectors that cannot tell texts apart are named wherever they are used."""

import numpy as np
from numpy.typing import NDArray

from clients.embedder import StaticEmbedder
from jobs.connect.check import findings
from jobs.embed import embed
from jobs.search.cutoff import trouble
from jobs.search.search import find
from queries.embeddings.spaces import active_space
from queries.filters import Filters
from queries.gate import Gate
from tests.world import Row, embedded_world, make_world, quietly, rows


class Constant(StaticEmbedder):
    """A placeholder that stands in for a model."""

    name = "constant-256"

    def embed(self, texts: list[str]) -> NDArray[np.float32]:  # type: ignore[override]
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        vectors[:, 0] = 1
        return vectors


def test_a_search_among_constant_vectors_says_that_nearness_means_nothing(gate: Gate) -> None:
    made = make_world(gate.engine, rows())
    embed(gate, made, Constant(), quietly)
    found = find(gate, made, "cannot sleep", Constant(), Filters())
    assert "Nearness means nothing here. All vectors are the same" in (found.notice or "")


def test_a_real_model_is_in_no_trouble(gate: Gate) -> None:
    made = embedded_world(gate)
    found = find(gate, made, "cannot sleep", StaticEmbedder(), Filters())
    assert "Nearness" not in (found.notice or "")


def test_too_few_rows_tell_nothing(gate: Gate) -> None:
    made = embedded_world(gate)
    few = np.ones((5, 256), dtype=np.float32)
    assert trouble(made, active_space(gate, made), few) is None


def test_texts_that_are_alike_are_not_taken_for_placeholders(gate: Gate) -> None:
    said = ("I slept badly", "Running calms me", "My boss praised me")
    made = embedded_world(
        gate, [Row(f"r{n:02}", f"{said[n % 3]} on day {n}.", "x", "o") for n in range(60)]
    )
    found = find(gate, made, "cannot sleep", StaticEmbedder(), Filters())
    assert "Nearness" not in (found.notice or "")
    told = [each for each in findings(gate, made) if "much alike" in each.what]
    assert [each.level for each in told] == ["info"]
