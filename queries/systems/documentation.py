"""Whether what is known of a repository is documented as a team needs it."""

from typing import Any

import pandas as pd
from sqlalchemy import text

from queries.collection import Collection
from queries.collections.beside import told
from queries.gate import Gate, Read
from queries.identifiers import quoted
from queries.systems.repositories import NoSuchRepository, repository_id

SHORTEST = 40  # letters of a description that says something
MOST_DAYS = 90


def check_documentation_standards(
    gate: Gate, collection: Collection, repository: str
) -> pd.DataFrame:
    """Each check with what was found. Columns: check, passed, found. Raises NoSuchRepository."""
    about = told(gate, collection, "repositories", (("name", repository),))
    if about.empty:
        raise NoSuchRepository(repository)
    number = repository_id(gate, collection, repository)
    beside = {
        name: told(gate, collection, name, (("repository", number),))
        for name in ("decisions", "deployments", "tests", "security", "lessons")
    }
    patterns, described = _patterns(gate, collection, repository)
    reasons = int(beside["decisions"]["why"].fillna("").str.len().ge(SHORTEST).sum())
    commands = int(beside["deployments"]["commands"].map(bool).sum())
    age = _days(about["analyzed"].iat[0])
    rows = [
        ("what it is for is said", bool(about["domain"].iat[0]), about["domain"].iat[0] or "no"),
        ("patterns are described", described == patterns > 0, f"{described:,} of {patterns:,}"),
        _all("decisions give their reason", reasons, len(beside["decisions"])),
        _all("deployments name their commands", commands, len(beside["deployments"])),
        ("tests are named", len(beside["tests"]) > 0, f"{len(beside['tests']):,}"),
        ("security is described", len(beside["security"]) > 0, f"{len(beside['security']):,}"),
        ("lessons were written down", len(beside["lessons"]) > 0, f"{len(beside['lessons']):,}"),
        (f"analysed within {MOST_DAYS} days", age is not None and age <= MOST_DAYS, _told(age)),
    ]
    return pd.DataFrame(rows, columns=["check", "passed", "found"])


def _patterns(gate: Gate, collection: Collection, repository: str) -> tuple[int, int]:
    statement = text(
        f"SELECT count(*) AS patterns, "
        f"count(*) FILTER (WHERE length(r.text) >= {SHORTEST}) AS said "
        f"FROM {quoted(collection.name)} r WHERE r.repository = :repository"
    ).bindparams(repository=repository)
    found = gate.frame(statement, read=Read("documentation", collection.name)).iloc[0]
    return int(found["patterns"]), int(found["said"])


def _all(check: str, good: int, there: int) -> tuple[str, bool, str]:
    return check, good == there > 0, f"{good:,} of {there:,}"


def _days(moment: Any) -> int | None:
    """Whole days since then; None for never."""
    if moment is None or pd.isna(moment):
        return None
    return int((pd.Timestamp.now(tz="UTC") - moment).days)


def _told(days: int | None) -> str:
    return "never" if days is None else f"{days:,} days ago"
