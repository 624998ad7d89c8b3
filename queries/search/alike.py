"""Pairs of similar rows: kept by the worker, read through the reader's own views."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, Engine, column, select, table, text

from queries.collection import Collection
from queries.embeddings.spaces import Space
from queries.errors import NotCompared, QueryError
from queries.filters import Filters
from queries.gate import Gate, writing
from queries.search.ready import ready
from queries.statement import Statement

SECONDS = 20


@dataclass(frozen=True)
class Alike:
    """Columns of `pairs`: row_id, other_id, similarity; most similar first, each pair once.

    Every pair of rows in scope of at least `since` is known. `more`: not all fitted the limit.
    """

    pairs: pd.DataFrame
    since: float
    more: bool


def alike(
    gate: Gate,
    collection: Collection,
    filters: Filters,
    above: float,
    across: str | None,
    limit: int,
) -> Alike:
    """Pairs of rows in scope of at least that similarity; `across` a role: only across it.

    Raises NotEmbedded, NotCompared before the rows were compared, and QueryError for a role that
    the collection does not have.
    """
    statement = alike_statement(collection, filters, above, across, limit + 1)
    with gate.reading(SECONDS) as connection:
        space = ready(connection, collection, "", None).active(collection)
        known = _known_from(connection, space)
        if known is None:
            raise NotCompared(collection.name)
        result = connection.execute(statement)
        found = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    return Alike(found.head(limit), max(above, float(known)), len(found) > limit)


def was_compared(gate: Gate, collection: Collection) -> bool:
    """Whether pairs are kept of the active space."""
    with gate.reading() as connection:
        space = ready(connection, collection, "", None).space
        return space is not None and _known_from(connection, space) is not None


def _known_from(connection: Connection, space: Space) -> float | None:
    found = text("SELECT alike_from FROM northlight.space WHERE id = :id")
    known: float | None = connection.execute(found, {"id": space.id}).scalar_one()
    return known


def alike_statement(
    collection: Collection, filters: Filters, above: float, across: str | None, limit: int
) -> Statement:
    """`row_id, other_id, similarity`, most similar first; ties by the ids."""
    names = ("row_id", "other_id", "similarity")
    pairs = table(f"{collection.name}__alike", *(column(name) for name in names))
    found = select(pairs).where(pairs.c.similarity >= above, pairs.c.row_id < pairs.c.other_id)
    if conditions := filters.conditions(collection):
        fitting = select(collection.view.c.row_id).where(*conditions)
        found = found.where(pairs.c.row_id.in_(fitting), pairs.c.other_id.in_(fitting))
    if across is not None:
        one, other = collection.view.alias("one"), collection.view.alias("other")
        role = _role(collection, across)
        found = (
            found.join(one, one.c.row_id == pairs.c.row_id)
            .join(other, other.c.row_id == pairs.c.other_id)
            .where(one.c[role].is_distinct_from(other.c[role]))
        )
    return found.order_by(pairs.c.similarity.desc(), pairs.c.row_id, pairs.c.other_id).limit(limit)


def _role(collection: Collection, named: str) -> str:
    """The view's column of a facet or of the owner."""
    known = [*collection.facets, *(["owner"] if collection.owner else [])]
    if named not in known:
        raise QueryError(f"{collection.name} has no {named!r} to compare across.")
    return named


def keep(
    engine: Engine, space: Space, pairs: Iterable[tuple[str, str, float]], since: float
) -> None:
    """Replace the pairs of a space; each `(row, other, similarity)` is given once."""
    with writing(engine) as connection:
        given = {"space": space.id, "since": since}
        connection.execute(text("DELETE FROM northlight.alike WHERE space_id = :space"), given)
        connection.execute(text("CREATE TEMPORARY TABLE compared (one text, other text, "
                                "similarity real) ON COMMIT DROP"))  # fmt: skip
        cursor = connection.connection.cursor()
        with cursor.copy("COPY compared FROM STDIN") as copy:
            for pair in pairs:
                copy.write_row(pair)
        both = "SELECT one, other, similarity FROM compared UNION ALL "
        both += "SELECT other, one, similarity FROM compared"
        connection.execute(
            text(
                "INSERT INTO northlight.alike (space_id, row_id, other_id, similarity) "
                f"SELECT :space, p.* FROM ({both}) p"
            ),
            given,
        )
        connection.execute(
            text("UPDATE northlight.space SET alike_from = :since WHERE id = :space"), given
        )
        connection.execute(text("ANALYZE northlight.alike"))
