"""A collection's own embedding column as one of its spaces."""

from sqlalchemy import Connection, text

from queries.collection import Collection
from queries.embeddings.spaces import UNKNOWN_MODEL, ensure_space_in
from queries.identifiers import identifier, quoted


def adopt_column(connection: Connection, collection: Collection, column_type: str) -> None:
    """Make the collection's own embedding column a space, if its dimensions can be told.

    A column of no stated dimensions takes those of a row; `collections check` says what that means.
    """
    kind, _, stated = column_type.rstrip(")").partition("(")
    dimensions = int(stated) if stated else _dimensions_of_a_row(connection, collection)
    if kind in {"vector", "halfvec"} and dimensions:
        model = collection.model or UNKNOWN_MODEL
        forget_column(connection, collection.name, unless=dimensions)
        _name_model(connection, collection.name, model)
        ensure_space_in(connection, collection.name, model, dimensions, "column", kind == "halfvec")


def forget_column(connection: Connection, name: str, *, unless: int = 0) -> None:
    """Drop the space of a collection's own column, with all that was made from its vectors.

    For a column that is declared no longer, or has other dimensions than `unless` now.
    """
    gone = connection.execute(
        text(
            "DELETE FROM northlight.space s USING northlight.collection c "
            "WHERE c.id = s.collection_id AND c.name = :name AND s.storage = 'column' "
            "AND s.dimensions <> :unless RETURNING s.id"
        ),
        {"name": name, "unless": unless},
    )
    for space_id in gone.scalars().all():
        for parent in ("embedding", "sign"):
            connection.exec_driver_sql(f"DROP TABLE northlight.{parent}_{int(space_id)}")


def _name_model(connection: Connection, name: str, model: str) -> None:
    """The column's vectors are the same whatever their model is called."""
    connection.execute(
        text(
            "UPDATE northlight.space s SET model = :model FROM northlight.collection c "
            "WHERE c.id = s.collection_id AND c.name = :name AND s.storage = 'column'"
        ),
        {"name": name, "model": model},
    )


def _dimensions_of_a_row(connection: Connection, collection: Collection) -> int:
    column = quoted(str(collection.embedding))
    found = connection.execute(
        text(
            f"SELECT vector_dims({column}) FROM {identifier(collection.table)} "
            f"WHERE {column} IS NOT NULL LIMIT 1"
        )
    )
    return int(found.scalar() or 0)
