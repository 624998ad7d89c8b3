"""The SQL of a collection's views, for one reach.

A vector is never a column of a reader's view: the query vector is set for the transaction and only
distances come out, through the HNSW index where there is one.
"""

from collections.abc import Iterator

from queries.access.reaches import WORKER, Reach
from queries.collection import Collection
from queries.embeddings import signs
from queries.embeddings.active_space import ActiveSpace
from queries.identifiers import identifier, literal, quoted

LONGEST_INDEXED = 250_000  # past a quarter of a megabyte the words no longer fit into a tsvector
# About so many vectors of a space have signs no more unlike than `near`, which a sample of so many
# of a hundred of its pages tells.
NEAR_ROWS, SAMPLED = 1536, 4

_PSEUDONYM_KEY = "northlight_auth.signing_key k WHERE k.kid = 0"


def statements(
    collection: Collection, reach: Reach, number: int, space: ActiveSpace | None
) -> Iterator[tuple[str, str]]:
    """The query of each view, by the ending of its name."""
    yield "", rows_sql(collection, reach)
    yield "__distances", distances_sql(collection, reach, space)
    yield "__signs", signs_sql(collection, reach, space)
    yield "__refusals", refusals_sql(collection, reach, space)
    yield "__words", words_sql(collection, reach, number)
    yield "__lexemes", lexemes_sql(collection, reach, number)
    yield "__alike", alike_sql(collection, reach, space)


def rows_sql(collection: Collection, reach: Reach) -> str:
    """The rows themselves, with roles as columns."""
    shown = [
        f"t.{quoted(collection.id)} AS id",
        f"{row_id_of(collection)} AS row_id",
        f"{told(_text(collection), reach)} AS text",
        f"{told(_optional(collection.heading, 'text'), reach)} AS title",
        f"{owner_shown(collection, reach)} AS owner",
        f"{_optional(collection.time, 'timestamptz')} AS time",
    ]
    if reach.role == WORKER:
        shown.append(f"{_embedding(collection)} AS embedding")
    shown += _facets(collection, reach)
    joins = [
        f"LEFT JOIN {identifier(lookup.table)} l{number} "
        f"ON l{number}.{quoted(lookup.key)} = t.{quoted(lookup.on)}"
        for number, lookup in enumerate(collection.lookups)
    ]
    return f"SELECT {', '.join(shown)} FROM {scope(collection, reach, *joins)}"


def _facets(collection: Collection, reach: Reach) -> Iterator[str]:
    """The facets; where owners are pseudonyms none that is the owner or is looked up by it."""
    for number, lookup in enumerate(collection.lookups):
        of_owner = reach.pseudonymous and lookup.on == collection.owner
        value = "NULL::text" if of_owner else f"l{number}.{quoted(lookup.show)}::text"
        yield f"{value} AS {quoted(lookup.name)}"
    for facet, source in collection.facet_columns:
        is_owner = reach.pseudonymous and source == collection.owner
        value = owner_shown(collection, reach) if is_owner else f"t.{quoted(source)}"
        yield f"{value} AS {quoted(facet)}"


def distances_sql(collection: Collection, reach: Reach, space: ActiveSpace | None) -> str:
    """Distances to `northlight.query`; NULL while no query vector is set.

    From the space's own partition: of all of them together the planner knows next to nothing.
    """
    if space is None:
        return "SELECT NULL::text AS row_id, NULL::float8 AS distance WHERE false"
    kind = f"{'halfvec' if space.half else 'vector'}({space.dimensions})"
    query = _query(collection, reach, space, kind)
    if space.storage == "column":
        vector = f"t.{quoted(str(collection.embedding))}"
        return (
            f"SELECT {row_id_of(collection)} AS row_id, ({vector} <=> {query}) AS distance "
            f"FROM {scope(collection, reach)} {_and(collection, reach)} {vector} IS NOT NULL"
        )
    within = not_withheld(collection, reach, "e.row_id")
    return (
        f"SELECT e.row_id, (e.embedding::{kind} <=> {query}) AS distance "
        f"FROM northlight.embedding_{space.id} e WHERE e.embedding IS NOT NULL{within}"
    )


