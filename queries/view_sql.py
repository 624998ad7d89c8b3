"""The SQL of a collection's views, for one reach.

A vector is never a column of a reader's view: the query vector is set for the transaction and only
distances come out, through the HNSW index where there is one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from queries.collection import Collection
from queries.identifiers import identifier, literal, quoted
from queries.reaches import WORKER, Reach

LONGEST_INDEXED = 250_000  # past a quarter of a megabyte the words no longer fit into a tsvector


@dataclass(frozen=True)
class ActiveSpace:
    """What the views must know of the space in use."""

    id: int
    dimensions: int
    storage: str
    half: bool


def statements(
    collection: Collection, reach: Reach, number: int, space: ActiveSpace | None
) -> Iterator[tuple[str, str]]:
    """The query of each view, by the ending of its name."""
    yield "", rows_sql(collection, reach)
    yield "__distances", distances_sql(collection, reach, space)
    yield "__refusals", refusals_sql(collection, reach, space)
    yield "__words", words_sql(collection, reach, number)
    yield "__lexemes", lexemes_sql(collection, reach, number)
    yield "__points", points_sql(collection, reach, number)
    yield "__themes", themes_sql(collection, reach, number)


def rows_sql(collection: Collection, reach: Reach) -> str:
    """The rows themselves, with roles as columns."""
    hidden = reach.pseudonymous
    shown = [
        f"t.{quoted(collection.id)} AS id",
        f"{_row_id(collection)} AS row_id",
        f"{_masked(_text(collection), hidden)} AS text",
        f"{_masked(_optional(collection.heading, 'text'), hidden)} AS title",
        f"{_owner(collection, hidden)} AS owner",
        f"{_optional(collection.time, 'timestamptz')} AS time",
    ]
    if reach.role == WORKER:
        shown.append(f"{_embedding(collection)} AS embedding")
    shown += [
        f"l{number}.{quoted(lookup.show)}::text AS {quoted(lookup.name)}"
        for number, lookup in enumerate(collection.lookups)
    ]
    shown += [
        f"t.{quoted(source)} AS {quoted(facet)}" for facet, source in collection.facet_columns
    ]
    joins = [
        f"LEFT JOIN {identifier(lookup.table)} l{number} "
        f"ON l{number}.{quoted(lookup.key)} = t.{quoted(lookup.on)}"
        for number, lookup in enumerate(collection.lookups)
    ]
    return f"SELECT {', '.join(shown)} FROM {_scope(collection, reach, *joins)}"


def distances_sql(collection: Collection, reach: Reach, space: ActiveSpace | None) -> str:
    """Distances to `northlight.query`; NULL while no query vector is set."""
    if space is None:
        return "SELECT NULL::text AS row_id, NULL::float8 AS distance WHERE false"
    kind = f"{'halfvec' if space.half else 'vector'}({space.dimensions})"
    query = _query(collection, reach, space, kind)
    if space.storage == "column":
        vector = f"t.{quoted(str(collection.embedding))}"
        return (
            f"SELECT {_row_id(collection)} AS row_id, ({vector} <=> {query}) AS distance "
            f"FROM {_scope(collection, reach)} {_and(collection, reach)} {vector} IS NOT NULL"
        )
    within = f" AND {_in_scope(collection, reach, 'e.row_id')}" if reach.condition else ""
    return (
        f"SELECT e.row_id, (e.embedding::{kind} <=> {query}) AS distance "
        f"FROM northlight.embedding e WHERE e.space_id = {space.id} "
        f"AND e.embedding IS NOT NULL{within}"
    )


def refusals_sql(collection: Collection, reach: Reach, space: ActiveSpace | None) -> str:
    """Rows in scope that the model could not embed."""
    within = f" AND {_in_scope(collection, reach, 'e.row_id')}" if reach.condition else ""
    return (
        "SELECT e.row_id, e.refused FROM northlight.embedding e "
        f"WHERE e.space_id = {space.id if space else 0} AND e.refused IS NOT NULL{within}"
    )


def _query(collection: Collection, reach: Reach, space: ActiveSpace, kind: str) -> str:
    """What distances are measured to: the vector of the row `northlight.like`, if it is in scope
    and has one, else the vector that `northlight.query` spells."""
    spelled = f"nullif(current_setting('northlight.query', true), '')::{kind}"
    like = "nullif(current_setting('northlight.like', true), '')"
    if space.storage == "column":
        found = f"SELECT t.{quoted(str(collection.embedding))} FROM {_scope(collection, reach)} "
        found += f"{_and(collection, reach)} {_row_id(collection)} = {like}"
    else:
        within = f" AND {_in_scope(collection, reach, 'q.row_id')}" if reach.condition else ""
        found = (
            f"SELECT q.embedding::{kind} FROM northlight.embedding q "
            f"WHERE q.space_id = {space.id} AND q.row_id = {like}{within}"
        )
    return f"coalesce(({found}), {spelled})"


def words_sql(collection: Collection, reach: Reach, number: int) -> str:
    """The stored words; for a narrow reach those of the rows in scope, worked out now."""
    if reach.narrow:
        language = literal(collection.language)
        body = f"concat_ws(E'\\n', {_optional(collection.heading, 'text')}, {_text(collection)})"
        return (
            f"SELECT {_row_id(collection)} AS row_id, "
            f"to_tsvector({language}::regconfig, left({body}, 250000)) AS words "
            f"FROM {_scope(collection, reach)}"
        )
    within = f" AND {reach.condition}" if _is_constant(reach) else ""
    consenting = f" AND {_in_scope(collection, reach, 'd.row_id')}" if _drops_rows(reach) else ""
    return (
        f"SELECT d.row_id, d.words FROM northlight.document d "
        f"WHERE d.collection_id = {number}{within}{consenting}"
    )


def lexemes_sql(collection: Collection, reach: Reach, number: int) -> str:
    """`lexeme, rows`; for a narrow reach counted over the rows in scope alone."""
    if reach.narrow:
        words = f"{reach.role}.{quoted(collection.name + '__words')}"
        return (
            "SELECT l.lexeme, count(*)::integer AS rows "
            f"FROM {words} w CROSS JOIN LATERAL unnest(w.words) AS l GROUP BY l.lexeme"
        )
    allowed = f" AND {_right(reach)}" if reach.condition else ""
    known = f"SELECT x.lexeme, x.rows FROM northlight.lexeme x WHERE x.collection_id = {number}"
    return known + allowed


def points_sql(collection: Collection, reach: Reach, number: int) -> str:
    """Points of the current run whose rows are in scope."""
    within = f" AND {_in_scope(collection, reach, 'p.row_id')}" if reach.condition else ""
    return (
        "SELECT p.run_id, p.row_id, p.x, p.y, p.theme_id, p.membership, p.placed "
        f"FROM northlight.point p WHERE p.run_id = {_current(number)}{within}"
    )


def themes_sql(collection: Collection, reach: Reach, number: int) -> str:
    """Themes of the current run. Sizes, owners and representatives are of rows in scope."""
    fixed = (
        "h.id, f.run_id, f.parent_id, h.name, h.named_by, h.definition, h.pinned, h.created_at, "
        "f.terms, f.stability, f.separation, f.rival_id, f.x, f.y, CASE WHEN EXISTS ("
        "SELECT FROM northlight.theme_event v WHERE v.theme_id = h.id AND v.run_id = f.run_id "
        "AND v.kind = 'born') THEN 'new' ELSE 'steady' END AS state"
    )
    source = (
        "FROM northlight.theme_in_run f JOIN northlight.theme h ON h.id = f.theme_id "
        f"WHERE f.run_id = {_current(number)}"
    )
    if not reach.narrow:
        allowed = f" AND {_right(reach)}" if reach.condition else ""
        return f"SELECT {fixed}, f.size, f.owners, f.representatives {source}{allowed}"
    name = quoted(collection.name)
    points = f"{reach.role}.{quoted(collection.name + '__points')}"
    return (
        f"SELECT {fixed}, own.size, own.owners, ARRAY(SELECT r FROM unnest(f.representatives) r "
        f"WHERE r IN (SELECT row_id FROM {points})) AS representatives "
        "FROM northlight.theme_in_run f JOIN northlight.theme h ON h.id = f.theme_id "
        "JOIN LATERAL (SELECT count(*)::integer AS size, "
        "count(DISTINCT r.owner)::integer AS owners "
        f"FROM {points} p JOIN {reach.role}.{name} r ON r.row_id = p.row_id "
        "JOIN northlight.theme_in_run below ON below.run_id = f.run_id "
        "AND below.theme_id = p.theme_id "
        "WHERE f.theme_id IN (below.theme_id, below.parent_id)) own ON own.size > 0 "
        f"WHERE f.run_id = {_current(number)}"
    )


def _scope(collection: Collection, reach: Reach, *joins: str) -> str:
    """The table, what is joined to it, and the rows that are the collection's and in reach."""
    conditions = [condition for condition in (collection.only, reach.condition) if condition]
    where = " AND ".join(f"({condition})" for condition in conditions)
    joined = " ".join((f"{identifier(collection.table)} t", *joins))
    return f"{joined} WHERE {where}" if where else joined


