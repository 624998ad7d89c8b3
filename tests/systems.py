"""How the tests of the five systems' functions speak to them."""

from typing import Any

from sqlalchemy import Engine, text

from queries.gate import writing

DIMENSIONS = 256


def ask(engine: Engine, sql: str, **values: Any) -> list[Any]:
    """The rows of a statement, as mappings; what it writes is kept."""
    with writing(engine) as connection:
        return list(connection.execute(text(sql), values).mappings())


def sow(engine: Engine, world: str, vectors: dict[str, str]) -> None:
    """Run the statements of a small world, with its vectors by name."""
    for name, vector in vectors.items():
        world = world.replace(name, f"'{vector}'::vector")
    with writing(engine) as connection:
        connection.exec_driver_sql(world)


def vector(*leading: float) -> str:
    """A vector of the columns' dimensions that begins with these numbers."""
    return "[" + ",".join(map(str, (*leading, *[0] * (DIMENSIONS - len(leading))))) + "]"
