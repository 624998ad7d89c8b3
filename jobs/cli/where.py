"""`--where FACET=VALUE` on the command line, as Filters."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

import click

from queries.collection import Collection
from queries.errors import DeclarationError
from queries.filters import Filters
from queries.rows.moments import Moment


def filters_from(collection: Collection, where: Sequence[str]) -> Filters:
    """The filters; a facet given twice takes either value.

    Beside facets: `owner=ID`, and `before=` or `after=` a day (2026-05-01) or a moment of each
    person's own ("first session"). Raises click.UsageError for what is not FACET=VALUE,
    DeclarationError for an unknown facet and for a role that the collection lacks.
    """
    found = Filters()
    for condition in where:
        name, equals, value = condition.partition("=")
        if not equals:
            raise click.UsageError(f"--where takes FACET=VALUE, not {condition!r}.")
        found = _narrowed(found, collection, name, value)
    return found


def _narrowed(found: Filters, collection: Collection, name: str, value: str) -> Filters:
    if name == "owner" and name not in collection.facets:
        if collection.owner is None:
            raise DeclarationError(f"{collection.name} declares no owner column.")
        return replace(found, owner=value)
    if name in ("before", "after") and name not in collection.facets:
        return _around(found, collection, value, after=name == "after")
    collection.facet(name)
    wanted = dict(found.equals)
    wanted[name] = (*wanted.get(name, ()), value)
    return replace(found, equals=tuple(wanted.items()))


def _around(found: Filters, collection: Collection, value: str, *, after: bool) -> Filters:
    """From the day on, or before it; or a side of a moment of each person's own."""
    if collection.time is None:
        raise DeclarationError(f"{collection.name} declares no time column.")
    try:
        day = datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError:
        if value[:1].isdigit():
            raise DeclarationError(
                f"{'after' if after else 'before'} takes a day that is on the calendar, such as "
                f"2026-05-01, or a moment of each person's own; {value!r} is neither."
            ) from None
        return replace(found, moment=Moment(value, after))
    return replace(found, since=day) if after else replace(found, until=day)
