"""What the gate needs of a transaction beyond SQLAlchemy: many statements in one trip.

Used by `queries.gate`, through which everything reads and writes, and by
`queries.embeddings.binary_copy`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import cast

import psycopg
from psycopg import Connection as Driver
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

LOST = ("08", "57P")  # classes of SQLSTATE: connection, shutdown


def driver(connection: Connection) -> Driver:
    """psycopg's own connection, whose pipeline sends several statements in one go."""
    return cast(Driver, connection.connection.driver_connection)


@contextmanager
def one_trip(connection: Connection) -> Iterator[None]:
    """What is executed within goes to the server together; answers are there afterwards.

    A connection that is lost in the middle cannot be rolled back either: the pool forgets it.
    """
    try:
        with driver(connection).pipeline():
            yield
    except psycopg.OperationalError as error:
        if error.sqlstate is None or error.sqlstate.startswith(LOST):
            connection.invalidate(error)
        raise


@contextmanager
def worded(statement: str) -> Iterator[None]:
    """Raise what the driver says of a statement of its own as SQLAlchemy does of any other."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def set_local(connection: Connection, settings: Mapping[str, str]) -> None:
    """Settings for this transaction only."""
    each = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    driver(connection).execute(f"SELECT {each}", [*chain(*settings.items())])


def backend(connection: Connection) -> int:
    """The number of the backend behind this transaction.

    Known since the connection was made (queries.engine); behind a pooler, where another one may
    serve each transaction, it is asked for.
    """
    known = connection.info.get("backend")
    if known is None:
        (known,) = driver(connection).execute("SELECT pg_backend_pid()").fetchone() or (0,)
    return int(known)
