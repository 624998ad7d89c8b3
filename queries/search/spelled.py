"""A statement as text, for the reader who wants to see what was asked."""

from sqlalchemy.dialects import postgresql

from queries.statement import Statement


def spelled(statement: Statement) -> str:
    """The statement with its values in place, as it would be typed."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
