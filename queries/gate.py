"""The one door to the database.

Every read opens a transaction here, takes the reader's role for just that transaction, and runs
under limits; nothing that is set outlives the transaction, so a pooled connection is clean for the
next reader. A collection is a view in the schema named after the role, so the same statement reads
what each role may see. `tests/queries/test_gate.py` checks that nothing goes round it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, Executable, Row, func, select, text

from queries.collection import checked_name
from queries.engine import server_named

READ_SECONDS = 10
WRITE_LOCK_SECONDS = 30
# Where pgvector is usually created; a schema that is not there is passed over.
VECTOR_SCHEMAS = "public, extensions"


@dataclass(frozen=True)
class Identity:
    """Who reads: a role of Northlight's and the person's id. Operators act as themselves."""

    role: str
    user_id: str = ""

    @property
    def database_role(self) -> str:
        """The PostgreSQL role and, by the same name, the schema that this reader sees."""
        return ROLES[self.role]


ROLES = {"operator": "northlight_operator"}
OPERATOR = Identity("operator")


@dataclass(frozen=True)
class Gate:
    """A reader at a database. What every query function takes first."""

    engine: Engine
    identity: Identity

    @contextmanager
    def reading(
        self, seconds: float = READ_SECONDS, *, snapshot: bool = False
    ) -> Iterator[Connection]:
        """A read-only transaction as this reader, each statement stopped after `seconds`.

        With `snapshot` all its statements see the database as it was at the first.
        """
        with server_named(self.engine), self.engine.connect() as connection, connection.begin():
            level = "REPEATABLE READ" if snapshot else "READ COMMITTED"
            connection.execute(text(f"SET TRANSACTION ISOLATION LEVEL {level}, READ ONLY"))
            _become(connection, self.identity, seconds)
            yield connection

    def frame(self, statement: Executable, seconds: float = READ_SECONDS) -> pd.DataFrame:
        """The statement's rows; columns are named as the statement labels them."""
        with self.reading(seconds) as connection:
            result = connection.execute(statement)
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def rows(self, statement: Executable, seconds: float = READ_SECONDS) -> Sequence[Row[Any]]:
        """The statement's rows as tuples with names."""
        with self.reading(seconds) as connection:
            return connection.execute(statement).fetchall()

    def one(self, statement: Executable, seconds: float = READ_SECONDS) -> Row[Any] | None:
        """The first row, or None."""
        with self.reading(seconds) as connection:
            return connection.execute(statement).first()

    def value(self, statement: Executable, seconds: float = READ_SECONDS) -> Any:
        """The first column of the first row, or None."""
        row = self.one(statement, seconds)
        return None if row is None else row[0]


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of the owner of Northlight's schema: migrations, imports and jobs' results.

    All of it is committed, or none. It may take its time, whatever the login's own limit is.
    """
    with server_named(engine), engine.begin() as connection:
        _set(connection, {"lock_timeout": f"{WRITE_LOCK_SECONDS}s", "statement_timeout": "0"})
        yield connection


@contextmanager
def alone(engine: Engine, work: str, name: str) -> Iterator[None]:
    """Let one process at a time do this work on this collection; another waits for half a minute.

    Held by a transaction that does nothing else, so it ends with the process, however that ends.
    Raises StatementStopped when the other has not finished by then.
    """
    with writing(engine) as connection:
        _set(connection, {"idle_in_transaction_session_timeout": "0"})
        # Without parameters: with them the statement's snapshot would stay open as long as the
        # transaction, and CREATE INDEX CONCURRENTLY would wait for it, for ever.
        key = f"hashtextextended('northlight.{work}.{checked_name(name)}', 0)"
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")
        yield


@contextmanager
def inspecting(engine: Engine, seconds: float = READ_SECONDS) -> Iterator[Connection]:
    """A read-only transaction of the login itself, to look at tables that are not declared yet.

    Only `queries.tables` and `queries.check` need it: whatever is declared is read as a reader.
    """
    with server_named(engine), engine.connect() as connection, connection.begin():
        connection.execute(text("SET TRANSACTION READ ONLY"))
        limit = f"{int(seconds * 1000)}ms"
        _set(connection, {"statement_timeout": limit, "lock_timeout": "500ms"})
        yield connection


@contextmanager
def outside_transaction(engine: Engine) -> Iterator[Connection]:
    """A connection in autocommit, for what PostgreSQL refuses inside a transaction."""
    with (
        server_named(engine),
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        yield connection


def _become(connection: Connection, identity: Identity, seconds: float) -> None:
    role = identity.database_role
    settings = {
        "role": role,
        "search_path": f"{role}, northlight, {VECTOR_SCHEMAS}",
        "statement_timeout": f"{int(seconds * 1000)}ms",
        "lock_timeout": "500ms",
    }
    _set(connection, settings)


def _set(connection: Connection, settings: Mapping[str, str]) -> None:
    """Settings for this transaction only."""
    connection.execute(
        select(*(func.set_config(name, value, True) for name, value in settings.items()))
    )
