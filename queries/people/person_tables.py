"""Where one person's rows are: in systems laid out here, in loaded tables, in others' tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from queries.collection import Collection
from queries.collections.load import SCHEMA as LOADED
from queries.identifiers import identifier, joined_name, split_name


@dataclass(frozen=True)
class PersonTable:
    """A table with a column that says whose a row is. `ours`: Northlight may delete from it."""

    name: str
    owner: str
    ours: bool

    @property
    def of_owner(self) -> str:
        """The rows of the person, after SELECT or DELETE."""
        return f"FROM {identifier(self.name)} t WHERE t.{self.column}::text = :owner"

    @property
    def column(self) -> str:
        """The owner's column as SQL wants it."""
        return identifier(joined_name(self.owner))


def declared(connection: Connection) -> list[Collection]:
    """Every collection whose table is there."""
    rows = connection.execute(text("SELECT declaration FROM northlight.collection ORDER BY name"))
    there = text("SELECT to_regclass(:name) IS NOT NULL")
    found = [Collection.from_json(row) for row in rows.scalars()]
    return [c for c in found if connection.execute(there, {"name": identifier(c.table)}).scalar()]


def person_tables(connection: Connection, system: str) -> list[PersonTable]:
    """Every table of the system in which a row has an owner, each once."""
    collections = [c for c in declared(connection) if c.group == system]
    found = {t.name: t for t in (*_of_collections(collections), *_laid_out(connection, system))}
    return list(found.values())


def is_laid_out(connection: Connection, system: str) -> bool:
    """Whether Northlight made the system's tables: then their rows are its to delete."""
    made = connection.execute(
        text("SELECT 1 FROM public.northlight_migration WHERE name = :name AND number >= 100 "
             "AND NOT in_place"),
        {"name": system},
    )  # fmt: skip
    return made.first() is not None


def count(connection: Connection, table: PersonTable, owner: str) -> int:
    """How many rows are the person's."""
    counted = connection.execute(text(f"SELECT count(*) {table.of_owner}"), {"owner": owner})
    return int(counted.scalar_one())


def _of_collections(collections: Iterable[Collection]) -> Iterator[PersonTable]:
    for collection in collections:
        if collection.owner:
            ours = split_name(collection.table)[0] == LOADED
            yield PersonTable(collection.table, collection.owner, ours)


def _laid_out(connection: Connection, system: str) -> list[PersonTable]:
    if not is_laid_out(connection, system):
        return []
    rows = connection.execute(
        text(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relnamespace = to_regnamespace(:system) AND c.relkind = 'r' "
            "AND a.attname = 'user_id' AND NOT a.attisdropped ORDER BY c.relname"
        ),
        {"system": system},
    )
    return [PersonTable(joined_name(system, name), "user_id", True) for name in rows.scalars()]
