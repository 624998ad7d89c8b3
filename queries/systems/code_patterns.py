"""Patterns of repositories: found by keywords, and the same or a similar one elsewhere.

Two things tell that a pattern is one that another repository has: it is called alike, and it says
the same. The name's words are weighed by their rarity; meaning is the cosine distance of the
embeddings. Both ranks are shown, and fused as in `queries.search.legs`.
"""

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import text

from queries.collection import Collection
from queries.embeddings.spaces import active_space
from queries.errors import NoSuchRow, QueryError
from queries.gate import Gate, Read
from queries.identifiers import quoted

DEPTH = 50
RANK_CONSTANT = 20
# `pandas.core.NDFrame.to_json` is called "to json": the last part, cut at capitals and signs.
_LAST = r"regexp_replace({title}, '^\S*\.(?=\w)', '')"
_APART = rf"regexp_replace({_LAST}, '([a-z0-9])([A-Z])', '\1 \2', 'g')"
_WORDS = f"regexp_split_to_table(lower({_APART}), '[^a-z0-9]+')"


class NoRepositories(QueryError):
    """The collection does not say which repository a row is from."""

    def __init__(self, collection: Collection, facet: str) -> None:
        super().__init__(
            f"{collection.title} declares no facet `{facet}`, so nobody can tell which repository "
            f"a row is from. Name it in `{collection.name}.toml`."
        )


def query_patterns(
    gate: Gate,
    collection: Collection,
    keywords: Sequence[str],
    min_matches: int = 1,
    limit: int = 50,
    facet: str = "repository",
) -> pd.DataFrame:
    """Patterns that have at least so many of the keywords in name or text, the most first.

    Columns: row_id, repository, title, text, matches (the keywords found). Raises NoRepositories.
    """
    wanted = sorted({word.lower() for word in keywords if word.strip()})
    statement = text(
        f"""
        SELECT r.row_id, r.{_facet(collection, facet)} AS repository, r.title, r.text,
               array_agg(k ORDER BY k) AS matches
        FROM {quoted(collection.name)} r, unnest(CAST(:keywords AS text[])) k
        WHERE strpos(lower(concat_ws(' ', r.title, r.text)), k) > 0
        GROUP BY 1, 2, 3, 4 HAVING count(*) >= :fewest
        ORDER BY count(*) DESC, 2, 3 LIMIT :limit"""
    ).bindparams(keywords=wanted, fewest=max(min_matches, 1), limit=limit)
    return gate.frame(statement, read=Read("search", collection.name, question=" ".join(wanted)))


def get_cross_repo_patterns(
    gate: Gate,
    collection: Collection,
    min_repos: int = 2,
    pattern_type: str | None = None,
    limit: int = 100,
    facet: str = "repository",
) -> pd.DataFrame:
    """What several repositories have under the same name, the most widespread first.

    Columns: pattern (the words of the name), repositories (their names), patterns (how many rows),
    row_ids (one a repository, to compare them). `pattern_type` is a word of the name. Raises
    NoRepositories.
    """
    repository = _facet(collection, facet)
    statement = text(
        f"""
        WITH called AS (
            SELECT r.row_id, r.{repository} AS repository, (
                SELECT string_agg(w, ' ' ORDER BY w) FROM (
                    SELECT DISTINCT w FROM {_WORDS.format(title="r.title")} w
                    WHERE length(w) > 2) told) AS pattern
            FROM {quoted(collection.name)} r WHERE r.{repository} IS NOT NULL),
        alike AS (
            SELECT pattern, repository, count(*) AS patterns, min(row_id) AS row_id
            FROM called WHERE pattern IS NOT NULL GROUP BY 1, 2)
        SELECT pattern, array_agg(repository ORDER BY repository) AS repositories,
               sum(patterns)::integer AS patterns, array_agg(row_id ORDER BY repository) AS row_ids
        FROM alike WHERE CAST(:kind AS text) IS NULL OR pattern ~ ('\\m' || CAST(:kind AS text))
        GROUP BY pattern HAVING count(*) >= :fewest
        ORDER BY count(*) DESC, 3 DESC, 1 LIMIT :limit"""
    ).bindparams(kind=pattern_type, fewest=max(min_repos, 1), limit=limit)
    return gate.frame(statement, read=Read("cross-repository", collection.name))


