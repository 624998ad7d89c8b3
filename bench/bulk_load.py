"""Load, embed and index 100,000 short texts, against one INSERT and one UPDATE per row.

Ours is what `load --create` and `embed` do, from a JSON lines file to a collection that can be
searched: rows, vectors, words with their counts and GIN index, HNSW index. The model is warm.

The peer is the way the first of the five systems did it, in the same run on the same server: a row
is inserted and committed, its text is embedded by a call of its own, the vector is written by an
UPDATE and committed, into a table that has its HNSW index (m 16, ef_construction 64) from the
start. It is spared what the original had besides: 1,536 dimensions, other indexes, a model behind
a network, a cache table. Its rows become slower as the table grows, so its rate is sampled: rows
that arrive at a table of one tenth, half, and nine tenths of the rows, filled in bulk; the mean
time of a row is that of a whole load.
"""

import json
from collections.abc import Sequence
from time import perf_counter

import numpy as np
import psycopg

from bench.databases import DATA, Bench, fresh
from clients.embedder import Embedder, embedder_named
from jobs.embed import embed
from jobs.loading.load import load
from queries.catalog import collection_named

ROWS = 100_000
PEER_SHARES = (0.1, 0.5, 0.9)
PEER_ROWS = 400  # at each of the shares
SEED = 5


def main(_arguments: Sequence[str]) -> None:
    """Print both rates and their ratio."""
    with fresh() as bench:
        written = texts(ROWS)
        ours = northlight_rate(bench, written)
        theirs = row_by_row_rate(bench, written)
    told = {
        "rows": ROWS,
        "rows_per_second": round(ours),
        "peer_rows_per_second": round(theirs),
        "ratio": round(ours / theirs, 1),
    }
    print(
        f"load + embed + index of {ROWS:,} texts: {ours:,.0f} rows/s; one INSERT and one UPDATE a "
        f"row ({len(PEER_SHARES)} times {PEER_ROWS:,} rows): {theirs:,.0f} rows/s; "
        f"ratio {ours / theirs:.1f}"
    )
    print(json.dumps(told))


def texts(count: int) -> list[str]:
    """Short texts: sentences of the labelled sets, recombined so that no two are alike."""
    parts = []
    for file in ("clinc150/intents.csv", "commits/commits.csv"):
        lines = (DATA / file).read_text(encoding="utf-8").splitlines()[1:]
        parts += [line.split(",")[1][:80] for line in lines if line.count(",") > 2]
    random = np.random.default_rng(SEED)
    drawn = random.integers(len(parts), size=(count, 2))
    return [f"{parts[one]} and {parts[other]}" for one, other in drawn.tolist()]


def northlight_rate(bench: Bench, written: Sequence[str]) -> float:
    """Rows a second from a file to an index that answers."""
    path = bench.catalog / "texts.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number, text in enumerate(written):
            file.write(json.dumps({"id": str(number), "text": text}) + "\n")
    embedder = embedder_named(None)
    embedder.embed(["warm"])
    start = perf_counter()
    load(bench.gate, path, "texts", catalog_folders=[bench.catalog], create=True)
    collection = collection_named(bench.gate, "texts")
    embed(bench.gate, collection, embedder, lambda _step, _share: None)
    return len(written) / (perf_counter() - start)


def row_by_row_rate(bench: Bench, written: Sequence[str]) -> float:
    """Rows a second with a commit, an embedding and an UPDATE for each row."""
    embedder, seconds = embedder_named(None), 0.0
    with psycopg.connect(bench.url, autocommit=True) as connection:
        for share in PEER_SHARES:
            there = int(share * len(written))
            filled(connection, there)
            start = perf_counter()
            for number in range(there, there + PEER_ROWS):
                one_row(connection, embedder, number, written[number])
            seconds += perf_counter() - start
    return len(PEER_SHARES) * PEER_ROWS / seconds


def one_row(connection: psycopg.Connection, embedder: Embedder, number: int, written: str) -> None:
    """INSERT, embed, UPDATE; each statement commits."""
    connection.execute("INSERT INTO peer (id, text) VALUES (%s, %s)", (number, written))
    values = ",".join(map(str, embedder.embed([written])[0].tolist()))
    connection.execute("UPDATE peer SET embedding = %s WHERE id = %s", (f"[{values}]", number))


def filled(connection: psycopg.Connection, rows: int) -> None:
    """The peer's table with its first rows in it, and its index over them."""
    connection.execute("DROP TABLE IF EXISTS peer")
    connection.execute(
        "CREATE TABLE peer (id integer PRIMARY KEY, text text, embedding vector(256))"
    )
    connection.execute(
        "INSERT INTO peer SELECT r.id::integer, r.text, e.embedding::vector "
        "FROM loaded.texts r JOIN northlight.embedding e ON e.row_id = r.id "
        f"WHERE r.id::integer < {rows}"
    )
    connection.execute("SET maintenance_work_mem = '512MB'")
    connection.execute("CREATE INDEX ON peer USING hnsw (embedding vector_cosine_ops)")
    connection.execute("VACUUM ANALYZE peer")