def signs_sql(collection: Collection, reach: Reach, space: ActiveSpace | None) -> str:
    """In how many signs a vector differs from what distances are measured to.

    `near`, the same in each row and worked out only when asked for, is how unlike about NEAR_ROWS
    vectors are at most; of few vectors all are near. A narrow reach has none of it: its few rows
    are compared in full.
    """
    if space is None or space.storage == "column" or reach.narrow:
        return (
            "SELECT NULL::text AS row_id, NULL::float8 AS unlike, NULL::float8 AS near WHERE false"
        )
    query = _query(collection, reach, space, f"halfvec({space.dimensions})")
    unlike = f"(s.signs <~> {signs.signs_sql(query, space.dimensions)})"
    stored = f"northlight.sign_{space.id} s"
    within = f"WHERE true{not_withheld(collection, reach, 's.row_id')}"
    near = _near(unlike, stored, within)
    return f"SELECT s.row_id, {unlike} AS unlike, {near} AS near FROM {stored} {within}"


def _near(unlike: str, stored: str, within: str) -> str:
    """The sample is of rows in reach alone, so it tells nothing of others."""
    found = (
        f"SELECT {unlike} FROM {stored} TABLESAMPLE SYSTEM ({SAMPLED}) REPEATABLE (0) {within} "
        f"ORDER BY 1 OFFSET {NEAR_ROWS * SAMPLED // 100} LIMIT 1"
    )
    return f"coalesce(({found}), 'infinity')"


def refusals_sql(collection: Collection, reach: Reach, space: ActiveSpace | None) -> str:
    """Rows in scope that the model could not embed."""
    within = in_reach(collection, reach, "e.row_id")
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
        found = f"SELECT t.{quoted(str(collection.embedding))} FROM {scope(collection, reach)} "
        found += f"{_and(collection, reach)} {row_id_of(collection)} = {like}"
    else:
        within = in_reach(collection, reach, "q.row_id")
        found = (
            f"SELECT q.embedding::{kind} FROM northlight.embedding q "
            f"WHERE q.space_id = {space.id} AND q.row_id = {like}{within}"
        )
    # As a query of its own it is worked out once; bare, the vector is read anew for every row.
    return f"(SELECT coalesce(({found}), {spelled}))"


def words_sql(collection: Collection, reach: Reach, number: int) -> str:
    """The stored words; for a narrow reach those of the rows in scope, worked out now."""
    if reach.narrow:
        language = literal(collection.language)
        body = f"concat_ws(E'\\n', {_optional(collection.heading, 'text')}, {_text(collection)})"
        return (
            f"SELECT {row_id_of(collection)} AS row_id, "
            f"to_tsvector({language}::regconfig, left({body}, {LONGEST_INDEXED})) AS words "
            f"FROM {scope(collection, reach)}"
        )
    within = in_reach(collection, reach, "d.row_id")
    return (
        f"SELECT d.row_id, d.words FROM northlight.document d "
        f"WHERE d.collection_id = {number}{within}"
    )


def lexemes_sql(collection: Collection, reach: Reach, number: int) -> str:
    """`lexeme, rows`; for a narrow reach counted over the rows in scope alone."""
    if reach.narrow:
        words = f"{reach.role}.{quoted(collection.name + '__words')}"
        return (
            "SELECT l.lexeme, count(*)::integer AS rows "
            f"FROM {words} w CROSS JOIN LATERAL unnest(w.words) AS l GROUP BY l.lexeme"
        )
    known = f"SELECT x.lexeme, x.rows FROM northlight.lexeme x WHERE x.collection_id = {number}"
    return known + allowed(reach)


