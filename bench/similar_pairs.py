"""All pairs above a similarity: through the query layer, against the originals' cross join.

The originals compared every pattern with every other in SQL (`pattern_similarity_view`). Both read
the same vectors; the cross join may use every core the server has, and so may ours.
"""

from time import perf_counter
from typing import Any

import psycopg

from bench.databases import Bench
from jobs.search.pairs import similar_pairs
from queries.collection import Collection

ROWS = 20_000
ABOVE = 0.8
MOST = 1_000_000
RUNS = 5
CROSS_JOIN = (
    "SELECT one.id, other.id FROM compared one CROSS JOIN compared other "
    f"WHERE one.id < other.id AND 1 - (one.embedding <=> other.embedding) >= {ABOVE}"
)

Found = set[tuple[str, str]]


def measured(bench: Bench, collection: Collection) -> dict[str, Any]:
    """Seconds of both, how many times quicker ours is, and the share of the pairs it finds."""
    true, cross_join = _cross_join(bench)
    taken = []
    for _ in range(RUNS):
        start = perf_counter()
        found = similar_pairs(bench.gate, collection, ABOVE, None, MOST, lambda *_: None)
        taken.append(perf_counter() - start)
    ours = {_sorted(pair.id1, pair.id2) for pair in found.pairs}
    middle = sorted(taken)[RUNS // 2]
    return {
        "pairs": len(true),
        "recall": round(len(ours & true) / len(true), 4),
        "too many": len(ours - true),
        "cross join s": round(cross_join, 1),
        "ours s": [round(seconds, 2) for seconds in taken],
        "times": round(cross_join / middle, 1),
    }


def _cross_join(bench: Bench) -> tuple[Found, float]:
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS compared")
        connection.execute(
            "CREATE TABLE compared AS SELECT row_id AS id, embedding::vector AS embedding "
            "FROM northlight.embedding WHERE embedding IS NOT NULL"
        )
        connection.execute("ALTER TABLE compared ADD PRIMARY KEY (id)")
        connection.execute("ANALYZE compared")
        start = perf_counter()
        rows = connection.execute(CROSS_JOIN).fetchall()
        return {_sorted(*row) for row in rows}, perf_counter() - start


def _sorted(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
