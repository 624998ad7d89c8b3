"""Cached comparisons: the same two groups are worked out once."""

from jobs.maps.compare import Comparison, compare
from pages.shared.cached import MINUTE, remembered
from pages.shared.scope import Scope
from queries.filters import Filters


@remembered(10 * MINUTE, 30)
def comparison(scope: Scope, first: Filters, second: Filters, rest: bool) -> Comparison:
    """What the reader's rows say of the two groups. Raises JobError for a group too small."""
    return compare(scope.gate, scope.collection, first, second, rest=rest)
