"""The one door to the database.

Every read opens a transaction here, takes the reader's role for just that transaction, proves who
the reader is with a signed token, and runs under limits; nothing that is set outlives the
transaction, so a pooled connection is clean for the next reader. A collection is a set of views in
the schema named after the role, so the same statement reads what each role may see.
`tests/queries/test_gate.py` checks that nothing goes round it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
from psycopg import Cursor
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, Engine, Executable, Row, text

from queries.access.token import Signer
from queries.access.transaction import backend, driver, one_trip, set_local, worded
from queries.collection import checked_name
from queries.engine import server_named
from queries.errors import IdentityRefused, UnrecordedRead

READ_SECONDS = 10
WRITE_LOCK_SECONDS = 30
VECTOR_SCHEMAS = "public"
ROLES = {
    role: f"northlight_{role}"
    for role in ("worker", "coach", "analyst", "engineer", "operator", "product")
}

_WHO = "SELECT (c).person_id::text, (c).role, current_user::text FROM northlight_auth.claims() c"

# What a read counts as; any other opens rows.
KINDS = {"search": "search", "neighbours": "search"}
KINDS |= dict.fromkeys(("export", "texts", "to a model"), "export")


@dataclass(frozen=True)
class Identity:
    """Who reads. `person` and `epoch` are those of northlight_auth.person.

    The worker is no person: it is the command line and the jobs, which hold the owner's login.
    """

    role: str
    person: str = ""
    epoch: int = 0

    @property
    def database_role(self) -> str:
        """The PostgreSQL role and, by the same name, the schema that this reader sees."""
        return ROLES[self.role]


WORKER = Identity("worker")


@dataclass(frozen=True)
class Read:
    """What the audit keeps of a read: the question itself only as a keyed digest."""

    action: str
    collection: str
    scope: str = "all rows"
    question: str | None = None

    @property
    def kind(self) -> str:
        """Which allowance it is taken from (northlight_auth.allowance)."""
        return KINDS.get(self.action, "open")


@dataclass
class Recording:
    """A read on its way: whoever reads says how many rows came of it before the block ends."""

    connection: Connection
    record: Callable[[int], None]
    rows: int | None = None
    ended: bool = False

    @contextmanager
    def ending(self, rows: int) -> Iterator[None]:
        """Let the entry go to the disk while the block makes something of the rows.

        It is there when the block ends; if it could not be written, that is raised.
        """
        with one_trip(self.connection):
            self.record(rows)
            driver(self.connection).commit()
            yield
        self.ended = True


@dataclass(frozen=True)
class Gate:
    """A reader at a database. What every query function takes first."""

    engine: Engine
    identity: Identity
    signer: Signer | None = None

    @contextmanager
    def reading(
        self, seconds: float = READ_SECONDS, *, snapshot: bool = False
    ) -> Iterator[Connection]:
        """A transaction as this reader, each statement stopped after `seconds`.

        With `snapshot` all its statements see the database as it was at the first. Raises
        IdentityRefused when the database does not recognise the reader.
        """
        with server_named(self.engine), self.engine.connect() as connection, connection.begin():
            self._become(connection, seconds, "REPEATABLE READ" if snapshot else "READ COMMITTED")
            yield connection

    def _become(
        self, connection: Connection, seconds: float, level: str, kind: str | None = None
    ) -> None:
        """Make the transaction this reader's; with a kind of read it is counted before.

        Raises IdentityRefused and LimitReached.
        """
        connection.execution_options(reader=self.identity.database_role)
        with one_trip(connection):
            if kind is not None:
                self._spend(connection, kind)
            driver(connection).execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            set_local(connection, self._settings(connection, seconds))
            found = self._asked_back(connection)
        self._read_back(found)

    def _settings(self, connection: Connection, seconds: float) -> dict[str, str]:
        """What makes the transaction this reader's, token and all."""
        role = self.identity.database_role
        settings = {
            "role": role,
            # Last: nobody's temporary table stands in for a view.
            "search_path": f"{role}, northlight, {VECTOR_SCHEMAS}, pg_temp",
            "northlight.query": "",
            "northlight.like": "",
            "statement_timeout": f"{int(seconds * 1000)}ms",
            "lock_timeout": "500ms",
        }
        if self.identity == WORKER:
            return settings | {"transaction_read_only": "on"}
        return settings | {"northlight.token": self._token(connection)}

    def _token(self, connection: Connection) -> str:
        if self.signer is None:
            raise IdentityRefused
        who = self.identity
        return self.signer.token(who.person, who.role, who.epoch, backend(connection))

    def _asked_back(self, connection: Connection) -> Cursor[Any] | None:
        """The question whom the database takes this transaction's reader for."""
        return None if self.identity == WORKER else driver(connection).execute(_WHO)

    def _read_back(self, found: Cursor[Any] | None) -> None:
        """The database must name the very reader that was meant, or nothing is read."""
        who = self.identity
        meant = (who.person, who.role, who.database_role)
        if found is not None and found.fetchone() != meant:
            raise IdentityRefused

    @contextmanager
    def recorded(self, read: Read, seconds: float = READ_SECONDS) -> Iterator[Recording]:
        """As `reading`, for a read that hands out text: counted before, and audited at its end.

        Counted in a transaction of its own, so that a read that fails counts as well. The audit's
        entry is in the read's transaction: if it cannot be written, nothing is handed out. Raises
        LimitReached.
        """
        with server_named(self.engine), self.engine.connect() as connection, connection.begin():
            self._become(connection, seconds, "READ COMMITTED", read.kind)
            told = Recording(connection, partial(self._record, connection, read))
            yield told
            if not told.ended:
                if told.rows is None:
                    raise UnrecordedRead(read.action)
                with told.ending(told.rows):
                    pass

    def _spend(self, connection: Connection, kind: str) -> None:
        """Whoever is counted is whom the token names, so there is nothing to be read back.

        The count need not be on disk before the read begins: a crash loses half a second of it.
        The read's own transaction begins with the commit; if nothing was counted, it does not, for
        within one trip nothing is done after an error.
        """
        if self.identity == WORKER:
            return
        settings = self._settings(connection, READ_SECONDS) | {"synchronous_commit": "off"}
        set_local(connection, settings)
        driver(connection).execute("SELECT northlight_auth.spend(%s)", (kind,))
        driver(connection).execute("COMMIT AND CHAIN")

    def _record(self, connection: Connection, read: Read, rows: int) -> None:
        """The worker is no person and leaves no entry; its jobs are in the queue's history."""
        if self.identity == WORKER:
            return
        told = (read.action, read.collection, read.scope, read.question, rows)
        driver(connection).execute("SELECT northlight_auth.record(%s, %s, %s, %s, %s)", told)

    def frame(
        self, statement: Executable, seconds: float = READ_SECONDS, *, read: Read | None = None
    ) -> pd.DataFrame:
        """The statement's rows; columns are named as the statement labels them.

        With `read` it is recorded: every statement that hands out text names one.
        """
        if read is None:
            with self.reading(seconds) as connection:
                return _as_frame(connection, statement)
        with self.recorded(read, seconds) as told:
            found = _as_frame(told.connection, statement)
            told.rows = len(found)
            return found

    def rows(self, statement: Executable, seconds: float = READ_SECONDS) -> Sequence[Row[Any]]:
        """The statement's rows as tuples with names."""
        with self.reading(seconds) as connection:
            return connection.execute(statement).fetchall()

    def binary_rows(self, statement: str, seconds: float = READ_SECONDS) -> Sequence[Any]:
        """As `rows`, in binary: as text a `bytea` is twice as long. No parameters."""
        with self.reading(seconds) as connection, worded(statement):
            cursor = driver(connection).cursor(binary=True, row_factory=namedtuple_row)
            return cursor.execute(statement).fetchall()

    def one(self, statement: Executable, seconds: float = READ_SECONDS) -> Row[Any] | None:
        """The first row, or None."""
        with self.reading(seconds) as connection:
            return connection.execute(statement).first()

    def value(self, statement: Executable, seconds: float = READ_SECONDS) -> Any:
        """The first column of the first row, or None."""
        row = self.one(statement, seconds)
        return None if row is None else row[0]


