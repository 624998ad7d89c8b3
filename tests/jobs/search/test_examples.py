"""Search from rows that are right and rows that are not."""

import pytest

from clients.embedder import StaticEmbedder
from jobs.search.examples import MOST_EXAMPLES, find_like
from queries.collection import Collection
from queries.errors import NoSuchRow, QueryError
from queries.filters import Filters
from queries.gate import Gate
from tests.world import embedded_world, rows

ALL = Filters()
SLEEP = [row.id for row in rows() if row.topic == "sleep"]
MONEY = [row.id for row in rows() if row.topic == "money"]
TOPICS = {row.id: row.topic for row in rows()}


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return embedded_world(gate)


def found(gate: Gate, collection: Collection, **asked: object) -> list[str]:
    result = find_like(gate, collection, StaticEmbedder(), ALL, **asked)  # type: ignore[arg-type]
    return list(result.hits["row_id"])


def test_several_good_examples_find_more_of_their_kind(gate: Gate, collection: Collection) -> None:
    ids = found(gate, collection, like=SLEEP[:4], limit=4)
    assert [TOPICS[row_id] for row_id in ids].count("sleep") >= 3


def test_examples_are_not_among_the_results(gate: Gate, collection: Collection) -> None:
    ids = found(gate, collection, like=SLEEP[:3], unlike=MONEY[:3], limit=48)
    assert not set(ids) & {*SLEEP[:3], *MONEY[:3]}
    assert len(ids) == 42


def test_bad_examples_push_their_kind_down(gate: Gate, collection: Collection) -> None:
    mixed = [*SLEEP[:2], MONEY[0]]
    with_money = found(gate, collection, like=mixed, limit=48)
    without = found(gate, collection, like=mixed, unlike=MONEY[1:5], limit=48)
    assert without.index(MONEY[5]) > with_money.index(MONEY[5])


def test_a_passage_is_taken_as_it_stands(gate: Gate, collection: Collection) -> None:
    ids = found(gate, collection, passage='-sleep "at night*', limit=3)
    assert "sleep" in {TOPICS[row_id] for row_id in ids}


def test_each_hit_has_its_passage_and_distance(gate: Gate, collection: Collection) -> None:
    hits = find_like(gate, collection, StaticEmbedder(), ALL, like=SLEEP[:1], limit=3).hits
    assert hits["rank_meaning"].iloc[0] in (1, 2)
    assert hits["passage"].str.len().min() > 0
    assert hits["distance"].is_monotonic_increasing


def test_a_row_that_is_not_there_is_named(gate: Gate, collection: Collection) -> None:
    with pytest.raises(NoSuchRow, match="nobody"):
        found(gate, collection, like=["nobody"])


def test_bad_examples_alone_are_not_enough(gate: Gate, collection: Collection) -> None:
    with pytest.raises(QueryError, match="at least one row"):
        found(gate, collection, unlike=SLEEP[:1])


def test_an_example_is_either_good_or_bad(gate: Gate, collection: Collection) -> None:
    with pytest.raises(QueryError, match="Decide for one"):
        found(gate, collection, like=SLEEP[:1], unlike=SLEEP[:2])


def test_too_many_examples_are_refused(gate: Gate, collection: Collection) -> None:
    with pytest.raises(QueryError, match="Up to 50"):
        found(gate, collection, like=[str(n) for n in range(MOST_EXAMPLES + 1)])


def test_a_passage_without_meaning_is_a_sentence(gate: Gate, collection: Collection) -> None:
    with pytest.raises(QueryError, match="mark a passage"):
        found(gate, collection, passage="  ")
