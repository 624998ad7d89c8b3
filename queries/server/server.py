"""What the server is: versions, and what about them a person should know."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from queries.gate import writing

# The floors cover the security fixes up to May 2026; pgvector before 0.8.5 could corrupt indexes.
POSTGRESQL_FLOORS = {18: 4, 17: 10, 16: 14, 15: 18}
PGVECTOR_FLOOR = (0, 8, 5)
OLDEST_PGVECTOR = (0, 8)


@dataclass(frozen=True)
class ServerFacts:
    """Versions as the server tells them.

    `pgvector` is None where the extension is not created, `offered` where it could not be.
    """

    postgresql: str
    number: int
    pgvector: str | None
    offered: str | None

    @property
    def hindrance(self) -> str | None:
        """Why Northlight cannot run on this server, and what to do; None if it can."""
        if self.offered is None:
            return (
                "This PostgreSQL has no pgvector. Install it on the server (Debian and Ubuntu: "
                f"postgresql-{self.number // 10_000}-pgvector from the PostgreSQL project's "
                "packages; managed services: allow the extension `vector`), then run the command "
                "again."
            )
        if _version(self.offered)[:2] < OLDEST_PGVECTOR:
            return (
                f"This server offers pgvector {self.offered}; Northlight needs 0.8 or newer for "
                "filtered searches that come back complete. Update the extension on the server."
            )
        return None


def facts(engine: Engine) -> ServerFacts:
    """Ask the server for its versions. Raises ServerError where it does not answer."""
    with writing(engine) as connection:
        return facts_in(connection)


def facts_in(connection: Connection) -> ServerFacts:
    """As facts, inside a transaction that is already open."""
    row = connection.execute(
        text(
            "SELECT current_setting('server_version') AS postgresql, "
            "current_setting('server_version_num')::int AS number, "
            "(SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector, "
            "(SELECT default_version FROM pg_available_extensions WHERE name = 'vector') AS offered"
        )
    ).one()
    return ServerFacts(**row._mapping)


def warnings(server: ServerFacts) -> list[str]:
    """What should be updated, each as a sentence; nothing for a server that is up to date."""
    major, minor = divmod(server.number, 10_000)
    floor = POSTGRESQL_FLOORS.get(major)
    told = []
    if floor is None and major < min(POSTGRESQL_FLOORS):
        told.append(f"PostgreSQL {major} is older than Northlight is tested with; use 16 or newer.")
    elif floor is not None and minor < floor:
        told.append(
            f"PostgreSQL {major}.{minor} lacks security fixes; update to {major}.{floor} or newer."
        )
    if server.pgvector and _version(server.pgvector) < PGVECTOR_FLOOR:
        wanted = ".".join(map(str, PGVECTOR_FLOOR))
        told.append(f"pgvector {server.pgvector} has known faults; update it to {wanted} or newer.")
    return told


def _version(spelled: str) -> tuple[int, ...]:
    return tuple(int(part) for part in spelled.split(".") if part.isdigit())
