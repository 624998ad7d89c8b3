"""What is narrowed to on the command line."""

from dataclasses import replace
from datetime import UTC, datetime

import click
import pytest

from jobs.cli.where import filters_from
from queries.errors import DeclarationError
from queries.filters import Filters
from queries.rows.moments import Moment
from tests.seeded import BARE, NOTES


def test_a_facet_given_twice_takes_either_value() -> None:
    found = filters_from(NOTES, ["mood=calm", "owner=ana", "mood=proud"])
    assert found == Filters(equals=(("mood", ("calm", "proud")),), owner="ana")


def test_before_and_after_take_a_day_or_a_moment_of_ones_own() -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    assert filters_from(NOTES, ["after=2026-05-01"]) == Filters(since=day)
    assert filters_from(NOTES, ["before=2026-05-01"]) == Filters(until=day)
    found = filters_from(NOTES, ["before=first session"])
    assert found == Filters(moment=Moment("first session", after=False))


def test_a_facet_that_is_called_before_is_a_facet() -> None:
    named = replace(NOTES, facet_columns=(("before", "mood"),))
    assert filters_from(named, ["before=calm"]) == Filters(equals=(("before", ("calm",)),))


@pytest.mark.parametrize("condition", ["owner=ana", "after=2026-05-01", "mood=calm"])
def test_what_a_collection_lacks_is_said(condition: str) -> None:
    with pytest.raises(DeclarationError, match=r"bare|no facet"):
        filters_from(BARE, [condition])


def test_half_a_condition_is_wrong_usage() -> None:
    with pytest.raises(click.UsageError, match="FACET=VALUE, not 'mood'"):
        filters_from(NOTES, ["mood"])


@pytest.mark.parametrize("day", ["2026-02-30", "2026-13-01", "2026-05-01T10:00", "1.5.2026"])
def test_a_day_that_is_none_is_told_as_such(day: str) -> None:
    with pytest.raises(DeclarationError, match="after takes a day"):
        filters_from(NOTES, [f"after={day}"])
