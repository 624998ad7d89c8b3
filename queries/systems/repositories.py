"""Repositories of a team: what each has, what depends on what, and how it moved."""

import pandas as pd
from sqlalchemy import text

from queries.collection import Collection
from queries.collections.beside import has, told
from queries.errors import QueryError
from queries.gate import Gate, Read
from queries.identifiers import quoted

# What is counted of each repository, where it is declared: companion, column, what is counted.
_COUNTED = (
    ("lessons", "lessons", "count(*)"),
    ("decisions", "decisions", "count(*)"),
    ("components", "components", "count(*)"),
    ("dependencies", "dependencies", "count(DISTINCT b.name)"),
    (
        "issues",
        "issues",
        "count(*) FILTER (WHERE coalesce(b.status, 'open') NOT IN ('resolved', 'closed'))",
    ),
    ("tests", "coverage", "max(b.coverage)"),
    ("deployments", "deployments", "count(*)"),
    ("security", "security", "count(*)"),
)


class NoSuchRepository(QueryError):
    """No repository of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no repository {name!r} here. Names are matched as written.")


def get_repository_list(gate: Gate, collection: Collection) -> pd.DataFrame:
    """Every repository with what it has, the one with most patterns first.

    Columns: id, repository, domain, analyzed, commit, patterns, then of what is declared: lessons,
    decisions, components, dependencies (different names), issues (not resolved), coverage (per
    cent), deployments, security, and drift: the mean cosine distance of those patterns that said
    something else at a later analysis, missing where none did.
    """
    return gate.frame(text(_list(collection)), read=Read("repositories", collection.name))


def repository_id(gate: Gate, collection: Collection, name: str) -> str:
    """The key of a repository. Raises NoSuchRepository."""
    found = told(gate, collection, "repositories", (("name", name),))
    if found.empty:
        raise NoSuchRepository(name)
    return str(found["id"].iat[0])


def of_repository(
    gate: Gate, collection: Collection, companion: str, repository: str
) -> pd.DataFrame:
    """What a companion has of one repository; columns as `queries.collections.beside.told`."""
    number = repository_id(gate, collection, repository)
    return told(gate, collection, companion, (("repository", number),))


def get_deployment_info(gate: Gate, collection: Collection, repository: str) -> pd.DataFrame:
    """How a repository is deployed. Columns: name, description, commands, variables.

    Raises NoSuchRepository.
    """
    found = of_repository(gate, collection, "deployments", repository)
    return found[["name", "description", "commands", "variables"]]


def depends_on(gate: Gate, collection: Collection, name: str) -> pd.DataFrame:
    """Who depends on something, directly or through others, the nearest first.

    Columns: repository, kind, version, steps (1 for directly), through (the chain of names).
    """
    if not has(collection, "dependencies"):
        return pd.DataFrame(columns=["repository", "kind", "version", "steps", "through"])
    statement = text(_dependents(collection)).bindparams(name=name)
    return gate.frame(statement, read=Read("dependents", collection.name))


def needs(gate: Gate, collection: Collection, repository: str) -> pd.DataFrame:
    """What a repository names as needed, by name. Columns: name, kind, version, known.

    `known` says whether it is a repository here. Raises NoSuchRepository.
    """
    found = of_repository(gate, collection, "dependencies", repository)
    there = set(told(gate, collection, "repositories")["name"])
    shown = found[["name", "kind", "version"]].drop_duplicates(["name", "kind"])
    return shown.assign(known=shown["name"].isin(there)).sort_values("name", ignore_index=True)


def related(gate: Gate, collection: Collection, repository: str) -> pd.DataFrame:
    """Relationships from and to a repository. Columns: repository, kind, description, outward."""
    number = repository_id(gate, collection, repository)
    names = told(gate, collection, "repositories").set_index("id")["name"]
    outward = told(gate, collection, "relationships", (("source", number),))
    inward = told(gate, collection, "relationships", (("target", number),))
    outward = outward.assign(other=outward["target"], outward=True)
    both = pd.concat([outward, inward.assign(other=inward["source"], outward=False)])
    both["repository"] = both["other"].map(names)
    return both[["repository", "kind", "description", "outward"]].reset_index(drop=True)


def patterns_by_theme(gate: Gate, collection: Collection) -> pd.DataFrame:
    """How many patterns of each upper theme a repository has. Columns: repository, theme, patterns.

    Empty without a map.
    """
    points, themes = (quoted(f"{collection.name}__{part}") for part in ("points", "themes"))
    statement = text(
        f"SELECT p.repository, u.name AS theme, count(*) AS patterns FROM {points} o "
        f"JOIN {quoted(collection.name)} p ON p.row_id = o.row_id "
        f"JOIN {themes} t ON t.id = o.theme_id "
        f"JOIN {themes} u ON u.id = coalesce(t.parent_id, t.id) "
        "WHERE p.repository IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return gate.frame(statement)


def _list(collection: Collection) -> str:
    counted, joins = [], []
    for companion, name, value in _COUNTED:
        if has(collection, companion):
            known = (
                f"c_{companion}.value"
                if name == "coverage"
                else f"coalesce(c_{companion}.value, 0)"
            )
            counted.append(f"{known} AS {name}")
            joins.append(
                f"LEFT JOIN (SELECT b.repository, {value} AS value FROM "
                f"{quoted(f'{collection.name}__{companion}')} b GROUP BY 1) c_{companion} "
                f"ON c_{companion}.repository = r.id"
            )
    rows = quoted(collection.name)
    if has(collection, "versions"):
        counted.append("drifted.value AS drift")
        joins.append(
            "LEFT JOIN (SELECT p.repository, avg(v.moved) AS value FROM "
            f"{quoted(f'{collection.name}__versions')} v JOIN {rows} p ON p.row_id = v.of_row "
            "WHERE v.moved IS NOT NULL GROUP BY 1) drifted ON drifted.repository = r.name"
        )
    return (
        "SELECT r.id, r.name AS repository, r.domain, r.analyzed, r.commit, "
        f"coalesce(own.patterns, 0) AS patterns{''.join(f', {one}' for one in counted)} "
        f"FROM {quoted(f'{collection.name}__repositories')} r "
        f"LEFT JOIN (SELECT p.repository, count(*) AS patterns FROM {rows} p GROUP BY 1) own "
        f"ON own.repository = r.name {' '.join(joins)} ORDER BY patterns DESC, r.name"
    )


def _dependents(collection: Collection) -> str:
    """A repository is taken once, by the shortest chain; circles end where they began."""
    repositories = quoted(f"{collection.name}__repositories")
    dependencies = quoted(f"{collection.name}__dependencies")
    return f"""
        WITH RECURSIVE edge AS (
            SELECT r.name AS repository, lower(d.name) AS needed, min(d.kind) AS kind,
                   min(d.version) AS version
            FROM {dependencies} d JOIN {repositories} r ON r.id = d.repository GROUP BY 1, 2),
        walk AS (
            SELECT e.repository, e.kind, e.version, 1 AS steps, ARRAY[e.repository] AS chain
            FROM edge e WHERE e.needed = lower(:name)
            UNION ALL
            SELECT e.repository, e.kind, e.version, w.steps + 1, w.chain || e.repository
            FROM walk w JOIN edge e ON e.needed = lower(w.repository)
            WHERE e.repository <> ALL (w.chain) AND w.steps < 3)
        SELECT DISTINCT ON (w.steps, w.repository) w.repository, w.kind, w.version, w.steps,
               w.chain[1:w.steps - 1] AS through
        FROM walk w
        WHERE w.steps = (SELECT min(o.steps) FROM walk o WHERE o.repository = w.repository)
        ORDER BY w.steps, w.repository, w.chain"""
