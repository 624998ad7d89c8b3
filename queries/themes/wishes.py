"""Wishes of people about themes, as the worker reads and answers them."""

from dataclasses import dataclass

from sqlalchemy import Engine, text

from queries.errors import EditRefused
from queries.gate import writing


@dataclass(frozen=True)
class Wish:
    """What somebody asked for; `by` is the person's name."""

    id: int
    kind: str
    target: int
    other: int | None
    name: str | None
    by: str


def wish(engine: Engine, number: int) -> Wish:
    """The wish of that number. Raises EditRefused if it is gone, with the person or collection."""
    with writing(engine) as connection:
        row = connection.execute(
            text(
                "SELECT w.id, w.kind, w.target, w.other, w.name, p.name AS by "
                "FROM northlight.wish w JOIN northlight_auth.person p ON p.id = w.person_id "
                "WHERE w.id = :id AND w.granted IS NULL"
            ),
            {"id": number},
        ).first()
    if row is None:
        raise EditRefused(f"Wish {number} was answered before, or nobody wishes it any more.")
    return Wish(**row._mapping)


def tell(engine: Engine, number: int, answer: str, *, granted: bool) -> None:
    """Keep what came of it."""
    with writing(engine) as connection:
        connection.execute(
            text("UPDATE northlight.wish SET granted = :granted, answer = :answer WHERE id = :id"),
            {"granted": granted, "answer": answer, "id": number},
        )
