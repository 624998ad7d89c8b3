"""The SQL of the views of a collection's map, for one reach: points, themes and their events."""

from collections.abc import Iterator

from queries.access.reaches import Reach
from queries.collection import Collection
from queries.collections.view_sql import allowed, in_reach, not_withheld
from queries.identifiers import quoted


def statements(collection: Collection, reach: Reach, number: int) -> Iterator[tuple[str, str]]:
    """The query of each view, by the ending of its name; later ones may read earlier ones."""
    yield "__points", points_sql(collection, reach, number)
    yield "__proposed", proposed_sql(collection, reach, number)
    yield "__themes", themes_sql(collection, reach, number)
    yield "__events", events_sql(collection, reach, number)


def points_sql(collection: Collection, reach: Reach, number: int) -> str:
    """Points of the current run whose rows are in scope."""
    within = not_withheld(collection, reach, "p.row_id")
    return (
        "SELECT p.run_id, p.row_id, p.x, p.y, p.theme_id, p.membership, p.placed, p.second_id, "
        "p.second_membership "
        f"FROM northlight.point p WHERE p.run_id = {_current(number)}{within}"
    )


def proposed_sql(collection: Collection, reach: Reach, number: int) -> str:
    """As points_sql, of the run that waits to be accepted, with the names of its themes."""
    within = not_withheld(collection, reach, "p.row_id")
    run = f"(SELECT r.id FROM northlight.run r WHERE r.collection_id = {number} AND r.proposed)"
    return (
        "SELECT p.row_id, p.x, p.y, p.theme_id, h.name AS theme, "
        "coalesce(above.name, h.name) AS family FROM northlight.point p "
        "LEFT JOIN northlight.theme h ON h.id = p.theme_id "
        "LEFT JOIN northlight.theme_in_run f ON f.run_id = p.run_id AND f.theme_id = p.theme_id "
        f"LEFT JOIN northlight.theme above ON above.id = f.parent_id WHERE p.run_id = {run}{within}"
    )


def themes_sql(collection: Collection, reach: Reach, number: int) -> str:
    """Themes of the current run. Sizes, owners and representatives are of rows in scope."""
    fixed = (
        "h.id, f.run_id, f.parent_id, h.name, h.named_by, h.definition, h.pinned, h.created_at, "
        "f.terms, f.stability, f.separation, f.rival_id, f.x, f.y, "
        "coalesce(f.state, CASE WHEN EXISTS ("
        "SELECT FROM northlight.theme_event v WHERE v.theme_id = h.id AND v.run_id = f.run_id "
        "AND v.kind = 'born') THEN 'new' ELSE 'steady' END) AS state"
    )
    source = (
        "FROM northlight.theme_in_run f JOIN northlight.theme h ON h.id = f.theme_id "
        f"WHERE f.run_id = {_current(number)}"
    )
    if not reach.narrow:
        shown = "f.representatives"
        if reach.rows:
            within = in_reach(collection, reach, "r.id")
            shown = (
                "ARRAY(SELECT r.id FROM unnest(f.representatives) WITH ORDINALITY AS r (id, place) "
                f"WHERE true{within} ORDER BY r.place) AS representatives"
            )
        return f"SELECT {fixed}, f.size, f.owners, {shown} {source}{allowed(reach)}"
    points = f"{reach.role}.{quoted(collection.name + '__points')}"
    return (
        f"{_own_sizes(collection, reach, points)} "
        f"SELECT {fixed}, own.size, own.owners, ARRAY(SELECT r FROM unnest(f.representatives) r "
        f"WHERE r IN (SELECT row_id FROM {points})) AS representatives "
        "FROM northlight.theme_in_run f JOIN northlight.theme h ON h.id = f.theme_id "
        f"JOIN own ON own.theme_id = f.theme_id WHERE f.run_id = {_current(number)}"
    )


def _own_sizes(collection: Collection, reach: Reach, points: str) -> str:
    """`own`: rows in scope and their owners of each theme, counted once whatever asks for them.

    Rows are reached by their key: that few points are in scope is more than the planner knows, and
    it would go through all rows for every point.
    """
    rows = f"{reach.role}.{quoted(collection.name)}"
    return (
        "WITH own AS MATERIALIZED (SELECT part.theme_id, count(*)::integer AS size, "
        f"count(DISTINCT r.owner)::integer AS owners FROM {points} p "
        f"JOIN {rows} r ON r.id = CAST(p.row_id AS {collection.id_type}) "
        "JOIN northlight.theme_in_run below ON below.run_id = p.run_id "
        "AND below.theme_id = p.theme_id "
        "CROSS JOIN LATERAL (VALUES (below.theme_id), (below.parent_id)) part (theme_id) "
        "WHERE part.theme_id IS NOT NULL GROUP BY part.theme_id)"
    )


def events_sql(collection: Collection, reach: Reach, number: int) -> str:
    """The history of the themes; for a narrow reach of those in scope."""
    own = ""
    if reach.narrow:
        themes = f"{reach.role}.{quoted(collection.name + '__themes')}"
        own = f" AND v.theme_id IN (SELECT id FROM {themes})"
    return (
        "SELECT v.id, v.theme_id, v.run_id, v.kind, v.detail, v.made_by, v.created_at "
        f"FROM northlight.theme_event v WHERE v.collection_id = {number}{allowed(reach)}{own}"
    )


def _current(number: int) -> str:
    return f"(SELECT run.id FROM northlight.run WHERE run.collection_id = {number} AND run.current)"
