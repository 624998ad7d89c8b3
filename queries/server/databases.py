"""Whole databases of a server: made beside the one in use, put in its place, and dropped."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from queries.engine import first_line, make_engine
from queries.errors import QueryError, ServerError
from queries.gate import outside_transaction
from queries.identifiers import quoted

MAINTENANCE = ("postgres", "template1")
_CUT_OFF = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = :name AND pid <> pg_backend_pid()"
)
_LOCALE = text(
    "SELECT format('LC_COLLATE %L LC_CTYPE %L', datcollate, datctype) || CASE datlocprovider "
    "WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', to_jsonb(d) ->> 'datlocale') "
    "WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', "
    "to_jsonb(d) ->> 'datlocale') ELSE ' LOCALE_PROVIDER libc' END "
    "FROM pg_database d WHERE datname = :name"
)


class Beside:
    """A new database beside the one of an engine: dropped in the end, unless it took its place."""

    def __init__(self, engine: Engine, server: Engine) -> None:
        """Nothing is made yet; `server` is at another database of the same server."""
        self.live = str(engine.url.database)
        self.name = f"{self.live[:40]}_{uuid4().hex[:8]}"
        self.server = server
        self.engine = make_engine(
            engine.url.set(database=self.name).render_as_string(hide_password=False)
        )

    def take_the_place(self) -> str:
        """Give the new database the name of the live one, and that another: which.

        Both names change in one transaction. Connections are cut first, and new ones refused until
        it is done; when it fails everything is as it was.
        """
        self.engine.dispose()
        kept = f"{self.live[:40]}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
        with outside_transaction(self.server) as connection:
            _close(connection, self.live)
            try:
                _close(connection, self.name)
                self._rename(kept)
            except BaseException:
                _open(connection, self.live)
                raise
            _open(connection, self.live)
        return kept

    def _rename(self, kept: str) -> None:
        with self.server.begin() as connection:
            for old, new in ((self.live, kept), (self.name, self.live)):
                connection.exec_driver_sql(f"ALTER DATABASE {quoted(old)} RENAME TO {quoted(new)}")


@contextmanager
def beside(engine: Engine) -> Iterator[Beside]:
    """A new, empty database on the engine's server, for one at a time.

    Raises ServerError where the login may not make one, and while somebody else has one.
    """
    server = _at_the_server(engine)
    made = Beside(engine, server)
    try:
        with server.connect() as lock:
            asked = text("SELECT pg_try_advisory_lock(hashtext('northlight.restore'))")
            if not lock.execute(asked).scalar_one():
                raise ServerError("Another backup is being restored here. Wait until it is done.")
            lock.commit()
            _make(server, made)
            try:
                yield made
            finally:
                made.engine.dispose()
                with outside_transaction(server) as connection:
                    name = quoted(made.name)
                    connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        server.dispose()


def _at_the_server(engine: Engine) -> Engine:
    """An engine at a database that is on every server. Raises ServerError if none lets us in."""
    for name in MAINTENANCE:
        url = engine.url.set(database=name).render_as_string(hide_password=False)
        server = make_engine(url)
        with suppress(QueryError, DBAPIError):
            server.connect().close()
            return server
    raise ServerError(f"The login may not connect to {' or '.join(MAINTENANCE)} on this server.")


def _make(server: Engine, new: Beside) -> None:
    """Empty, and sorting texts as the live one does."""
    try:
        with outside_transaction(server) as connection:
            like = connection.execute(_LOCALE, {"name": new.live}).scalar_one()
            made = f"CREATE DATABASE {quoted(new.name)} TEMPLATE template0 ENCODING 'UTF8' {like}"
            connection.exec_driver_sql(made.replace("%", "%%"))
    except DBAPIError as error:
        raise ServerError(
            f"A backup is restored into a new database first, and none could be made: "
            f"{first_line(error)} Let an administrator grant CREATEDB to the login."
        ) from error


def _close(connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f"ALTER DATABASE {quoted(name)} ALLOW_CONNECTIONS false")
    connection.execute(_CUT_OFF, {"name": name})
    gone = text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name")
    for _ in range(100):
        if not connection.execute(gone, {"name": name}).scalar_one():
            return
        connection.execute(text("SELECT pg_sleep(0.1)"))
    raise ServerError(f"Connections to {name} do not end; nothing was replaced.")


def _open(connection: Connection, name: str) -> None:
    connection.exec_driver_sql(f"ALTER DATABASE {quoted(name)} ALLOW_CONNECTIONS true")
