"""From a database URL to an engine, with the driver's and the server's errors put into words."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from queries.errors import QueryError, ServerError, StatementStopped

POOL_SIZE = 8
POOL_WAIT_SECONDS = 5
CONNECT_SECONDS = 5
STATEMENT_TIMEOUT = "57014"
LOCK_TIMEOUT = "55P03"


def make_engine(url: str, application: str = "northlight") -> Engine:
    """An engine on psycopg 3, with a small pool that checks a connection before it lends it."""
    engine = sqlalchemy.create_engine(
        psycopg_url(url),
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=POOL_WAIT_SECONDS,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={"application_name": application, "connect_timeout": CONNECT_SECONDS},
    )
    event.listen(engine, "handle_error", _put_into_words)
    return engine


def psycopg_url(url: str) -> URL:
    """The URL with psycopg 3 as its driver, whichever way PostgreSQL was spelled."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ServerError(
            "DATABASE_URL is not a database URL. It should read like "
            "postgresql://user:password@host:5432/database."
        ) from error
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ServerError(
            f"DATABASE_URL names {parsed.get_backend_name()}; Northlight needs PostgreSQL."
        )
    return parsed.set(drivername="postgresql+psycopg")


def where(engine: Engine) -> str:
    """Where the engine points, for people: host, port and database, never the password."""
    url = engine.url
    host = url.host or url.query.get("host") or "local socket"
    return f"{url.database} on {host}" + (f":{url.port}" if url.port else "")


@contextmanager
def server_named(engine: Engine) -> Iterator[None]:
    """Raise ServerError, naming the server, when a connection cannot be made."""
    try:
        yield
    except OperationalError as error:
        raise ServerError(
            f"The database {where(engine)} does not answer: {first_line(error)} "
            "Check that it runs (`./northlight db start`) and that DATABASE_URL is right."
        ) from error


def first_line(error: DBAPIError) -> str:
    """The first line of what the server or the driver said."""
    text = str(error.orig or error).strip()
    return text.splitlines()[0].rstrip(".") + "." if text else "no reason given."


def _put_into_words(context: sqlalchemy.ExceptionContext) -> None:
    state = getattr(context.original_exception, "sqlstate", None)
    worded: QueryError | None = None
    if state == STATEMENT_TIMEOUT:
        worded = StatementStopped(
            "The database stopped this statement at its time limit. Narrow the filters, or ask "
            "for fewer rows."
        )
    elif state == LOCK_TIMEOUT:
        worded = StatementStopped(
            "Another command holds what this one needs. Try again when it has finished."
        )
    elif context.is_disconnect:
        worded = ServerError(
            "The database went away in the middle. Nothing was half done: run the command again "
            "when the server is back."
        )
    if worded is not None:
        raise worded from context.original_exception
