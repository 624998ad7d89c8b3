"""How a search is answered: its path, its statement, the planner's plan, its measured recall."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from queries.collection import Collection
from queries.errors import QueryError
from queries.filters import Filters
from queries.gate import Gate, Read
from queries.search.legs import Legs, search_statement
from queries.search.nearest import EXACT, Way, nearest_rows
from queries.search.path import ways
from queries.search.question import parse
from queries.search.ready import ready
from queries.search.words import PLAIN
from queries.statement import Statement

NEAREST = 10
SECONDS = 30


@dataclass(frozen=True)
class Explained:
    """`path` is exact, signs or index; `recall` is of the ten nearest rows, against exact."""

    path: str
    statement: str
    plan: str
    recall: float


def explained(
    gate: Gate,
    collection: Collection,
    typed: str,
    vector: NDArray[np.floating],
    filters: Filters,
    mode: str,
    limit: int,
) -> Explained:
    """How that search is answered. Nothing of any row is in it.

    A plan tells about how many rows there are in all, so a coach, who must not learn that, is told
    QueryError. Raises as `queries.search.search.search`.
    """
    if gate.identity.role == "coach":
        raise QueryError("A coach's search is exact: every own row is compared, none is missed.")
    question = parse(typed)
    with gate.recorded(
        Read("search", collection.name, "how it is answered", typed), SECONDS
    ) as read:
        at = ready(read.connection, collection, question.plain, vector)
        legs = Legs(collection, at.space, question, filters, mode, limit, at.documents, at.lexemes)
        legs.check()
        scope = (at.active(collection), legs.conditions, at.rows, gate.identity, legs.chosen)
        way = ways(read.connection, collection, *scope)[0]
        statement = search_statement(legs.shape, way, legs.words_share)
        told = _planned(read.connection, statement, question.plain)
        recall = 1.0 if way.candidates is None else _recall(read.connection, legs, way)
        read.rows = 0
    return Explained(_path(way), *told, recall)


def _path(way: Way) -> str:
    if way.candidates is None:
        return "exact"
    return "signs" if way.signs else "index"


def _planned(connection: Connection, statement: Statement, plain: str) -> tuple[str, str]:
    compiled = statement.compile(
        dialect=connection.dialect, compile_kwargs={"render_postcompile": True}
    )
    given = dict(compiled.params) | {PLAIN: plain}
    plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", given)
    return str(compiled), "\n".join(plan.scalars())


def _recall(connection: Connection, legs: Legs, way: Way) -> float:
    """Share of the ten rows found that way that are as near as the true ten."""
    near, true = (
        [
            round(row.distance, 6)
            for row in connection.execute(
                nearest_rows(legs.collection, legs.conditions, NEAREST, one)
            )
        ]
        for one in (way, EXACT)
    )
    return float(np.mean([distance <= true[-1] for distance in near])) if near else 1.0
