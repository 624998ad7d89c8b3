"""The views of a collection: what each role may read of it, and nothing else.

For every role that may open a collection there are, in the schema of that role,

    NAME             the rows: roles as columns
    NAME__distances  row_id and the cosine distance to the transaction's query vector
    NAME__signs      row_id, in how many signs its vector differs from the query vector, and in how
                     many the nearest do
    NAME__refusals   row_id and why the row could not be embedded
    NAME__words      row_id and the row's words, for the words leg of a search
    NAME__lexemes    in how many rows in scope a lexeme occurs
    NAME__points     row_id, place and theme on the current map
    NAME__proposed   row_id, place and theme on the map that a refit proposes, while one waits
    NAME__themes     themes of the current map; sizes count rows in scope only
    NAME__events     what happened to those themes
    NAME__alike      pairs of rows in scope that are similar, once from either row

and, where the declaration has companions (queries/collections/companion.py),

    NAME__answers, NAME__sessions, NAME__exercises, NAME__profiles, NAME__media
    NAME__histories  what a person answered and when, packed, a row a person

The views belong to the owner of Northlight's schema and reach tables that the roles have no right
to; `queries.access.reaches` says what each role sees through them, `queries.collections.view_sql`
and `queries.maps.map_sql` how.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import md5
from itertools import chain

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from queries.access.reaches import ANALYST, COACH, ENGINEER, OPERATOR, WORKER, reaches
from queries.collection import Collection
from queries.collections import companion_sql
from queries.collections.view_sql import statements
from queries.embeddings.active_space import ActiveSpace
from queries.engine import first_line
from queries.errors import DeclarationError
from queries.identifiers import literal, quoted
from queries.maps import map_sql

PARTS = (
    *("", "__distances", "__refusals", "__words", "__lexemes", "__points", "__themes", "__events"),
    *("__alike", "__signs"),
    "__proposed",
)


@dataclass(frozen=True)
class View:
    """One view to be made."""

    role: str
    name: str
    sql: str
    barrier: bool


def remake(connection: Connection, name: str) -> None:
    """Make every view of a declared collection anew, for every role.

    Needed when the declaration, the active space or Northlight's own SQL changes. Raises
    DeclarationError when the declaration's own SQL does not fit the table.
    """
    views = _views_of(connection, name)
    drop_views(connection, name)
    try:
        for view in views:
            _make(connection, view)
    except ProgrammingError as error:
        raise DeclarationError(
            f"{name}: its view cannot be made: {first_line(error)} "
            "Check `only` and the lookups and companions in its catalog file."
        ) from error
    made = literal(_digest(views))
    connection.exec_driver_sql(f"COMMENT ON VIEW {WORKER}.{quoted(name)} IS {made}")


def all_made(connection: Connection, name: str) -> bool:
    """Whether every view of a declared collection is there as it would be made now."""
    views = _views_of(connection, name)
    missing = connection.execute(
        text("SELECT count(*) FROM unnest(CAST(:names AS text[])) n WHERE to_regclass(n) IS NULL"),
        {"names": [view.name for view in views]},
    )
    if missing.scalar_one():
        return False
    told = connection.execute(
        text("SELECT obj_description(to_regclass(:name), 'pg_class')"),
        {"name": f"{WORKER}.{quoted(name)}"},
    )
    return bool(told.scalar() == _digest(views))


def _views_of(connection: Connection, name: str) -> list[View]:
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
    active = ActiveSpace(row.id, row.dimensions, row.storage, row.half) if row.id else None
    return [
        View(reach.role, f"{reach.role}.{quoted(name + part)}", sql, reach.narrow)
        for reach in reaches(collection)
        for part, sql in chain(
            statements(collection, reach, row.number, active),
            map_sql.statements(collection, reach, row.number),
            companion_sql.statements(collection, reach, row.number),
        )
    ]


def _digest(views: Iterable[View]) -> str:
    return md5("\n".join(map(repr, views)).encode(), usedforsecurity=False).hexdigest()


def _make(connection: Connection, view: View) -> None:
    barrier = " WITH (security_barrier)" if view.barrier else ""
    made = f"CREATE VIEW {view.name}{barrier} AS {view.sql}"
    connection.exec_driver_sql(made.replace("%", "%%"))
    connection.exec_driver_sql(f"GRANT SELECT ON {view.name} TO {view.role}")


def drop_views(connection: Connection, name: str) -> None:
    """Remove the views of a collection in every schema; they depend on one another."""
    schemas = (WORKER, OPERATOR, ANALYST, ENGINEER, COACH)
    for schema in schemas:
        for part in reversed((*PARTS, *companion_sql.PARTS)):
            connection.exec_driver_sql(f"DROP VIEW IF EXISTS {schema}.{quoted(name + part)}")
