"""Hand-written SQL over a table of its own, which `bench search` measures the query layer against.

Written as whoever needs a given recall would write it: so many of the index's candidates are sorted
by their distance, or all rows are compared. Which of these it is, is told by questions of its own,
as it is for the peers (bench/peers.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import psycopg

from bench.search_world import NEAREST, TUNED_BY, World
from clients.embedder import Embedder
from queries.embeddings.vectors import EF_SEARCH

LEAST = 0.98  # of the true neighbours: what is wanted of every way
# 10 is the index as it is; past EF_SEARCH a scan begins anew; 0 compares all rows that pass.
CANDIDATES = (10, 128, 512, 1024, 2048, 0)

Timed = Callable[[int], list[str]]


@dataclass(frozen=True)
class Tried:
    """A statement asked the questions to tune by: share of the true neighbours, seconds."""

    candidates: int
    recall: float
    seconds: float


def tried(connection: psycopg.Connection, world: World, part: int) -> list[Tried]:
    """All the statements that there are."""
    connection.execute(f"SET hnsw.ef_search = {EF_SEARCH}")
    connection.execute("SET hnsw.iterative_scan = relaxed_order")
    return [
        Tried(candidates, *tuned_by(asking(connection, world, part, candidates), world, part))
        for candidates in CANDIDATES
    ]


def quickest(among: Sequence[Tried], least: float) -> int:
    """Candidates of the quickest that finds that share of the true neighbours, or else of the one
    that finds most."""
    return max(among, key=lambda one: (min(one.recall, least), -one.seconds)).candidates


def tuned_by(way: Timed, world: World, part: int) -> tuple[float, float]:
    """Share of the true neighbours of the questions to tune by, 0 to 1; median seconds."""
    shares, taken = [], []
    for number, near in zip(TUNED_BY, world.true(TUNED_BY, part), strict=True):
        start = perf_counter()
        found = way(number)
        taken.append(perf_counter() - start)
        shares.append(len(near.intersection(found)) / len(near))
    return float(np.mean(shares)), float(np.median(taken))


def asking(
    connection: psycopg.Connection,
    world: World,
    part: int,
    candidates: int,
    embedder: Embedder | None = None,
) -> Timed:
    """The ten nearest of so many candidates."""
    distance = "embedding <=> %(q)s::halfvec(256)"
    rows = f"SELECT id, body, {distance} AS distance FROM bare"
    if part > 1:
        rows += f" WHERE part{part} = '0'"
    if candidates:
        near = f"{rows} ORDER BY {distance} LIMIT {candidates}"
        statement = f"SELECT * FROM ({near}) near ORDER BY distance + 0 LIMIT {NEAREST}"
    else:
        statement = f"{rows} ORDER BY ({distance}) + 0 LIMIT {NEAREST}"

    def ask(number: int) -> list[str]:
        vector = world.questions[number]
        if embedder:
            (vector,) = embedder.embed([world.asked[number]])
        spelled = "[" + ",".join(map(str, vector.tolist())) + "]"
        found = connection.execute(statement, {"q": spelled}).fetchall()
        connection.commit()
        return [row[0] for row in found]

    return ask
