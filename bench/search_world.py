"""The rows that `bench search` asks for, as a collection and as a bare table beside it."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
import psycopg
from numpy.typing import NDArray

from bench.bulk_load import texts
from bench.databases import Bench
from clients.embedder import embedder_named
from jobs.embed import embed
from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.embeddings.vector_index import EF_CONSTRUCTION, LINKS
from queries.search.question import parse

QUESTIONS = 340
# Nobody is measured by what he was tuned by. With 60 to tune by, what finds .977 was taken for .98.
TUNED_BY, ASKED = range(200), range(200, QUESTIONS)
NEAREST = 10
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


@dataclass(frozen=True)
class World:
    """The rows, their vectors, and the questions."""

    written: list[str]
    vectors: NDArray[np.float32]
    asked: list[str]
    questions: NDArray[np.float32]

    def true(self, asked: range, part: int) -> list[set[str]]:
        """Ids of the ten nearest rows of the first value of a facet for each of these questions;
        part 1 is every row."""
        rows, found = self.vectors[::part], []
        for question in self.questions[asked.start : asked.stop]:
            near = rows @ question
            # As a stable sort of all would give them, which takes most of a second for a million.
            most = min(NEAREST, len(near))
            tenth = np.partition(near, -most)[-most]
            best = np.flatnonzero(near >= tenth)
            best = best[np.argsort(-near[best], kind="stable")[:NEAREST]]
            found.append({str(part * row) for row in best.tolist()})
        return found


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
    settle(bench)
    return collection


def settle(bench: Bench) -> None:
    """Do at once what the server does within the next minutes, else it does it while we measure."""
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


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
    settle(bench)


def index_facets(bench: Bench) -> None:
    """As the owner of a table that is filtered by its facets has them, and as the peers do."""
    with psycopg.connect(bench.url, autocommit=True) as connection:
        for part in PARTS:
            connection.execute(f"CREATE INDEX ON public.texts (part{part})")
