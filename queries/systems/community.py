"""A community's content and its people, counted where the rows are.

Every statement begins at the collection's own view, so what was deleted or is private is in no
count, and each thing is counted in its own table, so none is multiplied by another.
"""

import pandas as pd
from sqlalchemy import text

from queries.collection import Collection
from queries.collections.beside import has
from queries.gate import Gate, Read
from queries.identifiers import quoted


def contributors(gate: Gate, collection: Collection, limit: int = 200) -> pd.DataFrame:
    """Who published what, the most first.

    Columns: owner, name (where the reader may know it), content, kinds (different types), claimed,
    first, last, views, likes, bookmarks, followers, badges (active ones, in the order awarded).
    """
    return gate.frame(
        text(_contributors(collection)).bindparams(limit=limit),
        read=Read("contributors", collection.name),
    )


def engagement(gate: Gate, collection: Collection, limit: int = 50) -> pd.DataFrame:
    """Content with what came of it, the highest score first.

    Columns: row_id, title, kind, visibility, time, views, likes, shares, comments, score,
    bookmarks. Empty without figures beside it.
    """
    if not has(collection, "engagement"):
        names = ("row_id", "title", "kind", "visibility", "time", "views", "likes", "shares")
        return pd.DataFrame(columns=[*names, "comments", "score", "bookmarks"])
    rows = quoted(collection.name)
    marks = _marks(collection, "of_row")
    statement = text(
        "SELECT r.row_id, r.title, r.content_type::text AS kind, r.visibility::text AS visibility, "
        "r.time, e.views, e.likes, e.shares, e.comments, e.score, "
        f"coalesce(m.marks, 0) AS bookmarks FROM {rows} r "
        f"JOIN {_beside(collection, 'engagement')} e ON e.of_row = r.row_id "
        f"LEFT JOIN ({marks}) m ON m.key = r.row_id "
        "ORDER BY e.score DESC NULLS LAST, r.row_id LIMIT :limit"
    ).bindparams(limit=limit)
    return gate.frame(statement, read=Read("engagement", collection.name))


def _contributors(collection: Collection) -> str:
    rows = quoted(collection.name)
    joins, columns = [], []
    if has(collection, "members"):
        joins.append(f"LEFT JOIN {_beside(collection, 'members')} who ON who.owner = own.owner")
        columns.append("who.name")
    else:
        columns.append("NULL::text AS name")
    sums = "NULL::bigint AS views, NULL::bigint AS likes"
    if has(collection, "engagement"):
        joins.append(
            "LEFT JOIN (SELECT r.owner, sum(e.views)::bigint AS views, "
            f"sum(e.likes)::bigint AS likes FROM {rows} r "
            f"JOIN {_beside(collection, 'engagement')} e ON e.of_row = r.row_id "
            "GROUP BY 1) seen ON seen.owner = own.owner"
        )
        sums = "coalesce(seen.views, 0) AS views, coalesce(seen.likes, 0) AS likes"
    columns.append(sums)
    for name, source in _EXTRA.items():
        if has(collection, *source[0]):
            counted = source[1].format(**_names(collection))
            joins.append(f"LEFT JOIN ({counted}) {name}_of ON {name}_of.key = own.owner")
            columns.append(f"coalesce({name}_of.value, {source[2]}) AS {name}")
        else:
            columns.append(f"{source[2]} AS {name}")
    return (
        f"SELECT own.owner, {columns[0]}, own.content, own.kinds, own.claimed, own.first, "
        f"own.last, {', '.join(columns[1:])} FROM ("
        "SELECT r.owner, count(*) AS content, count(DISTINCT r.content_type) AS kinds, "
        "count(*) FILTER (WHERE r.is_claimed) AS claimed, min(r.time) AS first, "
        f"max(r.time) AS last FROM {rows} r WHERE r.owner IS NOT NULL GROUP BY 1) own "
        f"{' '.join(joins)} "
        "ORDER BY own.content DESC, own.owner LIMIT :limit"
    )


_EXTRA = {
    "bookmarks": (
        ("bookmarks",),
        "SELECT r.owner AS key, count(*) AS value FROM {rows} r JOIN {bookmarks} b "
        "ON b.of_row = r.row_id GROUP BY 1",
        "0",
    ),
    "followers": (
        ("follows",),
        "SELECT f.following AS key, count(*) AS value FROM {follows} f GROUP BY 1",
        "0",
    ),
    "badges": (
        ("badges",),
        "SELECT b.owner AS key, array_agg(b.kind ORDER BY b.awarded, b.kind) AS value "
        "FROM {badges} b WHERE coalesce(b.active, true) GROUP BY 1",
        "'{}'::text[]",
    ),
}


def _names(collection: Collection) -> dict[str, str]:
    names = ("bookmarks", "follows", "badges")
    return {"rows": quoted(collection.name)} | {n: _beside(collection, n) for n in names}


def _beside(collection: Collection, companion: str) -> str:
    return str(quoted(f"{collection.name}__{companion}"))


def _marks(collection: Collection, key: str) -> str:
    if not has(collection, "bookmarks"):
        return "SELECT NULL::text AS key, 0::bigint AS marks WHERE false"
    marked = _beside(collection, "bookmarks")
    return f"SELECT b.{key} AS key, count(*) AS marks FROM {marked} b GROUP BY 1"
