"""From a database URL to an engine, with the driver's and the server's errors put into words."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from queries.errors import (
    DeclarationError,
    IdentityRefused,
    LimitReached,
    QueryError,
    ServerError,
    StatementStopped,
)

POOL_SIZE = 8
POOL_WAIT_SECONDS = 5
CONNECT_SECONDS = 5
STATEMENT_TIMEOUT = "57014"
LOCK_TIMEOUT = "55P03"
IDENTITY_REFUSED = "28000"
LIMIT_REACHED = "54000"
NO_MOMENT = ("22007", "22008")
TOO_LONG = (
    "The database stopped this statement at its time limit. Narrow the filters, or ask "
    "for fewer rows."
)
IN_USE = "Another command holds what this one needs. Try again when it has finished."
UNREADABLE_TIME = (
    "A value in a time column is no date, so what has a time cannot be read. "
    "`./northlight collections check NAME` shows it."
)
OVER = "limit reached: "  # how northlight_auth.spend says so
# Classes of SQLSTATE that say the server cannot be reached or used: connection, login, shutdown.
AWAY = ("08", "28", "3D", "57P", "53300")


def make_engine(url: str, application: str = "northlight") -> Engine:
    """An engine on psycopg 3, with a small pool that checks a connection before it lends it."""
    engine = sqlalchemy.create_engine(
        psycopg_url(url),
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,  # they may be people's texts, and errors end up in logs
        pool_recycle=1800,
        connect_args={"application_name": application, "connect_timeout": CONNECT_SECONDS},
    )
    event.listen(engine, "handle_error", _put_into_words)
    event.listen(engine, "connect", _remember_backend)
    event.listen(engine, "before_cursor_execute", _name_reader, retval=True)
    return engine


def psycopg_url(url: str) -> URL:
    """The URL with psycopg 3 as its driver, whichever way PostgreSQL was spelled."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise ServerError(
            "DATABASE_URL is not a database URL. It should read like "
            "postgresql://user:password@host:5432/database."
        ) from error
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ServerError(
            f"DATABASE_URL names {parsed.get_backend_name()}; Northlight needs PostgreSQL."
        )
    return parsed.set(drivername="postgresql+psycopg")


def plain_url(engine: Engine) -> str:
    """Where the engine points, with its password, as libpq's own programs understand it."""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def where(engine: Engine) -> str:
    """Where the engine points, for people: host, port and database, never the password."""
    url = engine.url
    host = url.host or url.query.get("host") or "local socket"
    return f"{url.database} on {host}" + (f":{url.port}" if url.port else "")


@contextmanager
def server_named(engine: Engine) -> Iterator[None]:
    """Raise ServerError, naming the server, when a connection cannot be made.

    What a COPY raises, or a read in binary, does not pass SQLAlchemy's events and is put into words
    here as well.
    """
    try:
        yield
    except OperationalError as error:
        worded = error.orig and in_words(error.orig, gone=False)
        raise worded or ServerError(_why_not(engine, error)) from error
    except PoolTimeout as error:
        raise ServerError(
            f"All {2 * POOL_SIZE} connections to {where(engine)} are in use. Try again in a moment."
        ) from error
    except psycopg.Error as error:
        worded = in_words(error, gone=_went_away(error))
        if worded is None:
            raise
        raise worded from error


def first_line(error: DBAPIError | psycopg.Error) -> str:
    """The first line of what the server or the driver said."""
    text = str(getattr(error, "orig", None) or error).strip()
    return text.splitlines()[0].rstrip(".") + "." if text else "no reason given."


def in_words(error: BaseException, *, gone: bool) -> QueryError | None:
    """The sentence for what a person can mend: a time limit, a lock, a lost server; else None."""
    state = getattr(error, "sqlstate", None)
    if state in (STATEMENT_TIMEOUT, LOCK_TIMEOUT):
        return StatementStopped(TOO_LONG if state == STATEMENT_TIMEOUT else IN_USE)
    if state in NO_MOMENT:
        return DeclarationError(UNREADABLE_TIME)
    if state == IDENTITY_REFUSED and "identity refused" in str(error):
        return IdentityRefused()
    if state == LIMIT_REACHED and str(error).startswith(OVER):
        return LimitReached(str(error).splitlines()[0].removeprefix(OVER).strip(". "))
    if gone:
        return ServerError(
            "The database went away in the middle. Nothing was half done: run the command again "
            "when the server is back."
        )
    return None


def _why_not(engine: Engine, error: OperationalError) -> str:
    state = getattr(error.orig, "sqlstate", None)
    if state is None or state.startswith(AWAY):
        return (
            f"The database {where(engine)} does not answer: {first_line(error)} "
            "Check that it runs (`./northlight db start`) and that DATABASE_URL is right."
        )
    return f"The database {where(engine)} could not do this: {first_line(error)}"


def _went_away(error: psycopg.Error) -> bool:
    lost = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return lost and (error.sqlstate is None or error.sqlstate.startswith(AWAY))


def _remember_backend(connection: psycopg.Connection, record: ConnectionPoolEntry) -> None:
    """Keep the backend's number, if the one the server tells is the one the connection was told.

    A pooler that shares backends by transaction tells a number of its own. Then none is kept, nor
    is any statement prepared, for the next transaction may be another backend's.
    """
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    connection.rollback()
    if row == (connection.info.backend_pid,):
        record.info["backend"] = row[0]
    else:
        connection.prepare_threshold = None


def _name_reader(
    connection: Connection, _cursor: object, statement: str, parameters: object, *_: object
) -> tuple[str, object]:
    """Put the reader's role before the statement: each role then has a prepared one of its own.

    A role's views are found through the search path. If a pooled connection serves one role after
    another, a statement prepared for both would be analysed and planned anew each time.
    """
    reader = connection.get_execution_options().get("reader")
    return (f"/* {reader} */ {statement}" if reader else statement), parameters


def _put_into_words(context: sqlalchemy.ExceptionContext) -> None:
    if context.is_pre_ping:
        return  # the pool finds out that a connection is gone, and makes another
    worded = in_words(context.original_exception, gone=context.is_disconnect)
    if worded is not None:
        raise worded from context.original_exception
