"""The catalogue: which collections are declared, and the views through which they are read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, column, func, select, table, text
from sqlalchemy.dialects.postgresql import JSONB

from queries.collection import Collection
from queries.collections.catalog_file import from_toml
from queries.collections.views import all_made, remake
from queries.embeddings.adopted_column import adopt_column, forget_column
from queries.errors import DeclarationError, UnknownCollection
from queries.gate import WORKER, Gate, Identity, writing
from queries.identifiers import identifier
from queries.people.histories import keep_in

_DECLARED = table(
    "collection", column("id"), column("name"), column("declaration", JSONB), schema="northlight"
)


# Roles that open a collection by a grant; an operator sees every name, and text with a reason.
GRANTED_ROLES = ("analyst", "engineer")
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
    and the others are published. Each has a transaction of its own: a view that is made anew is
    locked until the end, and a server has room for the locks of about sixty collections.
    """
    published = []
    for collection in collections:
        with _told_or_raised(told), writing(engine) as connection:
            published += publish_in(connection, collection)
    return published


def publish_in(connection: Connection, collection: Collection) -> list[str]:
    """Publish one declaration inside a transaction that is already open."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.catalog'))"))
    if not _exists(connection, collection.table):
        return []
    types = _column_types(connection, collection.table)
    live = _with_companions(connection, _typed(collection, types))
    stored = connection.execute(
        select(_DECLARED.c.declaration).where(_DECLARED.c.name == live.name)
    ).scalar()
    same = stored == json.loads(json.dumps(live.to_json()))
    if same and all_made(connection, live.name):
        return []
    _store(connection, live)
    _show_in_demo(connection, live.name)
    if live.embedding:
        adopt_column(connection, live, types[live.embedding])
    else:
        forget_column(connection, live.name)
    remake(connection, live.name)
    keep_in(connection, live)
    return [live.name]


def collections(gate: Gate) -> list[Collection]:
    """Every collection this reader can open, by name; the worker's list is complete."""
    if gate.identity.role == "product":
        return []  # released aggregates only: no collection, not even by name
    statement = select(_DECLARED.c.declaration).order_by(_DECLARED.c.name)
    if gate.identity != WORKER:
        statement = statement.where(*_can_open(gate.identity))
    return [Collection.from_json(row.declaration) for row in gate.rows(statement)]


def collection_named(gate: Gate, name: str) -> Collection:
    """The collection of that name. Raises UnknownCollection."""
    known = {collection.name: collection for collection in collections(gate)}
    if name not in known:
        raise UnknownCollection(name, sorted(known))
    return known[name]


def _can_open(who: Identity) -> list[ColumnElement[bool]]:
    """The reader's role has a view of it, and the reader was granted it where that is needed."""
    view = func.format("%I.%I", who.database_role, _DECLARED.c.name)
    conditions: list[ColumnElement[bool]] = [func.to_regclass(view).is_not(None)]
    if who.role in GRANTED_ROLES:
        group = _DECLARED.c.declaration["group"].astext
        conditions.append(func.northlight_auth.may_read(who.role, _DECLARED.c.name, group))
    return conditions


@contextmanager
def _told_or_raised(told: Told | None) -> Iterator[None]:
    try:
        yield
    except DeclarationError as error:
        if told is None:
            raise
        told(str(error))


def _show_in_demo(connection: Connection, name: str) -> None:
    """The demo's analyst may open what is declared while the demo runs: it is one's own machine."""
    connection.execute(
        text(
            "INSERT INTO northlight_auth.grant_to (person_id, collection) "
            "SELECT id, :name FROM northlight_auth.person "
            "WHERE issuer = 'demo' AND role = 'analyst' ON CONFLICT DO NOTHING"
        ),
        {"name": name},
    )


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


def _with_companions(connection: Connection, collection: Collection) -> Collection:
    """With the companions whose table is there. Raises DeclarationError for a missing column."""
    there = []
    for companion in collection.companions:
        types = _column_types(connection, companion.table)
        missing = sorted(companion.sources() - set(types))
        if types and missing:
            raise DeclarationError(
                f"{collection.name}: the table {companion.table} has no column "
                f"{', '.join(missing)}. Correct [companion.{companion.name}] in its catalog file."
            )
        there += [companion] if types else []
    return replace(collection, companions=tuple(there))


def _store(connection: Connection, collection: Collection) -> None:
    connection.execute(
        text(
            "INSERT INTO northlight.collection (name, declaration) VALUES (:name, :declaration) "
            "ON CONFLICT (name) DO UPDATE SET declaration = excluded.declaration"
        ),
        {"name": collection.name, "declaration": json.dumps(collection.to_json())},
    )
