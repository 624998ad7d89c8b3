"""Who wrote in a week and under what: what a release counts. Never leaves the worker.

Read from the coaching tables where they are, as the owner of Northlight's schema. A person who
withdrew consent to the purpose `product` is not in it. No text is read, nor a word that a person
chose: categories and session types are the programme's, moods are bands of a number, themes have
their name only when its words are many people's.
"""

from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Connection, text

from queries.collection import Collection
from queries.errors import QueryError
from queries.identifiers import identifier, joined_name, literal, quoted, split_name

PRODUCT = "product"
BESIDE = ("exercises", "user_sessions")
DIMENSIONS = ("category", "theme", "mood", "session", "completion")


class NotReleasable(QueryError):
    """The collection's tables are not those of a coaching programme."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} cannot be released from: releases count responses with an owner and a time, "
            "beside the tables exercises and user_sessions."
        )


def people_of_week(connection: Connection, collection: Collection, week: date) -> pd.DataFrame:
    """One row for each consenting person with a response in the week, by owner.

    Columns: owner, coach (None without one), rows, category, theme (its id as text, None when
    unsorted), mood (mean sentiment, -1 to 1), session (type, None without one), completion
    (whether a session was completed). Of several values the one of most rows counts.
    Raises NotReleasable.
    """
    statement = text(PEOPLE.format(**_names(connection, collection)))
    start, end = week, week + timedelta(days=7)
    result = connection.execute(
        statement,
        {"start": start, "end": end, "system": collection.group, "name": collection.name},
    )
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def categories(connection: Connection, collection: Collection) -> list[str]:
    """The programme's categories, whether or not anybody was in them."""
    statement = CATEGORIES.format(**_names(connection, collection))
    return list(connection.execute(text(statement)).scalars())


def weeks_over(connection: Connection, collection: Collection) -> list[date]:
    """The Mondays of the weeks that are over and have responses, in their order, in UTC."""
    found = connection.execute(text(WEEKS_OVER.format(**_names(connection, collection))))
    return list(found.scalars())


def theme_names(
    connection: Connection, collection: Collection, fewest: int
) -> list[tuple[str, str]]:
    """The broad themes of the current run by id, as (id, name).

    A name that has a word fewer than `fewest` consenting people used is replaced by the number of
    the theme, whoever gave it.
    """
    statement = text(THEMES.format(**_roles(collection)))
    given = {"system": collection.group, "name": collection.name, "fewest": fewest}
    found = connection.execute(statement, {**given, "language": collection.language})
    return [(row.id, row.name) for row in found]


def require_releasable(connection: Connection, collection: Collection) -> None:
    """Raise NotReleasable unless it is a table of responses in a coaching programme's schema."""
    *schema, _ = split_name(collection.table)
    named = (collection.table, *(joined_name(*schema, part) for part in BESIDE))
    fitting = connection.execute(
        text(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(:rows) "
            "AND attname IN ('exercise_id', 'sentiment_score') AND NOT attisdropped "
            "AND to_regclass(:exercises) IS NOT NULL AND to_regclass(:sessions) IS NOT NULL"
        ),
        dict(zip(("rows", "exercises", "sessions"), map(identifier, named), strict=True)),
    ).scalar_one()
    if fitting < 2 or collection.owner is None or collection.time is None:
        raise NotReleasable(collection.name)


def _names(connection: Connection, collection: Collection) -> dict[str, str]:
    """The tables and columns, quoted; identifiers cannot be parameters."""
    require_releasable(connection, collection)
    *schema, _ = split_name(collection.table)
    return {**{part: _spelled(*schema, part) for part in BESIDE}, **_roles(collection)}


def _roles(collection: Collection) -> dict[str, str]:
    if collection.owner is None or collection.time is None:
        raise NotReleasable(collection.name)
    columns = {"owner": collection.owner, "time": collection.time, "id": collection.id}
    return {
        "rows": _spelled(*split_name(collection.table)),
        **{role: _spelled("r", name) for role, name in columns.items()},
        "left_out": f"ARRAY(SELECT unnest(northlight_auth.withdrawn(:system, {literal(PRODUCT)})))",
    }


