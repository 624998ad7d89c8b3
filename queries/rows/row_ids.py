"""Row ids: text in Northlight's tables, the table's own type in the explored table."""

from typing import Any

from sqlalchemy import ColumnElement, cast
from sqlalchemy.types import UserDefinedType

from queries.collection import Collection


class NativeId(UserDefinedType[Any]):
    """The type of a collection's id column, as PostgreSQL spells it."""

    cache_ok = True

    def __init__(self, spelled: str) -> None:
        self.spelled = spelled

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in a cast."""
        return self.spelled


def native(collection: Collection, row_id: ColumnElement[str]) -> ColumnElement[Any]:
    """A stored row id in the table's own type, so that a join uses the table's primary key."""
    return cast(row_id, NativeId(collection.id_type))
