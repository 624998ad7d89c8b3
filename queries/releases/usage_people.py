"""Who did what in a time, and under what it is counted: what a release of usage counts.

Three sources: the coaching tables beside a collection, a community's events, and Northlight's own
trail. As in `queries.releases.release_people` nothing of this leaves the worker, no text is read,
and who withdrew consent to the purpose `product` is not in it.
"""

from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from queries.collection import Collection
from queries.identifiers import joined_name, literal, quoted, split_name
from queries.releases.release_people import CURRENT_RUN, PRODUCT


def of_coaching(
    connection: Connection, collection: Collection, start: date, weeks: int
) -> pd.DataFrame:
    """One row a person who did anything, by owner.

    Columns: owner, coach, rows (actions), back (new, before, returned), feature (the commonest
    session type, `none` without one), step (began, completed, kept), asked (the theme of most
    questions to the avatar, `unsorted` without one, `none` where nothing was asked); when: days (of
    the week, 1 for Monday), mostly_on (the commonest of them), weeks (of the stretch, 1 the first).
    """
    there = _beside(connection, collection)
    sources = [_SOURCES[name].format(table=table) for name, table in there.items()]
    asked = _declared(connection, collection, "avatar_interactions")
    statement = COACHING.format(
        actions=" UNION ALL ".join(sources),
        avatar=there.get("avatar_interactions", _NO_AVATAR),
        run=CURRENT_RUN.replace(":name", literal(asked)),
        withdrawn=_withdrawn(collection.group),
    )
    return _frame(connection, statement, start, weeks, system=collection.group)


def of_community(
    connection: Connection, collection: Collection, start: date, weeks: int
) -> pd.DataFrame:
    """One row a member with an event, by owner.

    Columns: owner, coach (the member), rows (events), back, event (the commonest), searched (none,
    found, nothing: at least once), looked (the theme of most content opened, `none` without one);
    when, as of_coaching.
    """
    events = _sibling(collection, "analytics_events")
    statement = COMMUNITY.format(
        events=events,
        run=CURRENT_RUN.replace(":name", literal(collection.name)),
        withdrawn=_withdrawn(collection.group),
    )
    return _frame(connection, statement, start, weeks)


def of_northlight(connection: Connection, start: date, weeks: int) -> pd.DataFrame:
    """One row a person of Northlight who read anything, by owner.

    Columns: owner, coach (the person), rows (reads), back, role, action (the commonest), searched
    (none, found, nothing: at least once), waited (fast, slow, long, unknown); when, as of_coaching.
    """
    return _frame(connection, NORTHLIGHT, start, weeks)


def asked_collection(connection: Connection, collection: Collection) -> Collection | None:
    """The declared collection of questions to the avatar beside this one."""
    name = _declared(connection, collection, "avatar_interactions")
    found = connection.execute(
        text("SELECT declaration FROM northlight.collection WHERE name = :name"), {"name": name}
    ).scalar()
    return Collection.from_json(found) if found else None


def has_events(connection: Connection, collection: Collection) -> bool:
    """Whether a community's events are kept beside the collection."""
    return _exists(connection, _sibling(collection, "analytics_events"))


def has_sessions(connection: Connection, collection: Collection) -> bool:
    """Whether coaching sessions are kept beside the collection."""
    return _exists(connection, _sibling(collection, "user_sessions"))


def _frame(
    connection: Connection, statement: str, start: date, weeks: int, **more: Any
) -> pd.DataFrame:
    end = start + timedelta(weeks=weeks)
    result = connection.execute(text(statement), {"start": start, "end": end, **more})
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def _withdrawn(system: str) -> str:
    named = literal(system).replace(":", r"\:")
    return f"ARRAY(SELECT unnest(northlight_auth.withdrawn({named}, {literal(PRODUCT)})))"


def _beside(connection: Connection, collection: Collection) -> dict[str, str]:
    spelled = {name: _sibling(collection, name) for name in _SOURCES}
    return {name: table for name, table in spelled.items() if _exists(connection, table)}