def _spelled(*parts: str) -> str:
    """Quoted, for a statement in which a bare colon begins a parameter."""
    return ".".join(quoted(part) for part in parts).replace(":", r"\:")


CURRENT_RUN = """
    SELECT run.id FROM northlight.run JOIN northlight.collection c ON c.id = run.collection_id
    WHERE c.name = :name AND run.current"""

PEOPLE = (
    """
WITH span AS (
    SELECT CAST(:start AS date)::timestamp AT TIME ZONE 'UTC' AS "from",
           CAST(:end AS date)::timestamp AT TIME ZONE 'UTC' AS "to"),
answered AS (
    SELECT {owner}::text AS owner, count(*)::integer AS rows,
           mode() WITHIN GROUP (ORDER BY e.category::text) AS category,
           mode() WITHIN GROUP (ORDER BY coalesce(t.parent_id, t.theme_id))::text AS theme,
           avg(r.sentiment_score)::double precision AS mood
    FROM span, {rows} r
    JOIN {exercises} e ON e.id = r.exercise_id
    LEFT JOIN northlight.point p ON p.row_id = {id}::text AND p.run_id = ("""
    + CURRENT_RUN
    + """)
    LEFT JOIN northlight.theme_in_run t ON t.run_id = p.run_id AND t.theme_id = p.theme_id
    WHERE {time} >= span."from" AND {time} < span."to" AND {owner}::text <> ALL ({left_out})
    GROUP BY 1),
met AS (
    SELECT s.user_id::text AS owner,
           mode() WITHIN GROUP (ORDER BY s.session_type::text) AS session,
           bool_or(s.completion_status = 'completed') AS completion
    FROM span, {user_sessions} s
    WHERE s.start_time >= span."from" AND s.start_time < span."to" GROUP BY 1),
coached AS (
    SELECT DISTINCT ON (a.owner) a.owner, a.coach_id::text AS coach
    FROM span, northlight_auth.assignment a
    WHERE a.system = :system AND a.valid && tstzrange(span."from", span."to")
    ORDER BY a.owner, lower(a.valid) DESC NULLS LAST, a.id DESC)
SELECT answered.owner, coached.coach, answered.rows, answered.category, answered.theme,
       answered.mood, met.session, coalesce(met.completion, false) AS completion
FROM answered LEFT JOIN met USING (owner) LEFT JOIN coached USING (owner) ORDER BY owner"""
)

WEEKS_OVER = """
SELECT DISTINCT date_trunc('week', {time} AT TIME ZONE 'UTC')::date AS week FROM {rows} r
WHERE {time} < date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' ORDER BY 1"""

CATEGORIES = "SELECT DISTINCT e.category::text AS category FROM {exercises} e ORDER BY 1"

THEMES = (
    """
WITH named AS (
    SELECT th.id, th.name FROM northlight.theme th
    JOIN northlight.theme_in_run t ON t.theme_id = th.id AND t.parent_id IS NULL
    WHERE t.run_id = ("""
    + CURRENT_RUN
    + """)),
word AS (
    SELECT named.id, unnest(tsvector_to_array(
        to_tsvector(CAST(:language AS regconfig), named.name))) AS lexeme FROM named),
used AS (
    SELECT word.id, count(DISTINCT {owner}) AS owners
    FROM word
    LEFT JOIN northlight.document d
        ON d.collection_id = (SELECT c.id FROM northlight.collection c WHERE c.name = :name)
       AND d.words @@ quote_literal(word.lexeme)::tsquery
    LEFT JOIN {rows} r ON {id}::text = d.row_id AND {owner}::text <> ALL ({left_out})
    GROUP BY word.id, word.lexeme)
SELECT named.id::text AS id, CASE
    WHEN (SELECT min(used.owners) FROM used WHERE used.id = named.id) >= :fewest THEN named.name
    ELSE 'theme ' || named.id END AS name
FROM named ORDER BY named.id"""
)
