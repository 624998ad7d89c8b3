"""Cached queries of the theme screens beyond what other screens share."""

import pandas as pd

from analysis.trends import Trend
from jobs.maps.theme_states import trends_seen
from pages.shared.cached import MINUTE, remembered
from pages.shared.scope import Scope
from queries.themes import theme_rows


@remembered(MINUTE, 100)
def borderline(scope: Scope, theme_id: int, limit: int) -> pd.DataFrame:
    """The least clear rows of a theme."""
    given = (scope.gate, scope.collection, theme_id, scope.filters)
    return theme_rows.borderline(*given, limit)


@remembered(MINUTE, 100)
def people(scope: Scope, theme_id: int, limit: int) -> pd.DataFrame:
    """Who wrote in a theme."""
    return theme_rows.people(scope.gate, scope.collection, theme_id, scope.filters, limit)


@remembered(10 * MINUTE, 50)
def trends(scope: Scope) -> dict[int, Trend | None]:
    """How each theme's share of people changed lately, with its interval."""
    return trends_seen(scope.gate, scope.collection)
