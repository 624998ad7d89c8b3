"""The values of a filter, each with how many rows there would be.

Of a facet the rows under all the other filters are counted: choosing one value alone then shows as
many rows as stand beside it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from pages.shared import cached
from pages.shared.cached import MINUTE, remembered
from pages.shared.scope import Scope
from queries.errors import QueryError
from queries.rows import facet_counts
from queries.rows.facet_counts import FacetCounts

VALUES = 100
_COUNT = re.compile(r" · (about )?[\d,]+$")


@dataclass(frozen=True)
class Counted:
    """The commonest values with their rows; `estimated` where not every row was counted."""

    rows: Mapping[str, int] = field(default_factory=dict)
    estimated: bool = False

    @property
    def values(self) -> list[str]:
        """The values, the commonest first."""
        return list(self.rows)

    def label(self, value: str) -> str:
        """The value with its count; one that was not counted stands alone."""
        rows = self.rows.get(value)
        about = "about " if self.estimated else ""
        return value if rows is None else f"{value} · {about}{rows:,}"

    def value(self, label: str) -> str:
        """The value of a label, also of one with an older count."""
        bare = _COUNT.sub("", label)
        return bare if label not in self.rows and bare in self.rows else label


def of_facet(scope: Scope, facet: str) -> Counted:
    """Its values under the other filters; none where that takes too long, but one can type."""
    others = tuple(each for each in scope.filters.equals if each[0] != facet)
    try:
        found = _all(replace(scope, filters=replace(scope.filters, equals=others)))
    except QueryError:
        return Counted()
    return _counted(found.values[found.values["facet"] == facet], found.estimated)


def of_owner(scope: Scope) -> Counted:
    """The owners under the other filters; none where that takes too long."""
    everybody = replace(scope, filters=replace(scope.filters, owner=None))
    try:
        return _counted(cached.owner_counts(everybody, VALUES))
    except QueryError:
        return Counted()


def _counted(found: pd.DataFrame, estimated: bool = False) -> Counted:
    return Counted(dict(zip(found["value"], found["rows"], strict=True)), estimated)


@remembered(5 * MINUTE, 500)
def _all(scope: Scope) -> FacetCounts:
    return facet_counts.all_counts(scope.gate, scope.collection, scope.filters, VALUES)
