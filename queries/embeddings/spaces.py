"""Embedding spaces: which model's vectors a collection has, and where they are kept."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, column, func, select, table, text

from queries.collection import Collection
from queries.collections.views import remake
from queries.errors import DimensionError, NotEmbedded
from queries.gate import Gate, writing

UNKNOWN_MODEL = "unknown"

EMBEDDING = table(
    "embedding",
    *(column(n) for n in ("space_id", "row_id", "content_hash", "embedding", "refused")),
    schema="northlight",
)
_SPACE = table(
    "space",
    *(
        column(n)
        for n in ("id", "collection_id", "model", "dimensions", "storage", "half", "active")
    ),
    column("far"),
    column("trouble"),
    column("signed"),
    column("embedded_at"),
    schema="northlight",
)
_COLLECTION = table("collection", column("id"), column("name"), schema="northlight")


@dataclass(frozen=True)
class Space:
    """One collection under one model.

    `storage` is 'own' or 'column' (the table's own); `half` says whether its vectors are halfvec.
    A row further than `far` from a question is not close to it; None before that was learnt.
    `trouble` says why its vectors cannot tell texts apart, if they cannot; `signed` whether the
    vectors nearest by their signs hold those that are nearest.
    """

    id: int
    collection_id: int
    model: str
    dimensions: int
    storage: str
    half: bool
    active: bool
    far: float | None = None
    trouble: str | None = None
    signed: bool = False

    @property
    def partition(self) -> str:
        """The partition of northlight.embedding that belongs to the space."""
        return f"embedding_{self.id}"

    @property
    def signs(self) -> str:
        """The partition of northlight.sign that belongs to the space."""
        return f"sign_{self.id}"

    def only_read(self, collection: Collection) -> bool:
        """Whether its vectors are a column of the collection's table that nothing is written to."""
        return self.storage == "column" and not collection.fill

    def check(self, given: int) -> None:
        """Raise DimensionError unless a vector of that many dimensions fits."""
        if given != self.dimensions:
            raise DimensionError(self.dimensions, given)


def spaces(gate: Gate, collection: Collection) -> list[Space]:
    """Every space of the collection, the active one first."""
    with gate.reading() as connection:
        return spaces_in(connection, collection)


def spaces_in(connection: Connection, collection: Collection) -> list[Space]:
    """As spaces, inside a transaction that is already open."""
    statement = (
        select(*(_SPACE.c[name] for name in Space.__dataclass_fields__))
        .join(_COLLECTION, _COLLECTION.c.id == _SPACE.c.collection_id)
        .where(_COLLECTION.c.name == collection.name)
        .order_by(_SPACE.c.active.desc(), _SPACE.c.id)
    )
    return [Space(**row._mapping) for row in connection.execute(statement)]


def active_space(gate: Gate, collection: Collection) -> Space:
    """The space that searches and maps use. Raises NotEmbedded."""
    with gate.reading() as connection:
        return active_space_in(connection, collection)


def active_space_in(connection: Connection, collection: Collection) -> Space:
    """As active_space, inside a transaction that is already open."""
    found = spaces_in(connection, collection)
    if not found or not found[0].active:
        raise NotEmbedded(collection.name)
    return found[0]


def model_of(gate: Gate, collection: Collection) -> str | None:
    """The model questions must be embedded with; None before anything is embedded."""
    found = spaces(gate, collection)
    return found[0].model if found and found[0].active else collection.model


def ensure_space(engine: Engine, collection: Collection, model: str, dimensions: int) -> Space:
    """Northlight's own space for that model, made if new; a collection's first becomes active."""
    with writing(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('northlight.space'))"))
        return ensure_space_in(connection, collection.name, model, dimensions, "own", True)


def ensure_space_in(
    connection: Connection, name: str, model: str, dimensions: int, storage: str, half: bool
) -> Space:
    """As ensure_space, inside a transaction that is already open."""
    made = connection.execute(
        text(
            "INSERT INTO northlight.space "
            "(collection_id, model, dimensions, storage, half, active) "
            "SELECT c.id, :model, :dimensions, :storage, :half, NOT EXISTS "
            "  (SELECT FROM northlight.space s WHERE s.collection_id = c.id AND s.active) "
            "FROM northlight.collection c WHERE c.name = :name "
            "ON CONFLICT (collection_id, model, storage) DO NOTHING RETURNING id"
        ),
        {
            "name": name,
            "model": model,
            "dimensions": dimensions,
            "storage": storage,
            "half": half,
        },
    ).scalar()
    if made is not None:
        check = f", CONSTRAINT right_dimensions CHECK (vector_dims(embedding) = {int(dimensions)})"
        attach_partition(connection, "embedding", made, check)
        attach_partition(connection, "sign", made)
        remake(connection, name)
    row = connection.execute(
        text(
            "SELECT s.id, collection_id, model, dimensions, storage, half, active "
            "FROM northlight.space s JOIN northlight.collection c ON c.id = s.collection_id "
            "WHERE c.name = :name AND model = :model AND storage = :storage"
        ),
        {"name": name, "model": model, "storage": storage},
    ).one()
    space = Space(**row._mapping)
    space.check(dimensions)
    return space


def switch(engine: Engine, space: Space) -> None:
    """Make a space the one that searches use, in one step."""
    with writing(engine) as connection:
        for active, chosen in ((False, "<>"), (True, "=")):
            connection.execute(
                text(
                    f"UPDATE northlight.space SET active = :active "
                    f"WHERE collection_id = :collection AND id {chosen} :id"
                ),
                {"active": active, "collection": space.collection_id, "id": space.id},
            )
        name = connection.execute(
            text("SELECT name FROM northlight.collection WHERE id = :id"),
            {"id": space.collection_id},
        ).scalar_one()
        remake(connection, name)


def row_count(gate: Gate, collection: Collection) -> int:
    """Rows of the collection that the reader can see."""
    return int(gate.value(select(func.count()).select_from(collection.view), seconds=60))


def embedded_count(gate: Gate, collection: Collection) -> int:
    """Rows of the collection that have an embedding in the active space; 0 without one."""
    found = spaces(gate, collection)
    if not found or not found[0].active:
        return 0
    rows, embedded = collection.view, collection.distances
    statement = select(func.count()).select_from(rows)
    statement = statement.join(embedded, embedded.c.row_id == rows.c.row_id)
    return int(gate.value(statement, seconds=60))


def refused_counts(gate: Gate, space: Space) -> dict[str, int]:
    """Rows that could not be embedded, by reason."""
    rows = gate.rows(
        text(
            "SELECT refused, count(*) AS rows FROM northlight.embedding "
            "WHERE space_id = :space AND refused IS NOT NULL GROUP BY refused ORDER BY refused"
        ).bindparams(space=space.id)
    )
    return {row.refused: int(row.rows) for row in rows}


def mark_embedded(engine: Engine, space: Space) -> None:
    """Remember when the space was last brought up to date, and let the planner know its size."""
    with writing(engine) as connection:
        connection.execute(
            text("UPDATE northlight.space SET embedded_at = now() WHERE id = :id"),
            {"id": space.id},
        )
        for table_name in (space.partition, space.signs):
            connection.exec_driver_sql(f"ANALYZE northlight.{table_name}")


def remember(engine: Engine, space: Space) -> None:
    """Store what was learnt of a space: `far`, `trouble` and `signed`."""
    learnt = {"far": space.far, "trouble": space.trouble, "signed": space.signed, "id": space.id}
    with writing(engine) as connection:
        connection.execute(
            text(
                "UPDATE northlight.space SET far = :far, trouble = :trouble, signed = :signed "
                "WHERE id = :id"
            ),
            learnt,
        )


def attach_partition(connection: Connection, parent: str, number: int, check: str = "") -> None:
    """Make the empty partition for that number and attach it, so that readers need not wait."""
    child = f"northlight.{parent}_{int(number)}"
    connection.exec_driver_sql(
        f"CREATE TABLE {child} (LIKE northlight.{parent} INCLUDING ALL{check})"
    )
    connection.exec_driver_sql(
        f"ALTER TABLE northlight.{parent} ATTACH PARTITION {child} FOR VALUES IN ({int(number)})"
    )
