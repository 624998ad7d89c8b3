"""The catalogue: which collections are declared, and the views through which they are read."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, column, select, table, text
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.exc import ProgrammingError

from queries.collection import Collection, from_toml
from queries.engine import first_line
from queries.errors import DeclarationError, UnknownCollection
from queries.gate import ROLES, Gate, writing

_QUOTE = dialect().identifier_preparer.quote
_DECLARED = table("collection", column("id"), column("name"), column("declaration"))


def declared_in(folders: Iterable[Path]) -> list[Collection]:
    """What the catalog files in these folders declare; a later folder wins over an earlier one."""
    found = {
        path.stem: path for folder in folders if folder.is_dir() for path in folder.glob("*.toml")
    }
    return [from_toml(found[name]) for name in sorted(found)]


def publish(engine: Engine, collections: Sequence[Collection]) -> list[str]:
    """Store declarations that are new or changed and make their views. Names the ones published.

    A declaration whose table is not there is left out: a database need not hold all five systems.
    """
    published = []
    with writing(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.catalog'))"))
        stored = dict(
            connection.execute(text("SELECT name, declaration FROM northlight.collection")).all()
        )
        for collection in collections:
            if not _exists(connection, collection.table):
                continue
            live = _typed(connection, collection)
            if stored.get(live.name) != json.loads(json.dumps(live.to_json())):
                _store(connection, live)
                _make_views(connection, live)
                published.append(live.name)
    return published


def collections(gate: Gate) -> list[Collection]:
    """Every collection this reader can open, by name."""
    rows = gate.rows(select(_DECLARED.c.declaration).order_by(_DECLARED.c.name))
    return [Collection.from_json(row.declaration) for row in rows]


def collection_named(gate: Gate, name: str) -> Collection:
    """The collection of that name. Raises UnknownCollection."""
    known = {collection.name: collection for collection in collections(gate)}
    if name not in known:
        raise UnknownCollection(name, sorted(known))
    return known[name]


def identifier(name: str) -> str:
    """A possibly qualified name, each part quoted as PostgreSQL needs it."""
    return ".".join(_QUOTE(part) for part in split_name(name))


def split_name(name: str) -> tuple[str, ...]:
    """`schema.table` as (schema, table); quotes protect a dot inside a name."""
    parts, quoted, current = [], False, ""
    for character in name:
        if character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            parts.append(current)
            current = ""
        else:
            current += character
    return (*parts, current)


def _exists(connection: Connection, name: str) -> bool:
    found = connection.execute(text("SELECT to_regclass(:name)"), {"name": identifier(name)})
    return found.scalar() is not None


def _typed(connection: Connection, collection: Collection) -> Collection:
    rows = connection.execute(
        text(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped"
        ),
        {"name": identifier(collection.table)},
    )
    types: dict[str, str] = dict(rows.tuples().all())
    needed = [collection.id, *collection.text, collection.heading, collection.owner]
    needed += [collection.time, collection.embedding, *(c for _, c in collection.facet_columns)]
    missing = [name for name in needed if name is not None and name not in types]
    if missing:
        raise DeclarationError(
            f"{collection.name}: the table {collection.table} has no column "
            f"{', '.join(missing)}. Correct its catalog file, or run "
            f"`./northlight collections connect {collection.table}`."
        )
    facets = {published: types[source] for published, source in collection.facet_columns}
    return collection.with_types(
        types[collection.id], facets | {lookup.name: "text" for lookup in collection.lookups}
    )


def _store(connection: Connection, collection: Collection) -> None:
    connection.execute(
        text(
            "INSERT INTO northlight.collection (name, declaration) VALUES (:name, :declaration) "
            "ON CONFLICT (name) DO UPDATE SET declaration = excluded.declaration"
        ),
        {"name": collection.name, "declaration": json.dumps(collection.to_json())},
    )


def _make_views(connection: Connection, collection: Collection) -> None:
    for role in ROLES.values():
        view = f"{_QUOTE(role)}.{_QUOTE(collection.name)}"
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {view}")
        try:
            connection.exec_driver_sql(f"CREATE VIEW {view} AS {_view_sql(collection)}")
        except ProgrammingError as error:
            raise DeclarationError(
                f"{collection.name}: its view cannot be made: {first_line(error)} "
                "Check `only` and the lookups in its catalog file."
            ) from error
        connection.exec_driver_sql(f"GRANT SELECT ON {view} TO {_QUOTE(role)}")


def _view_sql(collection: Collection) -> str:
    """The view's query: roles as columns. `%` is doubled for the driver."""
    row = "t."
    pieces = [f"nullif({row}{_QUOTE(name)}::text, '')" for name in collection.text]
    body = pieces[0] if len(pieces) == 1 else f"nullif(concat_ws(E'\\n\\n', {', '.join(pieces)}), '')"
    shown = [
        f"{row}{_QUOTE(collection.id)} AS id",
        f"{row}{_QUOTE(collection.id)}::text AS row_id",
        f"{body} AS text",
        f"{_optional(collection.heading, 'text')} AS title",
        f"{_optional(collection.owner, 'text')} AS owner",
        f"{_optional(collection.time, 'timestamptz')} AS time",
        f"{_embedding(collection)} AS embedding",
    ]
    joins = []
    for number, lookup in enumerate(collection.lookups):
        other = f"l{number}"
        shown.append(f"{other}.{_QUOTE(lookup.show)}::text AS {_QUOTE(lookup.name)}")
        joins.append(
            f"LEFT JOIN {identifier(lookup.table)} {other} "
            f"ON {other}.{_QUOTE(lookup.key)} = {row}{_QUOTE(lookup.on)}"
        )
    shown += [
        f"{row}{_QUOTE(source)} AS {_QUOTE(published)}"
        for published, source in collection.facet_columns
    ]
    only = f" WHERE {collection.only}" if collection.only else ""
    sql = f"SELECT {', '.join(shown)} FROM {identifier(collection.table)} t {' '.join(joins)}{only}"
    return sql.replace("%", "%%")


def _optional(name: str | None, as_type: str) -> str:
    return f"t.{_QUOTE(name)}::{as_type}" if name else f"NULL::{as_type}"


def _embedding(collection: Collection) -> str:
    return f"t.{_QUOTE(collection.embedding)}" if collection.embedding else "NULL::halfvec"