def _exists(connection: Connection, spelled: str) -> bool:
    found = connection.execute(
        text("SELECT to_regclass(:name)"), {"name": spelled.replace("\\:", ":")}
    )
    return found.scalar() is not None


def _sibling(collection: Collection, name: str) -> str:
    """Quoted, for a statement in which a bare colon begins a parameter."""
    *schema, _ = split_name(collection.table)
    return ".".join(quoted(part) for part in (*schema, name)).replace(":", r"\:")


def _declared(connection: Connection, collection: Collection, name: str) -> str:
    *schema, _ = split_name(collection.table)
    found = connection.execute(
        text("SELECT name FROM northlight.collection WHERE declaration ->> 'table' = :table"),
        {"table": joined_name(*schema, name) if schema else name},
    ).scalar()
    return found or ""


_SOURCES = {
    "user_sessions": "SELECT user_id::text AS owner, start_time AS at, session_type::text AS "
    "feature, completion_status = 'completed' AS completed, false AS kept FROM {table}",
    "exercise_responses": "SELECT user_id::text, created_at, NULL, false, false FROM {table}",
    "playbook_entries": "SELECT user_id::text, created_at, NULL, false, true FROM {table}",
    "avatar_interactions": "SELECT user_id::text, created_at, 'avatar_chat', false, false "
    "FROM {table}",
}
_NO_AVATAR = "(SELECT NULL::text AS id, NULL::text AS user_id, NULL::timestamptz AS created_at)"
_SPAN = """
WITH span AS (
    SELECT CAST(:start AS date)::timestamp AT TIME ZONE 'UTC' AS "from",
           CAST(:end AS date)::timestamp AT TIME ZONE 'UTC' AS "to"),"""
# Within the stretch before that is as long as this one; at some earlier time; never.
_BACK = """CASE
    WHEN last.at IS NULL THEN 'new'
    WHEN last.at >= span."from" - (span."to" - span."from") THEN 'before'
    ELSE 'returned' END"""
_DAY = "extract(isodow FROM a.at AT TIME ZONE 'UTC')::integer"
_WHEN = f"""array_agg(DISTINCT {_DAY}) AS days, mode() WITHIN GROUP (ORDER BY {_DAY}) AS mostly_on,
           array_agg(DISTINCT 1 + ((a.at AT TIME ZONE 'UTC')::date - CAST(:start AS date)) / 7)
           AS weeks"""
_WHEN_HERE = "here.days, here.mostly_on, here.weeks"
_LAST = """LEFT JOIN LATERAL (
    SELECT max(b.at) AS at FROM {acted} b WHERE b.owner = here.owner AND b.at < span."from") last
    ON true"""

COACHING = (
    _SPAN
    + """
acted AS (SELECT * FROM ({actions}) a WHERE a.owner <> ALL ({withdrawn})),
here AS (
    SELECT a.owner, count(*)::integer AS rows,
           coalesce(mode() WITHIN GROUP (ORDER BY a.feature), 'none') AS feature,
           CASE WHEN bool_or(a.kept) THEN 'kept' WHEN bool_or(a.completed) THEN 'completed'
                ELSE 'began' END AS step,
           """
    + _WHEN
    + """
    FROM span, acted a WHERE a.at >= span."from" AND a.at < span."to" GROUP BY 1),
asked AS (
    SELECT q.user_id::text AS owner, coalesce(
        mode() WITHIN GROUP (ORDER BY coalesce(t.parent_id, t.theme_id))::text, 'unsorted') AS theme
    FROM span, {avatar} q
    LEFT JOIN northlight.point p ON p.row_id = q.id::text AND p.run_id = ({run})
    LEFT JOIN northlight.theme_in_run t ON t.run_id = p.run_id AND t.theme_id = p.theme_id
    WHERE q.created_at >= span."from" AND q.created_at < span."to" GROUP BY 1),
coached AS (
    SELECT DISTINCT ON (a.owner) a.owner, a.coach_id::text AS coach
    FROM span, northlight_auth.assignment a
    WHERE a.system = :system AND a.valid && tstzrange(span."from", span."to")
    ORDER BY a.owner, lower(a.valid) DESC NULLS LAST, a.id DESC)
SELECT here.owner, coached.coach, here.rows, """
    + _BACK
    + """ AS back, here.feature, here.step, coalesce(asked.theme, 'none') AS asked, """
    + _WHEN_HERE
    + """
FROM span, here LEFT JOIN coached USING (owner) LEFT JOIN asked USING (owner) """
    + _LAST.format(acted="acted")
    + " ORDER BY here.owner"
)

