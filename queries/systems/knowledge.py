"""Adding to a team's knowledge: lessons, dependencies, deployments, issues.

Through the function of migrations/0120_nexus.sql, which asks the signed token (an engineer's or an
operator's) and keeps who changed what. Tables that were there before Northlight are read only.
"""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Text, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from queries.access.reader_calls import NotKept, called
from queries.collection import Collection
from queries.collections.beside import told
from queries.gate import Gate

OURS = "nexus.patterns"


def add_lesson_learned(
    gate: Gate,
    collection: Collection,
    repository: str,
    title: str,
    description: str,
    *,
    category: str | None = None,
    impact: str | None = None,
) -> bool:
    """Keep a lesson, or change the one of that title; whether it is new. Raises NotKept,
    and IdentityRefused for readers who are neither engineers nor operators."""
    given = {"title": title, "description": description, "category": category, "impact": impact}
    return _add(gate, collection, "lesson", repository, given)


def update_dependency_info(
    gate: Gate,
    collection: Collection,
    repository: str,
    name: str,
    *,
    version: str | None = None,
    kind: str = "runtime",
) -> bool:
    """Say what a repository depends on; whether that is new. Raises as add_lesson_learned."""
    given = {"dependency_name": name, "dependency_version": version, "dependency_type": kind}
    return _add(gate, collection, "dependency", repository, given)


def add_deployment_info(
    gate: Gate,
    collection: Collection,
    repository: str,
    name: str,
    commands: list[str],
    *,
    description: str | None = None,
    variables: Mapping[str, str] | None = None,
) -> bool:
    """Say how a repository is deployed; whether that is new. Raises as add_lesson_learned."""
    given: dict[str, Any] = {"name": name, "commands": commands, "description": description}
    given["environment_variables"] = dict(variables) if variables is not None else None
    return _add(gate, collection, "deployment", repository, given)


def add_runtime_issue(
    gate: Gate,
    collection: Collection,
    repository: str,
    issue_id: str,
    kind: str,
    severity: str,
    **more: str | None,
) -> bool:
    """Keep an issue, or change the one of that id; whether it is new.

    `more`: detected_at, service_type, log_snippet, root_cause, suggested_fix, pattern_reference,
    status, resolution_time. Raises as add_lesson_learned.
    """
    given = {"issue_id": issue_id, "issue_type": kind, "severity": severity, **more}
    return _add(gate, collection, "issue", repository, given)


def changes(gate: Gate, collection: Collection, limit: int = 200) -> pd.DataFrame:
    """What was added and changed, by whom, the newest first.

    Columns: owner, time, person, action, subject, detail (before and after).
    """
    return told(gate, collection, "changes", limit=limit)


def _add(
    gate: Gate, collection: Collection, kind: str, repository: str, given: Mapping[str, Any]
) -> bool:
    if collection.table != OURS:
        raise NotKept(
            f"{collection.title} was there before Northlight, which reads it and changes nothing."
        )
    kept = json.dumps({name: value for name, value in given.items() if value is not None})
    sent = func.northlight_auth.add_knowledge(
        cast(kind, Text), cast(repository, Text), cast(kept, Text).cast(JSONB)
    )
    return bool(called(gate, select(sent)))
