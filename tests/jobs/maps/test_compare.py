"""Two groups of people side by side."""

import pytest

from jobs.errors import JobError
from jobs.maps.compare import NO_DIFFERENCE, _quote, compare
from jobs.maps.map import make_map
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from tests.world import Row, embedded_world, quietly, rows

LEFT, RIGHT = Filters(equals=(("topic", ("left",)),)), Filters(equals=(("topic", ("right",)),))


def told(differ: bool) -> list[Row]:
    """Twenty people in two groups of ten; one group writes of sleep and the other of money."""
    said = {
        topic: [row.text for row in rows(pairs=8) if row.topic == topic]
        for topic in ("sleep", "money", "running", "cooking")
    }
    found = []
    for person in range(20):
        left = person < 10
        topics = ("sleep" if left else "money", "running") if differ else ("sleep", "money")
        for number in range(8):
            texts = said[topics[number % 2]]
            found.append(
                Row(
                    f"r{person:02}-{number}",
                    texts[(3 * person + number) % len(texts)],
                    "left" if left else "right",
                    f"p{person}",
                )
            )
    return found


@pytest.fixture(scope="module")
def apart(gate: Gate) -> Collection:
    collection = embedded_world(gate, told(differ=True))
    make_map(gate, collection, quietly)
    return collection


def test_a_planted_difference_is_found_with_words_of_both_sides(
    gate: Gate, apart: Collection
) -> None:
    found = compare(gate, apart, LEFT, RIGHT)
    assert (found.a["people"], found.b["rows"]) == (10, 80)
    themes = [one for one in found.differences if one.kind == "theme"]
    assert any(one.a > 0.3 and one.b < 0.1 for one in themes)
    assert any(one.b > 0.3 and one.a < 0.1 for one in themes)
    rest = compare(gate, apart, LEFT, Filters(), rest=True)
    assert (rest.a, rest.b["rows"], rest.notice) == (found.a, 80, "")
    assert [one.name for one in rest.differences] == [one.name for one in found.differences]
    texts = {row.text for row in told(differ=True)}
    for one in found.differences:
        assert one.p <= 0.05
        assert one.low <= one.b - one.a <= one.high
        for said in (*one.quotes_a, *one.quotes_b):
            assert said.quote in texts


def test_groups_that_write_alike_have_no_reliable_difference(gate: Gate) -> None:
    collection = embedded_world(gate, told(differ=False))
    make_map(gate, collection, quietly)
    found = compare(gate, collection, LEFT, RIGHT)
    assert (found.verdict, found.differences) == (NO_DIFFERENCE, [])
    assert found.compared > 0


def test_a_group_inside_the_other_leaves_nobody_to_compare(gate: Gate, apart: Collection) -> None:
    both = Filters(equals=(("topic", ("left", "right")),))
    with pytest.raises(JobError, match=r"left: 0 people\. [0-9,]+ rows are in both"):
        compare(gate, apart, LEFT, both)


def test_too_few_people_are_refused_with_their_number(gate: Gate, apart: Collection) -> None:
    with pytest.raises(JobError, match="owner is p1: 1 person"):
        compare(gate, apart, Filters(owner="p1"), RIGHT)


def test_a_quote_says_where_its_row_goes_on() -> None:
    text = " ".join(["before"] * 90 + ["money"] + ["after"] * 90)
    said = _quote("1", text, "money")
    assert "money" in said.quote
    assert said.quote in text
    assert said.told == f"…{said.quote}…"
    assert _quote("1", "money is short", "money").told == "money is short"
    assert _quote("1", text, "before").told.startswith("before")
    assert _quote("1", f"{text} end", "end").told.endswith("after end")
