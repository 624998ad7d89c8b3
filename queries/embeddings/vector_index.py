"""The HNSW index of a space: when there is one, and the memory it is built in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.gate import outside_transaction
from queries.identifiers import identifier, quoted, split_name

# Below this exact search answers in a few milliseconds and misses nothing.
INDEX_FROM_ROWS = 20_000
# Vectors that can be told apart by their signs are searched by them up to here. It takes time in
# proportion to the rows, a tenth of a second for a million; but no index is built, and more is
# found: docs/decisions/search.md.
LINKED_FROM_ROWS = 2_000_000
# Fewer links than pgvector's default of 16 build in two thirds of the time; the many candidates
# of a search (EF_SEARCH in queries/embeddings/vectors.py) make up for it:
# docs/decisions/bulk-load.md.
LINKS = 12
EF_CONSTRUCTION = 64
# Schemas of the systems that Northlight's migrations lay out themselves.
INSTALLED = ("playbook", "community", "twin", "nexus")

# Bytes of a vector in the graph beside its numbers, and of a link of LINKS, measured with pgvector
# 0.8 (docs/decisions/bulk-load.md).
VECTOR_BYTES, LINK_BYTES = 208, 32
SPARE_ROOM = 1.1
LEAST_ROOM = 64 * 2**20
# Of the memory that the server believes is there for the data of one statement.
SHARE_OF_MEMORY = 1 / 4
NO_SHARED_MEMORY = ("53100", "53200")  # as SQLSTATE: no space left, out of memory

Told = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """What is to be indexed: a table, an expression of its vectors, and their type."""

    table: str
    vectors: str
    kind: str

    @property
    def schema(self) -> str:
        return split_name(self.table)[0]

    @property
    def index(self) -> str:
        return f"{split_name(self.table)[1]}_hnsw"


def build_index(
    engine: Engine, space: Space, collection: Collection, told: Told = lambda _: None
) -> str | None:
    """Build the HNSW index of a space once it is large enough; its name if one was built now.

    Built after the load, without blocking readers or writers. An index that a crash left invalid
    is dropped and built again, one that searches do without is dropped. A column of a table that
    Northlight did not make is left as it is.
    `told` is handed a sentence where memory is short.
    """
    place = _place(space, collection)
    if place is None:
        return None
    with outside_transaction(engine) as connection:
        counted = f"SELECT count({place.vectors}) FROM {place.table}"
        rows = int(connection.exec_driver_sql(counted).scalar_one())
        if rows < indexed_from(space):
            if space.signed:
                _drop(connection, place)
            return None
        if index_is_valid(connection, f"{place.schema}.{place.index}"):
            return None
        wanted, given = graph_bytes(rows, space), room(connection)
        if wanted > given:
            told(_too_large(rows, wanted, given))
        _built(connection, place, min(wanted, given), told)
    return place.index


def indexed_from(space: Space) -> int:
    """From how many rows on searches need an index of the space."""
    return LINKED_FROM_ROWS if space.signed else INDEX_FROM_ROWS


def graph_bytes(rows: int, space: Space) -> int:
    """About how much memory the graph of so many vectors takes while it is built."""
    numbers = space.dimensions * (2 if space.half or space.storage == "own" else 4)
    each = numbers + VECTOR_BYTES + LINKS * LINK_BYTES
    return max(int(SPARE_ROOM * rows * each), LEAST_ROOM)


def room(connection: Connection) -> int:
    """How much memory an index may be built in: what the server's owner allows for it, or a quarter
    of what the server believes the machine has for its data, whichever is more."""
    asked = text(
        "SELECT pg_size_bytes(current_setting('maintenance_work_mem')), "
        "pg_size_bytes(current_setting('effective_cache_size'))"
    )
    allowed, believed = connection.execute(asked).one()
    return max(int(allowed), int(SHARE_OF_MEMORY * believed))


def index_is_valid(connection: Connection, name: str) -> bool:
    """Whether an index of that name exists and was built to its end."""
    found = connection.execute(
        text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"),
        {"name": name},
    )
    return bool(found.scalar())


def _place(space: Space, collection: Collection) -> Place | None:
    """None in tables of others."""
    if space.storage == "own":
        vectors = f"(embedding::halfvec({space.dimensions}))"
        return Place(f"northlight.{space.partition}", vectors, "halfvec")
    if split_name(collection.table)[0] not in INSTALLED:
        return None
    kind = "halfvec" if space.half else "vector"
    return Place(identifier(collection.table), quoted(str(collection.embedding)), kind)


def _built(connection: Connection, place: Place, memory: int, told: Told) -> None:
    """By several processes, or by one where the memory they would share cannot be had.

    Processes that build together take all of it at once from where the machine keeps shared memory,
    which a container often has little of.
    """
    try:
        _build(connection, place, {"maintenance_work_mem": f"{memory // 1024}kB"})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) not in NO_SHARED_MEMORY:
            raise
        told(
            "building the index with one process: the server has no "
            f"{memory / 2**30:.1f} GB of shared memory (/dev/shm) for several"
        )
        alone = {"max_parallel_maintenance_workers": "0"}
        _build(connection, place, alone | {"maintenance_work_mem": f"{memory // 1024}kB"})


def _build(connection: Connection, place: Place, settings: dict[str, str]) -> None:
    _drop(connection, place)
    with _set(connection, settings | {"statement_timeout": "0"}):
        connection.exec_driver_sql(
            f"CREATE INDEX CONCURRENTLY {place.index} ON {place.table} USING hnsw "
            f"({place.vectors} {place.kind}_cosine_ops) "
            f"WITH (m = {LINKS}, ef_construction = {EF_CONSTRUCTION})"
        )


def _drop(connection: Connection, place: Place) -> None:
    connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {place.schema}.{place.index}")


@contextmanager
def _set(connection: Connection, settings: dict[str, str]) -> Iterator[None]:
    """Settings of an autocommit connection, which must be told and untold by hand."""
    try:
        for name, value in settings.items():
            connection.exec_driver_sql(f"SET {name} = '{value}'")
        yield
    finally:
        if not connection.invalidated:
            connection.exec_driver_sql("RESET ALL")


def _too_large(rows: int, wanted: int, given: int) -> str:
    return (
        f"building the index slowly: the graph of {rows:,} vectors takes {wanted / 2**30:.1f} GB "
        f"and {given / 2**30:.1f} GB may be used. Raise maintenance_work_mem to build it in memory"
    )
