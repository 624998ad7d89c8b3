"""The views of a collection: what each role may read of it, and nothing else.

For every role that may open a collection there are, in the schema of that role,

    NAME             the rows: roles as columns
    NAME__distances  row_id and the cosine distance to the transaction's query vector
    NAME__refusals   row_id and why the row could not be embedded
    NAME__words      row_id and the row's words, for the words leg of a search
    NAME__lexemes    in how many rows in scope a lexeme occurs
    NAME__points     row_id, place and theme on the current map
    NAME__themes     themes of the current map; sizes count rows in scope only

The views belong to the owner of Northlight's schema and reach tables that the roles have no right
to. Who asks is not a matter of the role, which anybody with the login can take, but of the signed
token behind it (migrations/0003_identity.sql). A vector is never a column: the query vector is set
for the transaction and only distances come out, through the HNSW index where there is one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from queries.collection import Collection
from queries.engine import first_line
from queries.errors import DeclarationError
from queries.identifiers import identifier, literal, quoted

WORKER, COACH, ANALYST = "northlight_worker", "northlight_coach", "northlight_analyst"
ENGINEER, OPERATOR = "northlight_engineer", "northlight_operator"
# Systems whose ownerless collections are material for everybody who works in them.
COACHING = "playbook"
SHARED_SYSTEMS = ("nexus", "community")
PARTS = ("", "__distances", "__refusals", "__words", "__lexemes", "__points", "__themes")


@dataclass(frozen=True)
class ActiveSpace:
    """What the views must know of the space in use."""

    id: int
    dimensions: int
    storage: str
    half: bool


@dataclass(frozen=True)
class Reach:
    """What one role reaches of a collection: a condition on its table, and what it sees changed.

    `narrow` means that the condition differs from row to row: then the view is a security barrier
    and its words and lexemes are worked out from the rows in scope.
    """

    role: str
    condition: str = ""
    narrow: bool = False
    pseudonymous: bool = False


def reaches(collection: Collection) -> Iterator[Reach]:
    """The roles that may open a collection at all, and how."""
    yield Reach(WORKER)
    yield Reach(OPERATOR, _may_read("operator", collection))
    yield Reach(ANALYST, _as_analyst(collection), pseudonymous=collection.personal)
    yield Reach(ENGINEER, _may_read("engineer", collection))
    if collection.group == COACHING:
        yield _as_coach(collection)


def _as_coach(collection: Collection) -> Reach:
    """Own clients' rows; of a collection without owners, every row."""
    if collection.owner is None:
        return Reach(COACH, "(SELECT northlight_auth.person_as('coach')) IS NOT NULL")
    clients = f"northlight_auth.own_clients({literal(collection.group)})"
    # An array from a sub-select is worked out once and uses an index on the owner column.
    own = f"t.{quoted(collection.owner)}::text = ANY (ARRAY(SELECT unnest({clients})))"
    return Reach(COACH, own, narrow=True)


def _as_analyst(collection: Collection) -> str:
    allowed = _may_read("analyst", collection)
    if collection.owner is None:
        return allowed
    withdrawn = f"northlight_auth.withdrawn({literal(collection.group)}, 'research')"
    consenting = f"t.{quoted(collection.owner)}::text <> ALL (ARRAY(SELECT unnest({withdrawn})))"
    nobody = f"t.{quoted(collection.owner)} IS NULL"
    return f"{allowed} AND ({nobody} OR {consenting})"


def _may_read(role: str, collection: Collection) -> str:
    """One answer a statement, not one a row: without the right nothing is scanned at all."""
    arguments = ", ".join(map(literal, (role, collection.name, collection.group)))
    return f"(SELECT northlight_auth.may_read({arguments}))"


def remake(connection: Connection, name: str) -> None:
    """Make every view of a declared collection anew, for every role.

    Needed when the declaration or the active space changes. Raises DeclarationError when the
    declaration's own SQL does not fit the table.
    """
    row = connection.execute(
        text(
            "SELECT c.id AS number, c.declaration, s.id, s.dimensions, s.storage, s.half "
            "FROM northlight.collection c "
            "LEFT JOIN northlight.space s ON s.collection_id = c.id AND s.active "
            "WHERE c.name = :name"
        ),
        {"name": name},
    ).one()
    collection = Collection.from_json(row.declaration)
    active = ActiveSpace(row.id, row.dimensions, row.storage, row.half)
    drop_views(connection, name)
    try:
        _make(connection, collection, row.number, active if active.id else None)
    except ProgrammingError as error:
        raise DeclarationError(
            f"{name}: its view cannot be made: {first_line(error)} "
            "Check `only` and the lookups in its catalog file."
        ) from error


def all_made(connection: Connection, collection: Collection) -> bool:
    """Whether every role that may open the collection has its views."""
    names = [
        f"{reach.role}.{quoted(collection.name + part)}"
        for reach in reaches(collection)
        for part in PARTS
    ]
    missing = connection.execute(
        text("SELECT count(*) FROM unnest(CAST(:names AS text[])) n WHERE to_regclass(n) IS NULL"),
        {"names": names},
    )
    return bool(missing.scalar_one() == 0)


def _make(
    connection: Connection, collection: Collection, number: int, space: ActiveSpace | None
) -> None:
    for reach in reaches(collection):
        for part, sql in statements(collection, reach, number, space):
            view = f"{reach.role}.{quoted(collection.name + part)}"
            barrier = " WITH (security_barrier)" if reach.narrow else ""
            connection.exec_driver_sql(f"CREATE VIEW {view}{barrier} AS {sql}".replace("%", "%%"))
            connection.exec_driver_sql(f"GRANT SELECT ON {view} TO {reach.role}")


def drop_views(connection: Connection, name: str) -> None:
    """Remove the views of a collection in every schema; they depend on one another."""
    schemas = (WORKER, OPERATOR, ANALYST, ENGINEER, COACH)
    for schema in schemas:
        for part in reversed(PARTS):
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {schema}.{quoted(name + part)}")


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
    # In a sub-select, or the vector would be spelled out anew for every row of an exact search.
    return f"(SELECT coalesce(({found}), {spelled}))"


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
