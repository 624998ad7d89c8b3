"""Every facet counted at once."""

from datetime import timedelta

import pandas as pd
import pytest

from queries.collection import Collection
from queries.errors import StatementStopped
from queries.filters import Filters
from queries.gate import Gate
from queries.rows import facet_counts, facets
from queries.rows.facet_counts import all_counts
from tests.seeded import START
from tests.world import lowered, make_world, run_sql

SCOPES = (
    Filters(),
    Filters(owner="ana"),
    Filters(equals=(("mood", ("calm", "proud")),)),
    Filters(since=START + timedelta(days=40), equals=(("tags", ("sleep", "money")),)),
    Filters(theme=1),
    Filters(owner="nobody"),
)


@pytest.mark.parametrize("filters", SCOPES, ids=str)
def test_counts_of_all_facets_are_those_of_each(
    world: Gate, notes: Collection, filters: Filters
) -> None:
    found = all_counts(world, notes, filters)
    assert not found.estimated
    for facet in notes.facets:
        one = facets.counts(world, notes, facet, filters)
        mine = found.values[found.values["facet"] == facet][["value", "rows"]]
        pd.testing.assert_frame_equal(mine.reset_index(drop=True), one, check_dtype=False)


def test_a_collection_without_facets_has_no_counts(world: Gate, bare: Collection) -> None:
    assert all_counts(world, bare, Filters()).values.empty


def test_what_takes_too_long_is_estimated_and_said_so(gate: Gate) -> None:
    large = make_world(gate.engine, [])
    run_sql(
        gate.engine,
        f"INSERT INTO {large.table} (id, body, topic) SELECT 'r' || n, 'x', "
        "CASE WHEN n % 4 = 0 THEN 'rare' ELSE 'common' END FROM generate_series(1, 40000) n",
    )
    with lowered(facet_counts, "EXACT_SECONDS", 0.001):
        found = all_counts(gate, large, Filters())
    rows = dict(zip(found.values["value"], found.values["rows"], strict=True))
    assert found.estimated
    assert rows == {
        "common": pytest.approx(30_000, rel=0.1),
        "rare": pytest.approx(10_000, rel=0.1),
    }


def test_what_cannot_even_be_estimated_is_stopped(gate: Gate) -> None:
    made = make_world(gate.engine)
    with (
        lowered(facet_counts, "EXACT_SECONDS", 0.001),
        lowered(facet_counts, "SAMPLE_SECONDS", 0.001),
        lowered(facet_counts, "all_counts_statement", _sleeping),
        pytest.raises(StatementStopped),
    ):
        all_counts(gate, made, Filters())


def _sleeping(*_: object, **__: object) -> object:
    from sqlalchemy import func, select

    return select(func.pg_sleep(1).label("rows"))
