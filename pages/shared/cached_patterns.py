"""Cached queries of Patterns and of a repository's page."""

import pandas as pd

from pages.shared.cached import MINUTE, remembered
from pages.shared.scope import Scope
from queries.collections.beside import told
from queries.systems import code_patterns, documentation, known_issues, repositories


@remembered(MINUTE, 100)
def listed(scope: Scope) -> pd.DataFrame:
    """The repositories with what they have."""
    return repositories.get_repository_list(scope.gate, scope.collection)


@remembered(MINUTE, 100)
def shared_names(scope: Scope, fewest: int, word: str | None) -> pd.DataFrame:
    """What several repositories have under one name."""
    return code_patterns.get_cross_repo_patterns(scope.gate, scope.collection, fewest, word)


@remembered(MINUTE, 200)
def across(scope: Scope, row_id: str, limit: int) -> pd.DataFrame:
    """The same or similar elsewhere."""
    return code_patterns.across(scope.gate, scope.collection, row_id, limit)


@remembered(MINUTE, 100)
def by_theme(scope: Scope) -> pd.DataFrame:
    """Patterns of each upper theme in each repository."""
    return repositories.patterns_by_theme(scope.gate, scope.collection)


@remembered(MINUTE, 200)
def dependents(scope: Scope, name: str) -> pd.DataFrame:
    """Who depends on it."""
    return repositories.depends_on(scope.gate, scope.collection, name)


@remembered(MINUTE, 200)
def needs(scope: Scope, repository: str) -> pd.DataFrame:
    """What a repository depends on."""
    return repositories.needs(scope.gate, scope.collection, repository)


@remembered(MINUTE, 200)
def related(scope: Scope, repository: str) -> pd.DataFrame:
    """Its relationships."""
    return repositories.related(scope.gate, scope.collection, repository)


@remembered(MINUTE, 200)
def issues(scope: Scope, about: str | None, repository: str | None) -> pd.DataFrame:
    """Known issues."""
    return known_issues.query_known_issues(
        scope.gate, scope.collection, about or None, repository=repository
    )


@remembered(MINUTE, 200)
def health(scope: Scope, pattern: str) -> pd.DataFrame:
    """The issues that a pattern's health is worked out from."""
    return known_issues.get_pattern_health(scope.gate, scope.collection, pattern)


@remembered(MINUTE, 200)
def checks(scope: Scope, repository: str) -> pd.DataFrame:
    """Its documentation, checked."""
    return documentation.check_documentation_standards(scope.gate, scope.collection, repository)


@remembered(MINUTE, 200)
def of_repository(scope: Scope, companion: str, repository: str) -> pd.DataFrame:
    """What stands beside the patterns of one repository."""
    return repositories.of_repository(scope.gate, scope.collection, companion, repository)


@remembered(MINUTE, 200)
def beside(scope: Scope, companion: str, where: tuple[tuple[str, str], ...] = ()) -> pd.DataFrame:
    """What stands beside a collection."""
    return told(scope.gate, scope.collection, companion, where)


def forget() -> None:
    """After something was written down: ask again."""
    for kept in (listed, dependents, needs, related, issues, health, checks, of_repository, beside):
        kept.clear()
