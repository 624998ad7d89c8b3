from datetime import UTC, datetime

import pytest

from queries.collection import Collection
from queries.errors import DeclarationError
from queries.filters import Filters
from queries.gate import Gate
from queries.rows import timeline


def test_rows_and_owners_are_counted_by_week_from_monday(world: Gate, notes: Collection) -> None:
    found = timeline.counts(world, notes, Filters(), "week")
    first = found.iloc[0]
    assert first["period"].astimezone(UTC) == datetime(2026, 3, 2, tzinfo=UTC)
    assert (first["rows"], first["owners"], found["rows"].sum()) == (5, 3, 91)


def test_filters_narrow_the_timeline(world: Gate, notes: Collection) -> None:
    assert timeline.counts(world, notes, Filters(owner="ben"), "year")["rows"].tolist() == [30]


def test_without_a_time_column_it_says_where_to_name_one(world: Gate, bare: Collection) -> None:
    with pytest.raises(DeclarationError, match=r"catalog file \(bare.toml\)"):
        timeline.counts(world, bare, Filters())
