"""The peers of `bench search`, run under an interpreter that has their libraries.

Stands alone: a folder with vectors.npy, questions.npy, texts.json and least.json (the share of the
true neighbours that ours finds) in, one line of JSON out. Each answers "the ten nearest rows with
their text, where a facet has a value", of all rows and of every tenth, hundredth and thousandth.
Faiss and hnswlib store neither texts nor facets: a list has their texts, and their own filter
functions are handed the rows. Whoever has an HNSW index is given the links and the construction
effort of ours. It is measured twice: with the least effort that finds as many true neighbours of
other questions as ours did, or else with the one that finds most; and with the least that finds 98
of 100. Effort 0 is exact; it is taken where it is the quickest. No measurement takes more than a
few seconds, and no peer is built for longer than some minutes: one that is not done by then says
how far it came.

    pip install lancedb chromadb qdrant-client sqlite-vec apsw faiss-cpu hnswlib
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

NEAREST = 10
PARTS = (1, 10, 100, 1000)
BATCH = 5_000
TUNED_BY = 200  # questions, as in bench/search_world.py; the others are measured
LONGEST, TUNING_LONGEST = 10, 4  # seconds of one measurement
BUILT_BY = 240  # seconds; a peer that is built in batches stops there
RECALL = 0.98
LINKS, CONSTRUCTION = 12, 64  # as in queries/embeddings/vector_index.py
REFINED = 10  # of an approximate index, so many times what is asked for is compared in full
EFFORTS = (20, 50, 100, 200, 400, 800, 1600, 3200, 6400)

Ask = Callable[[Any, int, int], list[int]]  # question, part, effort -> ids


@dataclass(frozen=True)
class World:
    """The rows, and where a peer may put files."""

    vectors: Any
    questions: Any
    texts: list[str]
    folder: Path
    least: dict[str, float]

    def facets(self, row: int) -> dict[str, str]:
        """The values of a row's facets by name."""
        return {f"part{part}": str(row % part) for part in PARTS[1:]}

    def true(self, asked: range, part: int) -> list[set[int]]:
        """The ten nearest rows of the first value of a facet; part 1 is every row.

        Worked out for all questions beforehand: it reads every vector, and whoever is asked next
        would find the processor's caches empty.
        """
        rows = self.vectors[::part]
        return [
            {int(row) * part for row in np.argsort(-(rows @ question), kind="stable")[:NEAREST]}
            for question in self.questions[asked.start : asked.stop]
        ]


class TooSlow(Exception):
    """A peer that would take longer to build than this bench waits."""


def main(folder: Path, names: Sequence[str]) -> None:
    """Each peer in turn (those named, or all); one that is absent says so in place of figures."""
    vectors, questions = (np.load(folder / f"{n}.npy") for n in ("vectors", "questions"))
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    least = json.loads((folder / "least.json").read_text(encoding="utf-8"))
    world = World(vectors, questions, texts, folder, least)
    found: dict[str, Any] = {}
    for name, (make, efforts) in PEERS.items():
        if names and name not in names:
            continue
        try:
            start = perf_counter()
            ask = make(world)
            built = perf_counter() - start
            os.sync()  # else the machine does it while we measure
        except (ImportError, TooSlow) as error:
            found[name] = f"not measured: {error}"
            print(f"{name:<19}{found[name]}", file=sys.stderr, flush=True)
            continue
        found[name] = {"build_s": round(built, 1)}
        for part in PARTS:
            for told, figures in beside(ask, world, part, efforts):
                found[name][told] = figures
                print(f"{told:<14}{name:<13}{figures}", file=sys.stderr, flush=True)
    print(json.dumps(found))


