"""The peers of `bench search`, run under an interpreter that has their libraries.

Stands alone: a folder with vectors.npy, questions.npy and texts.json in, one line of JSON out.
Each answers "the ten nearest rows with their text, where part10 = '0'"; a bare in-memory index,
which stores no text and no facet, is asked without the filter and looks the text up in a list.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

NEAREST = 10
PART = 10
BATCH = 5_000
QUESTIONS = 100
EF = 200

Ask = Callable[[Any], list[int]]


def main(folder: Path) -> None:
    """Every peer in turn; one that is absent or fails says so in place of figures."""
    vectors, questions = (np.load(folder / f"{n}.npy") for n in ("vectors", "questions"))
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = {}
    for name, (make, filtered) in PEERS.items():
        try:
            start = perf_counter()
            ask = make(vectors, texts, folder)
            built = perf_counter() - start
        except (ImportError, AttributeError) as error:  # a Python may be built without extensions
            found[name] = f"absent: {error}"
            continue
        found[name] = measured(ask, vectors, questions[:QUESTIONS], PART if filtered else 1)
        found[name]["build_s"] = round(built, 1)
        print(name, found[name], file=sys.stderr, flush=True)
    print(json.dumps(found))


def measured(ask: Ask, vectors: Any, questions: Any, part: int) -> dict[str, Any]:
    """Times in milliseconds and recall@10 against all rows that meet the filter."""
    chosen = np.arange(0, len(vectors), part)
    taken, shares = [], []
    for number, question in enumerate([*questions[:5], *questions]):
        start = perf_counter()
        ids = ask(question)
        seconds = perf_counter() - start
        if number < 5:
            continue
        true = chosen[np.argsort(-(vectors[chosen] @ question), kind="stable")[:NEAREST]]
        taken.append(1000 * seconds)
        shares.append(len(set(ids) & set(true.tolist())) / NEAREST)
    return {
        "filtered": part > 1,
        "p50": round(float(np.percentile(taken, 50)), 2),
        "p95": round(float(np.percentile(taken, 95)), 2),
        "recall": round(float(np.mean(shares)), 4),
    }


def lancedb(vectors: Any, texts: list[str], folder: Path) -> Ask:
    """On disk, HNSW with scalar quantisation inside partitions, refined; prefilter."""
    import lancedb
    import pyarrow as pa

    flat = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    rows = range(len(texts))
    columns = {"id": list(rows), "text": texts, "part": [str(n % PART) for n in rows]}
    table = lancedb.connect(folder / "lance").create_table(
        "texts", pa.table({**columns, "vector": flat})
    )
    table.create_index(metric="cosine", vector_column_name="vector", index_type="IVF_HNSW_SQ")
    table.create_scalar_index("part", index_type="BITMAP")

    def ask(question: Any) -> list[int]:
        query = table.search(question).distance_type("cosine").where("part = '0'", prefilter=True)
        found = query.ef(EF).refine_factor(5).limit(NEAREST).select(["id", "text"]).to_list()
        return [row["id"] for row in found]

    return ask


def chromadb(vectors: Any, texts: list[str], _folder: Path) -> Ask:
    """In memory, HNSW."""
    import chromadb

    made = chromadb.EphemeralClient().create_collection(
        "texts", configuration={"hnsw": {"space": "cosine", "ef_search": EF}}
    )
    for start in range(0, len(texts), BATCH):
        rows = range(start, min(start + BATCH, len(texts)))
        made.add(
            ids=[str(n) for n in rows],
            embeddings=vectors[start : start + BATCH],
            documents=texts[start : start + BATCH],
            metadatas=[{"part": str(n % PART)} for n in rows],
        )

    def ask(question: Any) -> list[int]:
        found = made.query(
            query_embeddings=[question],
            n_results=NEAREST,
            where={"part": "0"},
            include=["documents", "distances"],
        )
        return [int(row) for row in found["ids"][0]]

    return ask


def qdrant(vectors: Any, texts: list[str], _folder: Path) -> Ask:
    """The client's local mode, in memory: exact, in numpy."""
    from qdrant_client import QdrantClient, models

    client = QdrantClient(":memory:")
    client.create_collection(
        "texts", vectors_config=models.VectorParams(size=vectors.shape[1], distance="Cosine")
    )
    payload = [{"text": text, "part": str(n % PART)} for n, text in enumerate(texts)]
    client.upload_collection("texts", vectors, payload, ids=range(len(texts)), batch_size=BATCH)
    match = models.FieldCondition(key="part", match=models.MatchValue(value="0"))

    def ask(question: Any) -> list[int]:
        found = client.query_points(
            "texts", query=question, query_filter=models.Filter(must=[match]), limit=NEAREST
        )
        return [point.id for point in found.points]

    return ask


def sqlite_vec(vectors: Any, texts: list[str], _folder: Path) -> Ask:
    """In memory, exact; the facet is a metadata column."""
    import sqlite3

    import sqlite_vec

    connection = sqlite3.connect(":memory:")
    connection.enable_load_extension(True)
    sqlite_vec.load(connection)
    connection.execute(
        "CREATE VIRTUAL TABLE texts USING vec0(id integer primary key, part text, +body text, "
        f"vector float[{vectors.shape[1]}] distance_metric=cosine)"
    )
    connection.executemany(
        "INSERT INTO texts (id, part, body, vector) VALUES (?, ?, ?, ?)",
        ((n, str(n % PART), text, vectors[n].tobytes()) for n, text in enumerate(texts)),
    )
    statement = "SELECT id, body FROM texts WHERE vector MATCH ? AND part = '0' AND k = ?"

    def ask(question: Any) -> list[int]:
        return [row[0] for row in connection.execute(statement, (question.tobytes(), NEAREST))]

    return ask


def faiss(vectors: Any, texts: list[str], _folder: Path) -> Ask:
    """A bare index in memory."""
    import faiss

    index = faiss.IndexHNSWFlat(vectors.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efSearch = EF
    index.add(vectors)

    def ask(question: Any) -> list[int]:
        rows = index.search(question[None], NEAREST)[1][0].tolist()
        return [row for row in rows if texts[row]]

    return ask


def hnswlib(vectors: Any, texts: list[str], _folder: Path) -> Ask:
    """A bare index in memory."""
    import hnswlib

    index = hnswlib.Index("cosine", vectors.shape[1])
    index.init_index(len(vectors), ef_construction=64, M=16)
    index.add_items(vectors)
    index.set_ef(EF)

    def ask(question: Any) -> list[int]:
        rows = index.knn_query(question, NEAREST)[0][0].tolist()
        return [row for row in rows if texts[row]]

    return ask


PEERS: dict[str, tuple[Callable[[Any, list[str], Path], Ask], bool]] = {
    "lancedb": (lancedb, True),
    "chromadb": (chromadb, True),
    "qdrant local": (qdrant, True),
    "sqlite-vec": (sqlite_vec, True),
    "faiss": (faiss, False),
    "hnswlib": (hnswlib, False),
}

if __name__ == "__main__":
    # Its own folder on the path would hide a library behind a module of the same name.
    sys.path[:] = [place for place in sys.path if Path(place or ".") != Path(__file__).parent]
    main(Path(sys.argv[1]))
