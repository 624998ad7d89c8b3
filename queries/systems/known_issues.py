"""Issues of running code: known ones, and those that speak of one pattern."""

import pandas as pd
from sqlalchemy import text

from queries.collection import Collection
from queries.collections.beside import has
from queries.gate import Gate, Read
from queries.identifiers import quoted

COLUMNS = (
    *("id", "repository", "time", "kind", "severity", "service", "status", "pattern"),
    *("cause", "fix", "log", "resolution", "days"),
)
MOST = 200
WORST_FIRST = (
    "array_position(ARRAY['critical', 'high', 'error', 'medium', 'warning', 'low'], "
    "lower(i.severity))"
)


def query_known_issues(
    gate: Gate,
    collection: Collection,
    about: str | None = None,
    *,
    repository: str | None = None,
    severity: str | None = None,
    status: str | None = None,
    limit: int = MOST,
) -> pd.DataFrame:
    """Known issues, the severest first and of those the newest.

    Columns: COLUMNS; `days` is the age, missing for what was never seen running. `about` is looked
    for in what an issue says, its kind and its repository. Empty without issues beside it.
    """
    if not has(collection, "issues", "repositories"):
        return pd.DataFrame(columns=list(COLUMNS))
    statement = text(_issues(collection, ABOUT)).bindparams(
        about=about, repository=repository, severity=severity, status=status, limit=limit
    )
    return gate.frame(statement, read=Read("issues", collection.name, question=about))


def get_pattern_health(
    gate: Gate,
    collection: Collection,
    pattern: str,
    *,
    days: int = 365,
    severity: str | None = None,
) -> pd.DataFrame:
    """The issues that a pattern's health is worked out from (analysis.pattern_health).

    Columns: COLUMNS. Those whose `pattern` is its name and that were seen within so many days; what
    was never seen running is left out.
    """
    if not has(collection, "issues", "repositories"):
        return pd.DataFrame(columns=list(COLUMNS))
    statement = text(_issues(collection, OF_PATTERN)).bindparams(
        pattern=pattern, days=days, severity=severity, repository=None, status=None, limit=1_000
    )
    return gate.frame(statement, read=Read("issues", collection.name, "one pattern"))


ABOUT = """(CAST(:about AS text) IS NULL OR strpos(lower(concat_ws(' ', i.id, i.kind, i.cause,
    i.fix, i.pattern, i.log, r.name)), lower(CAST(:about AS text))) > 0)"""
OF_PATTERN = """i.pattern = :pattern AND i.time IS NOT NULL
    AND i.time > now() - make_interval(days => :days)"""


def _issues(collection: Collection, condition: str) -> str:
    return f"""
        SELECT i.id, r.name AS repository, i.time, i.kind, i.severity, i.service, i.status,
               i.pattern, i.cause, i.fix, i.log, i.resolution,
               extract(epoch FROM now() - i.time)::float / 86400 AS days
        FROM {quoted(f"{collection.name}__issues")} i
        JOIN {quoted(f"{collection.name}__repositories")} r ON r.id = i.repository
        WHERE {condition}
          AND (CAST(:repository AS text) IS NULL OR r.name = CAST(:repository AS text))
          AND (CAST(:severity AS text) IS NULL
               OR lower(i.severity) = lower(CAST(:severity AS text)))
          AND (CAST(:status AS text) IS NULL OR i.status = CAST(:status AS text))
        ORDER BY {WORST_FIRST} NULLS LAST, i.time DESC NULLS LAST, i.id LIMIT :limit"""
