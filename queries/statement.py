"""The type of what every `x_statement` function returns: a SELECT of any columns."""

from typing import Any, TypeAlias

from sqlalchemy import Select

Statement: TypeAlias = Select[*tuple[Any, ...]]
