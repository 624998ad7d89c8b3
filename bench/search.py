"""Search through the whole query layer against bare SQL and the peers, on the same vectors.

One question everywhere: the ten nearest rows with their text, of all rows or of those with one
value of a facet. `--peers PYTHON` names an interpreter that has the peers' libraries.
`--only speed` leaves out pairs and peers, `--only pairs` everything else; `--only peers` asks ours
and them alone, and `--peer NAME` some of them, where all would take too long.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench import similar_pairs
from bench.bulk_load import texts
from bench.databases import Bench, fresh
from bench.search_people import people
from clients.embedder import Embedder, embedder_named
from jobs.embed import embed
from jobs.search.search import find
from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.embeddings.vector_index import EF_CONSTRUCTION, LINKS
from queries.embeddings.vectors import EF_SEARCH
from queries.filters import Filters
from queries.gate import Gate
from queries.search.nearest import CANDIDATES
from queries.search.question import parse
from queries.search.search import search

QUESTIONS = 200
WARM = 10  # turns that are not counted
NEAREST = 10
BARE = "bare SQL"
PARTS = (10, 100, 1000)  # a value of facet `part10` is in every tenth row
FACETS = (*PARTS, 2, 3, 5, 7, 12, 50, 365)
TEXTS = Collection(
    name="texts",
    title="Texts",
    table="public.texts",
    id="id",
    text=("body",),
    facet_columns=tuple((f"part{facet}", f"part{facet}") for facet in FACETS),
)
Timed = Callable[[int], list[str]]


@dataclass(frozen=True)
class World:
    """The rows, their vectors, and the questions."""

    written: list[str]
    vectors: NDArray[np.float32]
    asked: list[str]
    questions: NDArray[np.float32]

    def true(self, asked: int, part: int) -> list[set[str]]:
        """Ids of the ten nearest rows of the first value of a facet for so many questions; part 1
        is every row."""
        rows, found = self.vectors[::part], []
        for question in self.questions[:asked]:
            near = rows @ question
            # As a stable sort of all would give them, which takes most of a second for a million.
            most = min(NEAREST, len(near))
            tenth = np.partition(near, -most)[-most]
            best = np.flatnonzero(near >= tenth)
            best = best[np.argsort(-near[best], kind="stable")[:NEAREST]]
            found.append({str(part * row) for row in best.tolist()})
        return found


def main(arguments: Sequence[str]) -> None:
    """Print each figure with its peer in the same run, then all of them as JSON."""
    parser = argparse.ArgumentParser(prog="./northlight bench search")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter that has the peers")
    parser.add_argument("--peer", metavar="NAME", action="append", default=[])
    parser.add_argument("--only", choices=("speed", "pairs", "peers"))
    asked = parser.parse_args(list(arguments))
    figures: dict[str, Any] = {}
    if asked.only != "pairs":
        world = made_world(asked.rows)
        with fresh() as bench:
            collection = filled(bench, world)
            if asked.only == "peers":
                index_facets(bench)
                figures |= ours(bench, collection, world)
            else:
                beside_it(bench)
                figures |= measured(bench, collection, world)
    if asked.only in {None, "pairs"}:
        with fresh() as bench:
            collection = filled(bench, made_world(similar_pairs.ROWS))
            figures["pairs"] = similar_pairs.measured(bench, collection)
        print(f"pairs of {similar_pairs.ROWS:,} rows: {figures['pairs']}", flush=True)
    if asked.peers and asked.only in {None, "peers"}:
        figures["peers"] = peers(asked.peers, world, asked.peer)
    print(json.dumps(figures))


def made_world(rows: int) -> World:
    """Recombined sentences of the labelled sets; the questions are none of the rows.

    Vectors are rounded to half precision, as they are stored, so that all ways compare the same.
    """
    made = texts(rows + QUESTIONS)
    asked = [parse(text.replace('"', " ").replace(" -", " ")).meaning for text in made[rows:]]
    vectors = embedder_named(None).embed([*made[:rows], *asked])
    stored = vectors[:rows].astype(np.float16).astype(np.float32)
    return World(made[:rows], stored, asked, vectors[rows:])


def filled(bench: Bench, world: World) -> Collection:
    """The rows as a collection with ten facets, embedded and indexed."""
    columns = ", ".join(f"part{facet} text" for facet in FACETS)
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE public.texts (id text PRIMARY KEY, body text, {columns})")
        with connection.cursor().copy("COPY public.texts FROM STDIN") as copy:
            for number, text in enumerate(world.written):
                copy.write_row((str(number), text, *(str(number % facet) for facet in FACETS)))
        connection.execute("ANALYZE public.texts")
    publish(bench.gate.engine, [TEXTS])
    collection = collection_named(bench.gate, "texts")
    start = perf_counter()
    embed(bench.gate, collection, embedder_named(None), lambda _step, _share: None)
    print(f"embedded and indexed in {perf_counter() - start:.1f} s", flush=True)
    return collection


def beside_it(bench: Bench) -> None:
    """The bare table, with the facets, texts and vectors in one, and an index like ours."""
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE bare AS SELECT t.*, e.embedding::halfvec(256) AS embedding "
            "FROM public.texts t JOIN northlight.embedding e ON e.row_id = t.id"
        )
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute(
            "CREATE INDEX bare_hnsw ON bare USING hnsw (embedding halfvec_cosine_ops) "
            f"WITH (m = {LINKS}, ef_construction = {EF_CONSTRUCTION})"
        )
        connection.execute("ANALYZE bare")


def measured(bench: Bench, collection: Collection, world: World) -> dict[str, Any]:
    """Times in milliseconds, shares from 0 to 1, bytes."""
    figures: dict[str, Any] = {"rows": len(world.written)}
    with psycopg.connect(bench.url) as connection, people(bench, collection) as readers:
        figures["index_bytes"] = connection.execute(
            "SELECT pg_relation_size('bare_hnsw')"
        ).fetchone()
        connection.execute(f"SET hnsw.ef_search = {EF_SEARCH}")
        connection.execute("SET hnsw.iterative_scan = relaxed_order")
        for part in (1, *PARTS):
            ways = {
                BARE: bare(connection, world, part),
                f"{BARE}, embedded": bare(connection, world, part, embedder_named(None)),
                "search()": whole(bench.gate, collection, world, part),
                "find()": with_passage(bench.gate, collection, world, part),
            }
            for role, gate in readers.items():
                ways[f"find() as {role}"] = with_passage(gate, collection, world, part)
            told = beside(ways, world, part)
            figures[f"part{part}"] = told
            for name, found in told.items():
                print(f"1/{part:<5}{name:<20}{found}", flush=True)
    return figures


def index_facets(bench: Bench) -> None:
    """As the owner of a table that is filtered by its facets has them, and as the peers do."""
    with psycopg.connect(bench.url, autocommit=True) as connection:
        for part in PARTS:
            connection.execute(f"CREATE INDEX ON public.texts (part{part})")


def ours(bench: Bench, collection: Collection, world: World) -> dict[str, Any]:
    """Our own search of every share of the rows."""
    figures = {}
    for part in (1, *PARTS):
        ways = {"search()": whole(bench.gate, collection, world, part)}
        figures[f"part{part}"] = beside(ways, world, part)
        print(f"1/{part:<5}{figures[f'part{part}']}", flush=True)
    return figures


def beside(ways: dict[str, Timed], world: World, part: int) -> dict[str, Any]:
    """p50 and p95 of each way, asked in turn so that a busy moment hits all of them; recall@10.

    All are asked the same questions, but in a turn each another one: whoever is asked what has just
    been asked finds everything in the processor's caches, and takes half as long. For the same
    reason the true neighbours are worked out beforehand: that reads all vectors.
    """
    asked = QUESTIONS if part == 1 else QUESTIONS // 2
    true = world.true(asked, part)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    shares: dict[str, list[float]] = {name: [] for name in ways}
    short = dict.fromkeys(ways, 0)
    for turn in range(-WARM, asked):
        for place, (name, way) in enumerate(ways.items()):
            number = (turn + place * asked // len(ways)) % asked
            start = perf_counter()
            ids = way(number)
            if turn < 0:
                continue  # warms plans and pages
            taken[name].append(1000 * (perf_counter() - start))
            shares[name].append(len(true[number] & set(ids)) / len(true[number]))
            short[name] += len(true[number]) - len(ids)
    return {
        name: {
            "p50": round(float(np.percentile(taken[name], 50)), 2),
            "p95": round(float(np.percentile(taken[name], 95)), 2),
            "recall": round(float(np.mean(shares[name])), 4),
            "short": short[name],
            **(times(taken, name) if BARE in ways else {}),
        }
        for name in ways
    }


def times(taken: dict[str, list[float]], name: str) -> dict[str, float]:
    """How many times as long a way takes as bare SQL, which embeds the question where it does."""
    peer = f"{BARE}, embedded" if name.startswith("find") else BARE
    return {
        f"times p{p}": round(
            float(np.percentile(taken[name], p) / np.percentile(taken[peer], p)), 2
        )
        for p in (50, 95)
    }


def bare(
    connection: psycopg.Connection, world: World, part: int, embedder: Embedder | None = None
) -> Timed:
    """Hand-written SQL over a table of its own, in the way that reaches the recall of ours.

    Everything: the best of a second thousand of the index's candidates. Every tenth row: the index
    as it is. Fewer: the index finds too little (.95 and .82), so all of them are compared.
    """
    distance = "embedding <=> %(q)s::halfvec(256)"
    rows = f"SELECT id, body, {distance} AS distance FROM bare"
    if part == 1:
        near = f"{rows} ORDER BY {distance} LIMIT {CANDIDATES}"
        statement = f"SELECT * FROM ({near}) near ORDER BY distance + 0 LIMIT {NEAREST}"
    else:
        near = distance if part == min(PARTS) else f"({distance}) + 0"
        statement = f"{rows} WHERE part{part} = '0' ORDER BY {near} LIMIT {NEAREST}"

    def ask(number: int) -> list[str]:
        vector = world.questions[number]
        if embedder:
            (vector,) = embedder.embed([world.asked[number]])
        spelled = "[" + ",".join(map(str, vector.tolist())) + "]"
        found = connection.execute(statement, {"q": spelled}).fetchall()
        connection.commit()
        return [row[0] for row in found]

    return ask


def whole(gate: Gate, collection: Collection, world: World, part: int) -> Timed:
    """The query layer: gate, filters, theme, marked words, audit."""
    filters = narrowed(part)

    def ask(number: int) -> list[str]:
        vector, said = world.questions[number], world.asked[number]
        return list(
            search(gate, collection, said, vector, filters, "meaning", NEAREST).hits["row_id"]
        )

    return ask


def with_passage(gate: Gate, collection: Collection, world: World, part: int) -> Timed:
    """The same with the question embedded and the best passage of each hit found."""
    filters, embedder = narrowed(part), embedder_named(None)

    def ask(number: int) -> list[str]:
        said = world.asked[number]
        found = find(gate, collection, said, embedder, filters, mode="meaning", limit=NEAREST)
        return list(found.hits["row_id"])

    return ask


def narrowed(part: int) -> Filters:
    """One value of a facet; every row for part 1."""
    return Filters() if part == 1 else Filters(equals=((f"part{part}", ("0",)),))


def peers(python: str, world: World, names: Sequence[str]) -> dict[str, Any]:
    """What bench/peers.py found out under another interpreter; absent peers are named there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "vectors.npy", world.vectors)
        np.save(folder / "questions.npy", world.questions)
        (folder / "texts.json").write_text(json.dumps(world.written), encoding="utf-8")
        script = Path(__file__).with_name("peers.py")
        command = [python, str(script), str(folder), *names]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(run.stdout.splitlines()[-1]))
