"""Load, embed and index 100,000 short texts, against one INSERT and one UPDATE per row.

The peer is the way the first of the five systems did it: a row is inserted, its text embedded by
itself, the vector written by an UPDATE, into a table that has its HNSW index from the start. Its
rate is taken over rows that arrive when the table is half full, the middle of such a load.
"""

import json
from collections.abc import Sequence
from time import perf_counter

import numpy as np
import psycopg

from bench.databases import DATA, Bench, fresh
from clients.embedder import embedder_named
from jobs.embed import embed
from jobs.load import load
from queries.catalog import collection_named

ROWS = 100_000
PEER_ROWS = 1_000
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
        f"row ({PEER_ROWS:,} rows): {theirs:,.0f} rows/s; ratio {ours / theirs:.1f}"
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
    embedder = embedder_named(None)
    half = len(written) // 2
    arriving = written[half : half + PEER_ROWS]
    with psycopg.connect(bench.url, autocommit=True) as connection:
        half_full(connection)
        start = perf_counter()
        for number, text in enumerate(arriving, start=half + 1):
            connection.execute("INSERT INTO peer (id, text) VALUES (%s, %s)", (number, text))
            values = ",".join(map(str, embedder.embed([text])[0].tolist()))
            connection.execute(
                "UPDATE peer SET embedding = %s WHERE id = %s", (f"[{values}]", number)
            )
        return len(arriving) / (perf_counter() - start)


def half_full(connection: psycopg.Connection) -> None:
    """The peer's table with half of the rows in it, and its index over them."""
    connection.execute(
        "CREATE TABLE peer (id integer PRIMARY KEY, text text, embedding vector(256))"
    )
    connection.execute(
        "INSERT INTO peer SELECT r.id::integer + 1, r.text, e.embedding::vector "
        "FROM loaded.texts r JOIN northlight.embedding e ON e.row_id = r.id "
        f"WHERE r.id::integer < {ROWS // 2}"
    )
    connection.execute("SET maintenance_work_mem = '512MB'")
    connection.execute("CREATE INDEX ON peer USING hnsw (embedding vector_cosine_ops)")