def beside(
    ask: Ask, world: World, part: int, efforts: Sequence[int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Figures at the recall of ours, and at RECALL where that is another effort."""
    least = world.least[f"part{part}"]
    among = tried(ask, world, part, efforts, max(least, RECALL))
    names = {chosen(among, least): f"part{part}"}
    names.setdefault(chosen(among, RECALL), f"part{part} {RECALL}")
    asked = range(TUNED_BY, len(world.questions))
    for effort, name in names.items():
        yield name, {"effort": effort} | measured(ask, world, asked, part, effort, LONGEST)


def tried(
    ask: Ask, world: World, part: int, efforts: Sequence[int], least: float
) -> dict[int, dict[str, Any]]:
    """Figures of the questions to tune by for each effort, until one finds that much: more takes
    longer."""
    among = {}
    for effort in efforts:
        among[effort] = measured(ask, world, range(TUNED_BY), part, effort, TUNING_LONGEST)
        if effort and among[effort]["recall"] >= least:
            break
    return among


def chosen(among: dict[int, dict[str, Any]], least: float) -> int:
    """The quickest effort that finds so much, or else the one that finds most."""
    return max(among, key=lambda e: (min(among[e]["recall"], least), -among[e]["p50"]))


def measured(
    ask: Ask, world: World, asked: range, part: int, effort: int, longest: float
) -> dict[str, Any]:
    """Times in milliseconds and recall@10 of as many questions as fit in the time."""
    true = world.true(asked, part)
    ask(world.questions[asked.start], part, effort)  # warms pages
    taken: list[float] = []
    shares = []
    for number, near in zip(asked, true, strict=True):
        start = perf_counter()
        ids = ask(world.questions[number], part, effort)
        taken.append(1000 * (perf_counter() - start))
        shares.append(len(near.intersection(ids)) / len(near))
        if sum(taken) > 1000 * longest:
            break
    return {
        "p50": round(float(np.percentile(taken, 50)), 2),
        "p95": round(float(np.percentile(taken, 95)), 2),
        "recall": round(float(np.mean(shares)), 4),
        "questions": len(taken),
    }


def batches(world: World) -> Iterator[range]:
    """The numbers of the rows, batch by batch. Raises TooSlow once time is up."""
    start = perf_counter()
    rows = len(world.texts)
    for first in range(0, rows, BATCH):
        if perf_counter() - start > BUILT_BY:
            raise TooSlow(f"{first:,} of {rows:,} rows in {BUILT_BY} seconds")
        yield range(first, min(first + BATCH, rows))


def lancedb(world: World) -> Ask:
    """On disk: HNSW on bytes, the best candidates compared in full; filtered beforehand."""
    import lancedb
    import pyarrow as pa
    from lancedb.index import Bitmap, HnswSq

    vectors, rows = world.vectors, range(len(world.texts))
    flat = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    facets = {f"part{part}": [str(row % part) for row in rows] for part in PARTS[1:]}
    columns = {"id": list(rows), "text": world.texts, **facets, "vector": flat}
    table = lancedb.connect(world.folder / "lance").create_table("texts", pa.table(columns))
    graph = {"m": LINKS, "ef_construction": CONSTRUCTION, "num_partitions": 1}
    table.create_index("vector", config=HnswSq(distance_type="cosine", **graph))
    for facet in facets:
        table.create_index(facet, config=Bitmap())

    def ask(question: Any, part: int, effort: int) -> list[int]:
        query = table.search(question).distance_type("cosine").limit(NEAREST)
        if part > 1:
            query = query.where(f"part{part} = '0'", prefilter=True)
        if effort:
            query = query.ef(effort).refine_factor(min(effort // NEAREST, REFINED))
        else:
            query = query.bypass_vector_index()
        return [row["id"] for row in query.select(["id", "text", "_distance"]).to_list()]

    return ask


def chromadb(world: World) -> Ask:
    """On disk, HNSW in memory. A changed effort is taken up when the collection is opened anew."""
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    graph = {"space": "cosine", "max_neighbors": LINKS, "ef_construction": CONSTRUCTION}
    place = str(world.folder / "chroma")
    client = chromadb.PersistentClient(place)
    made = client.create_collection("texts", configuration={"hnsw": graph})
    for rows in batches(world):
        made.add(
            ids=[str(row) for row in rows],
            embeddings=world.vectors[rows.start : rows.stop],
            documents=world.texts[rows.start : rows.stop],
            metadatas=[world.facets(row) for row in rows],
        )
    opened = {0: made}

    def with_effort(effort: int) -> Any:
        if effort not in opened:
            _, there = opened.popitem()
            there.modify(configuration={"hnsw": {"ef_search": effort}})
            SharedSystemClient.clear_system_cache()
            opened[effort] = chromadb.PersistentClient(place).get_collection("texts")
        return opened[effort]

    def ask(question: Any, part: int, effort: int) -> list[int]:
        found = with_effort(effort).query(
            query_embeddings=[question],
            n_results=NEAREST,
            where={f"part{part}": "0"} if part > 1 else None,
            include=["documents", "distances"],
        )
        return [int(row) for row in found["ids"][0]]

    return ask


def qdrant(world: World) -> Ask:
    """The client's local mode, in memory: exact, in numpy."""
    from qdrant_client import QdrantClient, models

    client = QdrantClient(":memory:")
    size = models.VectorParams(size=world.vectors.shape[1], distance=models.Distance.COSINE)
    client.create_collection("texts", vectors_config=size)
    for rows in batches(world):
        payload = [{"text": world.texts[row], **world.facets(row)} for row in rows]
        vectors = world.vectors[rows.start : rows.stop]
        client.upload_collection("texts", vectors, payload, ids=rows, batch_size=BATCH)

    def ask(question: Any, part: int, _effort: int) -> list[int]:
        value = models.MatchValue(value="0")
        chosen = models.Filter(must=[models.FieldCondition(key=f"part{part}", match=value)])
        found = client.query_points(
            "texts", query=question, query_filter=chosen if part > 1 else None, limit=NEAREST
        )
        return [point.id for point in found.points]

    return ask


def sqlite_vec(world: World) -> Ask:
    """In memory, exact; the facets are metadata columns. Not every sqlite3 can load extensions."""
    import apsw
    import sqlite_vec

    connection = apsw.Connection(":memory:")
    connection.enable_load_extension(True)
    connection.load_extension(sqlite_vec.loadable_path())
    facets = "".join(f", part{part} text" for part in PARTS[1:])
    connection.execute(
        f"CREATE VIRTUAL TABLE texts USING vec0(id integer primary key{facets}, +body text, "
        f"vector float[{world.vectors.shape[1]}] distance_metric=cosine)"
    )
    with connection:
        connection.executemany(
            "INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?)",
            (
                (row, *world.facets(row).values(), text, world.vectors[row].tobytes())
                for row, text in enumerate(world.texts)
            ),
        )

    def ask(question: Any, part: int, _effort: int) -> list[int]:
        where = f"AND part{part} = '0'" if part > 1 else ""
        statement = f"SELECT id, body FROM texts WHERE vector MATCH ? {where} AND k = {NEAREST}"
        return [row[0] for row in connection.execute(statement, (question.tobytes(),))]

    return ask


def faiss(world: World) -> Ask:
    """A bare index in memory; a bitmap of the rows is its filter."""
    import faiss

    faiss.omp_set_num_threads(1)  # one question at a time: threads would only wait for each other
    index = faiss.IndexHNSWFlat(world.vectors.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = CONSTRUCTION
    index.add(world.vectors)
    chosen = {part: np.arange(len(world.texts)) % part == 0 for part in PARTS[1:]}
    bits = {part: np.packbits(rows, bitorder="little") for part, rows in chosen.items()}
    only = {part: faiss.IDSelectorBitmap(rows) for part, rows in bits.items()}

    def ask(question: Any, part: int, effort: int) -> list[int]:
        if effort:
            how = faiss.SearchParametersHNSW(sel=only.get(part), efSearch=effort)
            rows = index.search(question[None], NEAREST, params=how)[1][0]
        else:
            how = faiss.SearchParameters(sel=only.get(part))
            rows = index.storage.search(question[None], NEAREST, params=how)[1][0]
        return [int(row) for row in rows if row >= 0 and world.texts[row]]

    return ask


def hnswlib(world: World) -> Ask:
    """A bare index in memory; a function of Python's is its filter."""
    import hnswlib

    index = hnswlib.Index("cosine", world.vectors.shape[1])
    index.init_index(len(world.vectors), ef_construction=CONSTRUCTION, M=LINKS)
    index.add_items(world.vectors)

    def ask(question: Any, part: int, effort: int) -> list[int]:
        index.set_ef(effort)
        only = (lambda row: row % part == 0) if part > 1 else None
        try:
            rows = index.knn_query(question, NEAREST, num_threads=1, filter=only)[0][0]
        except RuntimeError:  # it found fewer than ten
            return []
        return [int(row) for row in rows if world.texts[row]]

    return ask


PEERS: dict[str, tuple[Callable[[World], Ask], Sequence[int]]] = {
    "lancedb": (lancedb, (0, *EFFORTS)),
    "chromadb": (chromadb, EFFORTS),
    "qdrant": (qdrant, (0,)),
    "sqlite-vec": (sqlite_vec, (0,)),
    "faiss": (faiss, (0, *EFFORTS)),
    "hnswlib": (hnswlib, EFFORTS),
}

if __name__ == "__main__":
    # Its own folder on the path would hide a library behind a module of the same name.
    sys.path[:] = [place for place in sys.path if Path(place or ".") != Path(__file__).parent]
    main(Path(sys.argv[1]), sys.argv[2:])
