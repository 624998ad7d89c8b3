from datetime import UTC, datetime

import pytest

from queries.collection import Collection
from queries.errors import DeclarationError
from queries.filters import UNSORTED, Filters
from queries.gate import Gate
from queries.rows import rows

CASES = [
    (Filters(), 91, "all rows"),
    (Filters(equals=(("mood", ("calm",)),)), 30, "mood is calm"),
    (Filters(equals=(("mood", ("calm", "proud")),)), 60, "mood is calm or proud"),
    (Filters(equals=(("tags", ("spring", "garden")),)), 60, "tags is spring or garden"),
    (Filters(equals=(("mood", ("no such mood",)),)), 0, "mood is no such mood"),
    (Filters(owner="ben"), 30, "owner is ben"),
    (Filters(since=datetime(2026, 3, 12, tzinfo=UTC)), 85, "since 12 March 2026"),
    (Filters(until=datetime(2026, 3, 12, tzinfo=UTC)), 6, "before 12 March 2026"),
    (Filters(theme=UNSORTED), 5, "in no theme"),
    (Filters(owner="ana", equals=(("mood", ("calm",)),)), 30, "mood is calm; owner is ana"),
    (Filters(theme=987654), 0, "in one theme"),
]


@pytest.mark.parametrize(("filters", "count", "sentence"), CASES)
def test_filters_narrow_and_say_so(
    world: Gate, notes: Collection, filters: Filters, count: int, sentence: str
) -> None:
    found = rows.newest(world, notes, filters, 200)
    assert (len(found), filters.sentence(notes)) == (count, sentence)


def test_a_theme_holds_the_rows_of_all_themes_below_it(world: Gate, notes: Collection) -> None:
    upper = world.value(_id_of("Out of doors"))
    lower = world.value(_id_of("garden"))
    found = [len(rows.newest(world, notes, Filters(theme=id), 200)) for id in (upper, lower)]
    assert found == [40, 10]


def test_empty_filters_are_false_and_any_other_true() -> None:
    assert [bool(Filters()), bool(Filters(owner="ana"))] == [False, True]


def test_a_facet_that_is_not_declared_is_refused(notes: Collection) -> None:
    with pytest.raises(DeclarationError, match="Its facets: mood, tags"):
        Filters(equals=(("colour", ("red",)),)).conditions(notes)


def _id_of(name: str):  # type: ignore[no-untyped-def]
    from sqlalchemy import text

    return text("SELECT id FROM northlight.theme WHERE name = :name").bindparams(name=name)
