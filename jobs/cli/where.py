"""`--where FACET=VALUE` on the command line, as Filters."""

from collections import defaultdict
from collections.abc import Sequence

import click

from queries.collection import Collection
from queries.errors import DeclarationError
from queries.filters import Filters


def filters_from(collection: Collection, where: Sequence[str]) -> Filters:
    """The filters; a facet given twice takes either value. `owner=ID` narrows to an owner.

    Raises click.UsageError for what is not FACET=VALUE, DeclarationError for an unknown facet.
    """
    wanted: dict[str, list[str]] = defaultdict(list)
    owner = None
    for condition in where:
        facet, equals, value = condition.partition("=")
        if not equals:
            raise click.UsageError(f"--where takes FACET=VALUE, not {condition!r}.")
        if facet == "owner" and "owner" not in collection.facets:
            if collection.owner is None:
                raise DeclarationError(f"{collection.name} declares no owner column.")
            owner = value
        else:
            collection.facet(facet)
            wanted[facet].append(value)
    return Filters(equals=tuple((k, tuple(v)) for k, v in wanted.items()), owner=owner)
