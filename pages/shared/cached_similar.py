"""Cached queries of Similar: groups of rows, and why two are alike."""

from jobs.search import similar
from jobs.search.similar import Groups, Reasons
from pages.shared import database
from pages.shared.cached import MINUTE, remembered
from pages.shared.scope import Scope


@remembered(MINUTE, 100)
def groups(scope: Scope, above: float, across: str | None) -> Groups:
    """Near-duplicates and families of the rows in scope."""
    return similar.groups(scope.gate, scope.collection, scope.filters, above, across)


@remembered(MINUTE, 200)
def why(scope: Scope, one: str, other: str) -> Reasons:
    """Why two rows are alike."""
    embedder = database.embedder(None)  # sentences are compared where they are
    return similar.why(scope.gate, scope.collection, one, other, embedder)
