"""The index on half precision, as ours is, against the same index on `vector`: build, size, search.

Two bare tables of the same rows, links and effort as in `queries/embeddings/vector_index.py`, built
one after the other and searched in turn.
"""

import argparse
import json
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import psycopg

from bench.databases import fresh
from bench.search import beside
from bench.search_bare import Timed
from bench.search_world import NEAREST, World, made_world
from queries.embeddings.vector_index import EF_CONSTRUCTION, LINKS
from queries.embeddings.vectors import EF_SEARCH

KINDS = ("vector", "halfvec")


def main(arguments: Sequence[str]) -> None:
    """Print one line a type, then both as JSON."""
    parser = argparse.ArgumentParser(prog="./northlight bench indexes")
    parser.add_argument("--rows", type=int, default=100_000)
    world = made_world(parser.parse_args(list(arguments)).rows)
    with fresh() as bench, psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        told = {kind: built(connection, world, kind) for kind in KINDS}
        connection.execute(f"SET hnsw.ef_search = {EF_SEARCH}")
        found = beside({kind: asking(connection, world, kind) for kind in KINDS}, world, 1)
    for kind in KINDS:
        told[kind] |= found[kind]
        print(f"{kind:<10}{told[kind]}", flush=True)
    print(json.dumps({"rows": len(world.written), **told}))


def built(connection: psycopg.Connection, world: World, kind: str) -> dict[str, Any]:
    """Fill a table of that type and index it; seconds of the build, bytes of index and table."""
    size = world.vectors.shape[1]
    connection.execute(f"CREATE TABLE {kind}s (id text PRIMARY KEY, embedding {kind}({size}))")
    with connection.cursor().copy(f"COPY {kind}s FROM STDIN") as copy:
        for number, vector in enumerate(world.vectors):
            copy.write_row((str(number), spelled(vector)))
    start = perf_counter()
    connection.execute(
        f"CREATE INDEX {kind}s_hnsw ON {kind}s USING hnsw (embedding {kind}_cosine_ops) "
        f"WITH (m = {LINKS}, ef_construction = {EF_CONSTRUCTION})"
    )
    seconds = perf_counter() - start
    connection.execute(f"VACUUM ANALYZE {kind}s")
    read = f"SELECT pg_relation_size('{kind}s_hnsw'), pg_table_size('{kind}s')"
    [(index, table)] = connection.execute(read).fetchall()
    return {"build_s": round(seconds, 1), "index_bytes": index, "table_bytes": table}


def asking(connection: psycopg.Connection, world: World, kind: str) -> Timed:
    """The ten nearest rows of a table."""
    distance = f"embedding <=> %s::{kind}({world.vectors.shape[1]})"
    statement = f"SELECT id FROM {kind}s ORDER BY {distance} LIMIT {NEAREST}"

    def ask(number: int) -> list[str]:
        found = connection.execute(statement, (spelled(world.questions[number]),))
        return [row[0] for row in found.fetchall()]

    return ask


def spelled(vector: Any) -> str:
    """A vector as PostgreSQL reads it."""
    return "[" + ",".join(map(str, vector.tolist())) + "]"
