"""The type of what every `x_statement` function returns, and numbers that the planner sees."""

from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Integer, Select, literal_column

Statement: TypeAlias = Select[*tuple[Any, ...]]


def in_full(number: int) -> ColumnElement[int]:
    """A number that stands in the statement itself, as a LIMIT should.

    Of a parameter the planner would have to guess how many rows are wanted, so it would never find
    one plan of a prepared statement good for all, and plan it anew each time.
    """
    return literal_column(str(int(number)), Integer)
