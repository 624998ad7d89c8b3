import pytest

from queries.collection import Collection
from queries.errors import DeclarationError
from queries.filters import Filters
from queries.gate import Gate
from queries.rows import facets


def test_values_are_counted_most_rows_first(world: Gate, notes: Collection) -> None:
    found = facets.counts(world, notes, "mood", Filters())
    assert found.to_dict("list") == {"value": ["calm", "proud", "tired"], "rows": [30, 30, 30]}


def test_each_of_several_values_counts(world: Gate, notes: Collection) -> None:
    found = facets.counts(world, notes, "tags", Filters(), limit=1)
    assert found.to_dict("list") == {"value": ["spring"], "rows": [45]}


def test_only_rows_within_the_filters_count(world: Gate, notes: Collection) -> None:
    found = facets.counts(world, notes, "tags", Filters(equals=(("tags", ("sleep",)),)))
    assert dict(zip(found["value"], found["rows"], strict=True)) == {"sleep": 15, "spring": 15}


def test_owners_are_counted_too(world: Gate, notes: Collection) -> None:
    assert facets.owners(world, notes, Filters())["rows"].tolist() == [31, 30, 30]


def test_a_facet_that_is_not_declared_is_refused(world: Gate, bare: Collection) -> None:
    with pytest.raises(DeclarationError, match="Its facets: none"):
        facets.counts(world, bare, "mood", Filters())