def _and(collection: Collection, reach: Reach) -> str:
    return "AND" if collection.only or reach.condition else "WHERE"


def _in_scope(collection: Collection, reach: Reach, row_id: str) -> str:
    if _is_constant(reach):
        return reach.condition
    ids = f"SELECT {_row_id(collection)} FROM {_scope(collection, reach)}"
    return f"{row_id} = ANY (ARRAY({ids}))" if reach.narrow else f"{row_id} IN ({ids})"


def _is_constant(reach: Reach) -> bool:
    """Whether the condition is one answer for all rows."""
    return bool(reach.condition) and "t." not in reach.condition


def _drops_rows(reach: Reach) -> bool:
    return bool(reach.condition) and not _is_constant(reach)


def _right(reach: Reach) -> str:
    """The part of the condition that is the same for all rows."""
    return reach.condition.split(" AND ", 1)[0]


def _current(number: int) -> str:
    return f"(SELECT run.id FROM northlight.run WHERE run.collection_id = {number} AND run.current)"


def _row_id(collection: Collection) -> str:
    return f"t.{quoted(collection.id)}::text"


def _text(collection: Collection) -> str:
    pieces = [f"nullif(t.{quoted(name)}::text, '')" for name in collection.text]
    if len(pieces) == 1:
        return pieces[0]
    return f"nullif(concat_ws(E'\\n\\n', {', '.join(pieces)}), '')"


def _owner(collection: Collection, hidden: bool) -> str:
    if collection.owner is None or not hidden:
        return _optional(collection.owner, "text")
    system = literal(collection.group)
    return f"northlight_auth.pseudonym({system}, t.{quoted(collection.owner)}::text)"


def _embedding(collection: Collection) -> str:
    return f"t.{quoted(collection.embedding)}" if collection.embedding else "NULL::halfvec"


def _masked(expression: str, hidden: bool) -> str:
    return f"northlight_auth.masked({expression})" if hidden else expression


def _optional(name: str | None, as_type: str) -> str:
    return f"t.{quoted(name)}::{as_type}" if name else f"NULL::{as_type}"
