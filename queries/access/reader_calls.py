"""Calling a function that writes for a reader, with the database's refusals put into words."""

from typing import Any

from psycopg.errors import InsufficientPrivilege, InvalidParameterValue
from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError

from queries.engine import first_line
from queries.errors import IdentityRefused, QueryError
from queries.gate import Gate


class NotKept(QueryError):
    """Something that cannot be kept as it was told; says why."""


def called(gate: Gate, statement: Executable) -> Any:
    """What the function answers. Raises NotKept, and IdentityRefused for a role without it."""
    try:
        return gate.value(statement)
    except DBAPIError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise IdentityRefused from error
        if isinstance(error.orig, InvalidParameterValue):
            raise NotKept(f"Not kept: {first_line(error)}") from error
        raise
