"""The catalogue: which collections are declared, and the views through which they are read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, column, select, table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import ProgrammingError

from queries.collection import Collection, from_toml
from queries.engine import first_line
from queries.errors import DeclarationError, UnknownCollection
from queries.gate import ROLES, Gate, writing
from queries.spaces import adopt_column, forget_column

_QUOTE = PGDialect(paramstyle="named").identifier_preparer.quote  # type: ignore[no-untyped-call]
_DECLARED = table(
    "collection", column("id"), column("name"), column("declaration", JSONB), schema="northlight"
)


Told = Callable[[str], None]


def declared_in(folders: Iterable[Path], told: Told | None = None) -> list[Collection]:
    """What the catalog files in these folders declare; a later folder wins over an earlier one.

    A file that cannot be read raises DeclarationError; with `told` its sentence goes there and the
    other files are read.
    """
    found = {
        path.stem: path for folder in folders if folder.is_dir() for path in folder.glob("*.toml")
    }
    declared = []
    for name in sorted(found):
        with _told_or_raised(told):
            declared.append(from_toml(found[name]))
    return declared


def publish(
    engine: Engine, collections: Sequence[Collection], told: Told | None = None
) -> list[str]:
    """Store declarations that are new or changed and make their views. Names the ones published.

    A declaration whose table is not there is left out: a database need not hold all five systems.
    One that does not fit its table raises DeclarationError; with `told` its sentence goes there
    and the others are published.
    """
    published = []
    with writing(engine) as connection:
        for collection in collections:
            with _told_or_raised(told), connection.begin_nested():
                published += publish_in(connection, collection)
    return published


def publish_in(connection: Connection, collection: Collection) -> list[str]:
    """Publish one declaration inside a transaction that is already open."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.catalog'))"))
    if not _exists(connection, collection.table):
        return []
    types = _column_types(connection, collection.table)
    live = _typed(collection, types)
    stored = connection.execute(
        select(_DECLARED.c.declaration).where(_DECLARED.c.name == live.name)
    ).scalar()
    same = stored == json.loads(json.dumps(live.to_json()))
    if same and all(_exists(connection, live.view_name(role)) for role in ROLES.values()):
        return []
    _store(connection, live)
    _make_views(connection, live)
    if live.embedding:
        adopt_column(connection, live, types[live.embedding])
    else:
        forget_column(connection, live.name)
    return [live.name]


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
    """`schema.table` as (schema, table); quotes protect a dot inside a name, two mean one."""
    parts, quoted, current = [], False, ""
    for character in name.replace('""', "\0"):
        if character == '"':
            quoted = not quoted
        elif character == "." and not quoted:
            parts.append(current)
            current = ""
        else:
            current += character
    return tuple(part.replace("\0", '"') for part in (*parts, current))


def joined_name(*parts: str) -> str:
    """The inverse of split_name."""
    plain = (part.replace("_", "").isalnum() for part in parts)
    quoted = ('"' + part.replace('"', '""') + '"' for part in parts)
    return ".".join(p if bare else q for p, q, bare in zip(parts, quoted, plain, strict=True))


@contextmanager
def _told_or_raised(told: Told | None) -> Iterator[None]:
    try:
        yield
    except DeclarationError as error:
        if told is None:
            raise
        told(str(error))


def _exists(connection: Connection, name: str) -> bool:
    found = connection.execute(text("SELECT to_regclass(:name)"), {"name": identifier(name)})
    return found.scalar() is not None


def _column_types(connection: Connection, table_name: str) -> dict[str, str]:
    rows = connection.execute(
        text(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped"
        ),
        {"name": identifier(table_name)},
    )
    return {row[0]: row[1] for row in rows}


def _typed(collection: Collection, types: Mapping[str, str]) -> Collection:
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
    body = (
        pieces[0] if len(pieces) == 1 else f"nullif(concat_ws(E'\\n\\n', {', '.join(pieces)}), '')"
    )
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
