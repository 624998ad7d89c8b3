"""Fill what is missing or changed: vectors and words side by side, then the index.

Embedding keeps a core of this process busy, storing and counting words one of the server's.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clients.embedder import Embedder, embedder_named
from jobs.collecting import seldom_collected
from jobs.errors import JobError
from jobs.search.comparing import compare_if_few
from jobs.search.cutoff import learn
from queries.catalog import collection_named
from queries.collection import Collection
from queries.embeddings import embed as store
from queries.embeddings import spaces
from queries.embeddings.embed import Unembedded
from queries.embeddings.spaces import Space
from queries.embeddings.vector_index import build_index
from queries.embeddings.vectors import Embedded
from queries.gate import Gate, alone
from queries.people import histories, known_names
from queries.search import alike

BATCH = 5_000
EMPTY = "empty text"
NO_WORDS = "no word the model knows"
LEARN_AGAIN = 0.05  # of the rows: learning reads every vector and asks the model a thousand times

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class EmbedReport:
    """What one run of `embed` did; `refused` counts by reason over the whole space.

    `read_in_place` says that the vectors are a column's that is only read.
    """

    collection: str
    model: str
    embedded: int
    removed: int
    words: int
    refused: dict[str, int]
    index: str | None
    read_in_place: bool = False


@seldom_collected()
def embed(
    gate: Gate,
    collection: Collection,
    embedder: Embedder,
    progress: Progress,
    *,
    switch: bool = False,
) -> EmbedReport:
    """Embed what is missing or changed, batch by batch; a killed run goes on where it stopped.

    `switch` makes the model the one that searches use; vectors that a table's column has already
    and that are only read are left there, and new ones made beside the table.
    """
    with alone(gate.engine, "embed", collection.name):
        return _embed(gate, collection, embedder, progress, switch)


def _embed(
    gate: Gate, collection: Collection, embedder: Embedder, progress: Progress, switch: bool
) -> EmbedReport:
    space = space_to_fill(gate, collection, embedder, beside=switch)
    with _beside(_index_words, gate, collection) as words_of:
        done = 0
        if not space.only_read(collection):
            done = fill(gate, collection, space, embedder, progress)
        removed = store.forget_gone(gate.engine, collection, space)
        progress("indexing words", 0.9)
        words = words_of.result()
    histories.keep(gate.engine, collection)
    spaces.mark_embedded(gate.engine, space)
    if space.far is None or _is_much(done + removed, gate, collection):
        progress("learning what is close", 0.93)
        space = learn(gate, collection, space, embedder)
    progress("building the index", 0.95)
    index = build_index(gate.engine, space, collection, lambda said: progress(said, 0.95))
    if switch and not space.active:
        spaces.switch(gate.engine, space)
    if done or removed or not alike.was_compared(gate, collection):
        progress("comparing rows", 0.99)
        compare_if_few(gate, collection, lambda *_: None)
    progress("embedded", 1.0)
    refused = spaces.refused_counts(gate, space)
    read = space.only_read(collection)
    return EmbedReport(collection.name, space.model, done, removed, words, refused, index, read)


def _is_much(changed: int, gate: Gate, collection: Collection) -> bool:
    """Whether so many rows changed that what was learnt from all of them may hold no longer."""
    return changed > 0 and changed >= LEARN_AGAIN * spaces.embedded_count(gate, collection)


def _index_words(gate: Gate, collection: Collection) -> int:
    """Names are learned first: what analysts find texts by is made of masked texts."""
    for name in known_names.learn_names(gate.engine, collection):
        if name != collection.name:
            store.index_words(gate.engine, collection_named(gate, name))
    return store.index_words(gate.engine, collection)


def embedder_for(collection: Collection, model: str | None) -> Embedder:
    """The model of that name, or the collection's own. Raises UnknownModel.

    A column that is only read is never embedded: ours will do where its model cannot be asked.
    """
    only_read = bool(collection.embedding) and not collection.fill
    return embedder_named(model or (None if only_read else collection.model))


def space_to_fill(
    gate: Gate, collection: Collection, embedder: Embedder, *, beside: bool = False
) -> Space:
    """The collection's own column where it may be filled or is what searches read, else our table.

    `beside` asks for our table where the column is only read.
    """
    for space in spaces.spaces(gate, collection):
        if space.storage != "column":
            continue
        if collection.fill and space.model == embedder.name:
            space.check(embedder.dimensions)
            return space
        if not collection.fill and space.active and not beside:
            return space
    return spaces.ensure_space(gate.engine, collection, embedder.name, embedder.dimensions)


def fill(
    gate: Gate, collection: Collection, space: Space, embedder: Embedder, progress: Progress
) -> int:
    """Embed and store in batches; how many rows got a vector: others are stored with a reason."""
    missing = store.unembedded_count(gate, collection, space)
    if missing:
        store.drop_index_before_load(gate.engine, space, missing)
    done = filled = 0
    batches = store.unembedded(gate, collection, space, BATCH, embedder.longest)
    ready = (embedded(batch, embedder) for batch in batches)
    for stored in _stored(gate, collection, space, ready):
        done += len(stored)
        filled += sum(row.vector is not None for row in stored)
        total = max(done, missing)  # rows may have arrived since they were counted
        progress(f"embedded {done:,} of {total:,} rows", 0.9 * done / total)
    return filled


def _stored(
    gate: Gate, collection: Collection, space: Space, batches: Iterable[Sequence[Embedded]]
) -> Iterator[Sequence[Embedded]]:
    """Each batch once it is stored, which a thread does while the next is being embedded."""
    with ThreadPoolExecutor(1) as thread:
        before = None
        for rows in batches:
            if before is not None:
                yield before.result()
            before = thread.submit(store.store, gate.engine, collection, space, rows)
        if before is not None:
            yield before.result()


@contextmanager
def _beside(work: Callable[..., Any], *arguments: Any) -> Iterator["Future[Any]"]:
    """Do the work in a thread while the block runs; the block waits for its end in any case."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(work, *arguments)


def embedded(batch: Sequence[Unembedded], embedder: Embedder) -> list[Embedded]:
    """Each row with its vector, or with the reason why the model could not give one."""
    vectors = embedder.embed([row.text for row in batch if row.text.strip()])
    lengths = np.linalg.norm(vectors, axis=1).tolist()
    found = zip(vectors, lengths, strict=True)
    return [_embedded(row, *next(found)) if row.text.strip() else _empty(row) for row in batch]


def _empty(row: Unembedded) -> Embedded:
    return Embedded(row.row_id, row.content_hash, None, EMPTY)


def _embedded(row: Unembedded, vector: NDArray[np.float32], length: float) -> Embedded:
    if not math.isfinite(length):
        return Embedded(row.row_id, row.content_hash, None, NO_WORDS)
    if not 0.999 < length < 1.001:
        raise JobError(
            f"The model gave a vector of length {length:.3f} for row {row.row_id!r}; only unit "
            "length is stored. Check the embedder."
        )
    return Embedded(row.row_id, row.content_hash, vector)
