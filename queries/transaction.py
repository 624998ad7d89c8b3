"""What the gate needs of a transaction beyond SQLAlchemy: many statements in one trip.

Used by `queries.gate` alone; everything else reads and writes through that.
"""

from collections.abc import Mapping
from itertools import chain
from typing import cast

from psycopg import Connection as Driver
from sqlalchemy import Connection, text


def driver(connection: Connection) -> Driver:
    """psycopg's own connection, whose pipeline sends several statements in one go."""
    return cast(Driver, connection.connection.driver_connection)


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
        known = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    return int(known)