def alike_sql(collection: Collection, reach: Reach, space: ActiveSpace | None) -> str:
    """Similar pairs, both rows in scope."""
    both = "".join(in_reach(collection, reach, row) for row in ("a.row_id", "a.other_id"))
    return (
        "SELECT a.row_id, a.other_id, a.similarity FROM northlight.alike a "
        f"WHERE a.space_id = {space.id if space else 0}{both}"
    )


def scope(collection: Collection, reach: Reach, *joins: str) -> str:
    """The table, what is joined to it, and the rows that are the collection's and in reach."""
    conditions = [collection.only] if collection.only else []
    where = " AND ".join(f"({condition})" for condition in (*conditions, *reach.conditions))
    joined = " ".join((f"{identifier(collection.table)} t", *joins))
    return f"{joined} WHERE {where}" if where else joined


def _and(collection: Collection, reach: Reach) -> str:
    return "AND" if collection.only or reach.conditions else "WHERE"


def in_reach(collection: Collection, reach: Reach, row_id: str) -> str:
    """That a stored row is in reach, to be added to a WHERE."""
    if not reach.rows:
        return allowed(reach)
    ids = f"SELECT {row_id_of(collection)} FROM {scope(collection, reach)}"
    # An array shuts the planner off every plan that begins with the rows of others.
    found = f"= ANY (ARRAY({ids}))" if reach.narrow else f"IN ({ids})"
    return f"{allowed(reach)} AND {row_id} {found}"


def not_withheld(collection: Collection, reach: Reach, row_id: str) -> str:
    """As `in_reach`, where very many rows are read, or some along an index.

    The few rows out of reach are gathered once and set against them, which keeps the order of the
    index. What is stored of a row that was deleted comes out until it is removed, as it does for
    other roles.
    """
    if not reach.withheld:
        return in_reach(collection, reach, row_id)
    withheld = f"{identifier(collection.table)} t WHERE {reach.withheld}"
    ids = (
        f"SELECT {row_id_of(collection)} FROM {withheld} AND t.{quoted(collection.id)} IS NOT NULL"
    )
    return f"{allowed(reach)} AND {row_id} NOT IN ({ids})"


def allowed(reach: Reach) -> str:
    return f" AND {reach.right}" if reach.right else ""


def row_id_of(collection: Collection) -> str:
    return f"t.{quoted(collection.id)}::text"


def _text(collection: Collection) -> str:
    pieces = [f"nullif(t.{quoted(name)}::text, '')" for name in collection.text]
    if len(pieces) == 1:
        return pieces[0]
    return f"nullif(concat_ws(E'\\n\\n', {', '.join(pieces)}), '')"


def owner_shown(collection: Collection, reach: Reach) -> str:
    """The owner, or what northlight_auth.pseudonym answers.

    No reader may call that function: it would answer for every owner one can think of.
    """
    if collection.owner is None or not reach.pseudonymous:
        return _optional(collection.owner, "text")
    owner = f"t.{quoted(collection.owner)}::text"
    system = literal(collection.group)
    inner, outer = (f"(SELECT k.{pad}_pad FROM {_PSEUDONYM_KEY})" for pad in ("inner", "outer"))
    message = f"convert_to({literal('alias|' + collection.group + '|')} || {owner}, 'UTF8')"
    return (
        "coalesce((SELECT a.alias FROM northlight_auth.alias a "
        f"WHERE a.system = {system} AND a.owner = {owner}), "
        f"'p-' || left(encode(sha256({outer} || sha256({inner} || {message})), 'hex'), 12))"
    )


def _embedding(collection: Collection) -> str:
    return f"t.{quoted(collection.embedding)}" if collection.embedding else "NULL::halfvec"


def told(expression: str, reach: Reach) -> str:
    """A text as this role reads it: masked, and none for a row out of a wide reach."""
    shown = f"northlight_auth.masked({expression})" if reach.pseudonymous else expression
    wide = reach.rows and not reach.narrow
    return f"CASE WHEN {reach.rows} THEN {shown} END" if wide else shown


def _optional(name: str | None, as_type: str) -> str:
    return f"t.{quoted(name)}::{as_type}" if name else f"NULL::{as_type}"