def across(
    gate: Gate, collection: Collection, row_id: str, limit: int = 10, facet: str = "repository"
) -> pd.DataFrame:
    """The patterns of other repositories that are most like this one, best first.

    Columns: row_id, repository, title, text, distance (cosine), rank_meaning and rank_name (from 1;
    missing where that leg did not find it), shared (words of both names), score. Raises
    NotEmbedded, NoSuchRow, NoRepositories.
    """
    active_space(gate, collection)
    statement = text(_across(collection, _facet(collection, facet)))
    with gate.recorded(Read("neighbours", collection.name, "other repositories")) as told:
        given = {"row": row_id, "depth": max(DEPTH, limit), "limit": limit, "c": RANK_CONSTANT}
        there = text(f"SELECT 1 FROM {quoted(collection.name)} r WHERE r.row_id = :row")
        told.connection.execute(
            text("SELECT set_config('northlight.like', :row, true)"), {"row": row_id}
        )
        if told.connection.execute(there, {"row": row_id}).first() is None:
            raise NoSuchRow(collection.name, row_id)
        result = told.connection.execute(statement, given)
        found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
        told.rows = len(found)
    return found.astype({"rank_meaning": "Int64", "rank_name": "Int64"})


def _across(collection: Collection, repository: str) -> str:
    rows, distances = quoted(collection.name), quoted(f"{collection.name}__distances")
    return f"""
        WITH mine AS (SELECT r.title, r.{repository} AS repository FROM {rows} r
                      WHERE r.row_id = :row),
        word AS MATERIALIZED (
            SELECT r.row_id, r.{repository} AS repository, w FROM {rows} r,
                   LATERAL {_WORDS.format(title="r.title")} w
            WHERE length(w) > 2 GROUP BY 1, 2, 3),
        rare AS (SELECT w, ln(1 + (SELECT count(*) FROM {rows})::float / count(*)) AS weight
                 FROM word GROUP BY w),
        asked AS (SELECT w FROM word WHERE row_id = :row),
        named AS (
            SELECT o.row_id, array_agg(o.w ORDER BY o.w) FILTER (WHERE a.w IS NOT NULL) AS shared,
                   coalesce(sum(rare.weight) FILTER (WHERE a.w IS NOT NULL), 0) AS both,
                   sum(rare.weight) FILTER (WHERE a.w IS NULL) AS only_theirs
            FROM word o JOIN rare USING (w) LEFT JOIN asked a USING (w)
            WHERE o.repository IS DISTINCT FROM (SELECT repository FROM mine)
              AND o.row_id IN (SELECT s.row_id FROM word s JOIN asked USING (w))
            GROUP BY o.row_id),
        by_name AS (
            SELECT n.row_id, n.shared, row_number() OVER (
                ORDER BY n.both / ((SELECT sum(weight) FROM rare JOIN asked USING (w))
                                   + coalesce(n.only_theirs, 0)) DESC, n.row_id) AS rank_name
            FROM named n ORDER BY rank_name LIMIT :depth),
        near AS (
            SELECT d.row_id, d.distance FROM {distances} d JOIN {rows} r ON r.row_id = d.row_id
            WHERE r.{repository} IS DISTINCT FROM (SELECT repository FROM mine)
            ORDER BY d.distance + 0, d.row_id LIMIT :depth),
        by_meaning AS (
            SELECT row_id, distance, row_number() OVER (ORDER BY distance, row_id) AS rank_meaning
            FROM near),
        best AS (
            SELECT coalesce(m.row_id, n.row_id) AS row_id, m.distance, m.rank_meaning, n.rank_name,
                   n.shared, coalesce(1.0 / (:c + m.rank_meaning), 0)
                   + coalesce(1.0 / (:c + n.rank_name), 0) AS score
            FROM by_meaning m FULL JOIN by_name n ON n.row_id = m.row_id)
        SELECT r.row_id, r.{repository} AS repository, r.title, r.text, b.distance, b.rank_meaning,
               b.rank_name, coalesce(b.shared, '{{}}') AS shared, b.score::float AS score
        FROM best b JOIN {rows} r ON r.row_id = b.row_id
        ORDER BY b.score DESC, r.row_id LIMIT :limit"""


def _facet(collection: Collection, facet: str) -> str:
    if facet not in collection.facets:
        raise NoRepositories(collection, facet)
    return quoted(facet)