def _as_frame(connection: Connection, statement: Executable) -> pd.DataFrame:
    result = connection.execute(statement)
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction of the owner of Northlight's schema: migrations, imports and jobs' results.

    All of it is committed, or none. It may take its time, whatever the login's own limit is.
    """
    with server_named(engine), engine.begin() as connection:
        set_local(connection, {"lock_timeout": f"{WRITE_LOCK_SECONDS}s", "statement_timeout": "0"})
        yield connection


@contextmanager
def alone(engine: Engine, work: str, name: str) -> Iterator[None]:
    """Let one process at a time do this work on this collection; another waits for half a minute.

    Held by a transaction that does nothing else, so it ends with the process, however that ends.
    Raises StatementStopped when the other has not finished by then.
    """
    with writing(engine) as connection:
        set_local(connection, {"idle_in_transaction_session_timeout": "0"})
        # Without parameters: with them the statement's snapshot would stay open as long as the
        # transaction, and CREATE INDEX CONCURRENTLY would wait for it, for ever.
        key = f"hashtextextended('northlight.{work}.{checked_name(name)}', 0)"
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")
        yield


@contextmanager
def inspecting(engine: Engine, seconds: float = READ_SECONDS) -> Iterator[Connection]:
    """A read-only transaction of the login itself, to look at tables that are not declared yet.

    Only what connects and checks tables needs it: whatever is declared is read as a reader.
    """
    with server_named(engine), engine.connect() as connection, connection.begin():
        connection.execute(text("SET TRANSACTION READ ONLY"))
        limit = f"{int(seconds * 1000)}ms"
        set_local(connection, {"statement_timeout": limit, "lock_timeout": "500ms"})
        yield connection


@contextmanager
def outside_transaction(engine: Engine) -> Iterator[Connection]:
    """A connection in autocommit, for what PostgreSQL refuses inside a transaction."""
    with (
        server_named(engine),
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
    ):
        yield connection