COMMUNITY = (
    _SPAN
    + """
acted AS (
    SELECT e.user_id::text AS owner, e.created_at AS at, e.event_type::text AS event,
           e.content_id::text AS content_id, e.event_type::text = 'search' AS search,
           coalesce(e.metadata ->> 'results', e.metadata ->> 'result_count') = '0' AS nothing
    FROM {events} e WHERE e.user_id IS NOT NULL AND e.user_id::text <> ALL ({withdrawn})),
here AS (
    SELECT a.owner, count(*)::integer AS rows,
           mode() WITHIN GROUP (ORDER BY a.event) AS event,
           CASE WHEN NOT bool_or(a.search) THEN 'none'
                WHEN bool_or(a.search AND a.nothing) THEN 'nothing' ELSE 'found' END AS searched,
           coalesce(mode() WITHIN GROUP (ORDER BY coalesce(t.parent_id, t.theme_id))::text, 'none')
           AS looked,
           """
    + _WHEN
    + """
    FROM span, acted a
    LEFT JOIN northlight.point p ON p.row_id = a.content_id AND p.run_id = ({run})
    LEFT JOIN northlight.theme_in_run t ON t.run_id = p.run_id AND t.theme_id = p.theme_id
    WHERE a.at >= span."from" AND a.at < span."to" GROUP BY 1)
SELECT here.owner, here.owner AS coach, here.rows, """
    + _BACK
    + """ AS back, here.event, here.searched, here.looked, """
    + _WHEN_HERE
    + """
FROM span, here """
    + _LAST.format(acted="acted")
    + " ORDER BY here.owner"
)

NORTHLIGHT = (
    _SPAN
    + """
acted AS (
    SELECT a.person_id::text AS owner, a.at, a.role, a.action, a.row_count FROM
    northlight_auth.audit a),
here AS (
    SELECT a.owner, count(*)::integer AS rows, mode() WITHIN GROUP (ORDER BY a.role) AS role,
           mode() WITHIN GROUP (ORDER BY a.action) AS action,
           CASE WHEN NOT bool_or(a.action = 'search') THEN 'none'
                WHEN bool_or(a.action = 'search' AND a.row_count = 0) THEN 'nothing'
                ELSE 'found' END AS searched, """
    + _WHEN
    + """
    FROM span, acted a WHERE a.at >= span."from" AND a.at < span."to" GROUP BY 1),
waiting AS (
    SELECT u.person_id::text AS owner, sum(u.milliseconds)::float / sum(u.times) AS mean
    FROM northlight_auth.screen_use u
    WHERE u.day >= CAST(:start AS date) AND u.day < CAST(:end AS date) GROUP BY 1)
SELECT here.owner, here.owner AS coach, here.rows, """
    + _BACK
    + """ AS back, here.role, here.action, here.searched,
       CASE WHEN waiting.mean IS NULL THEN 'unknown' WHEN waiting.mean < 1000 THEN 'fast'
            WHEN waiting.mean < 3000 THEN 'slow' ELSE 'long' END AS waited, """
    + _WHEN_HERE
    + """
FROM span, here LEFT JOIN waiting USING (owner) """
    + _LAST.format(acted="acted")
    + " ORDER BY here.owner"
)
