"""Fill what is missing or changed: vectors first, then words, then the indexes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clients.embedder import Embedder
from jobs.cutoff import learn
from jobs.errors import JobError
from queries import embed as store
from queries import histories, spaces
from queries.collection import Collection
from queries.embed import Unembedded
from queries.gate import Gate, alone
from queries.spaces import Space
from queries.vectors import Embedded

BATCH = 5_000
EMPTY = "empty text"
NO_WORDS = "no word the model knows"

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class EmbedReport:
    """What one run of `embed` did; `refused` counts by reason over the whole space."""

    collection: str
    model: str
    embedded: int
    removed: int
    words: int
    refused: dict[str, int]
    index: str | None


def embed(
    gate: Gate,
    collection: Collection,
    embedder: Embedder,
    progress: Progress,
    *,
    switch: bool = False,
) -> EmbedReport:
    """Embed what is missing or changed, batch by batch; a killed run goes on where it stopped."""
    with alone(gate.engine, "embed", collection.name):
        return _embed(gate, collection, embedder, progress, switch)


def _embed(
    gate: Gate, collection: Collection, embedder: Embedder, progress: Progress, switch: bool
) -> EmbedReport:
    space = space_to_fill(gate, collection, embedder)
    done = fill(gate, collection, space, embedder, progress) if writable(collection, space) else 0
    removed = store.forget_gone(gate.engine, collection, space)
    progress("indexing words", 0.9)
    words = store.index_words(gate.engine, collection)
    histories.keep(gate.engine, collection)
    progress("building the index", 0.95)
    index = spaces.build_index(gate.engine, space)
    spaces.mark_embedded(gate.engine, space)
    if done or removed or space.far is None:
        progress("learning what is close", 0.98)
        learn(gate, collection, space, embedder)
    if switch and not space.active:
        spaces.switch(gate.engine, space)
    progress("embedded", 1.0)
    refused = spaces.refused_counts(gate, space)
    return EmbedReport(collection.name, space.model, done, removed, words, refused, index)


def space_to_fill(gate: Gate, collection: Collection, embedder: Embedder) -> Space:
    """The collection's own column where it may be filled or is read in place, else our table."""
    for space in spaces.spaces(gate, collection):
        asked_for = space.model == embedder.name or not collection.fill
        if space.storage == "column" and asked_for:
            if collection.fill:
                space.check(embedder.dimensions)
            return space
    return spaces.ensure_space(gate.engine, collection, embedder.name, embedder.dimensions)


def writable(collection: Collection, space: Space) -> bool:
    """Whether vectors may be written: always into our own table, into a column only if allowed."""
    return space.storage == "own" or collection.fill


def fill(
    gate: Gate, collection: Collection, space: Space, embedder: Embedder, progress: Progress
) -> int:
    """Embed and store in batches; how many rows got a vector or a reason for having none."""
    missing = store.unembedded_count(gate, collection, space)
    if missing:
        store.drop_index_before_load(gate.engine, space, missing)
    done = 0
    for batch in store.unembedded(gate, collection, space, BATCH):
        store.store(gate.engine, collection, space, embedded(batch, embedder))
        done += len(batch)
        total = max(done, missing)  # rows may have arrived since they were counted
        progress(f"embedded {done:,} of {total:,} rows", 0.9 * done / total)
    return done


def embedded(batch: Sequence[Unembedded], embedder: Embedder) -> list[Embedded]:
    """Each row with its vector, or with the reason why the model could not give one."""
    texts = [row.text for row in batch if row.text.strip()]
    vectors = iter(embedder.embed(texts))
    return [_embedded(row, next(vectors) if row.text.strip() else None) for row in batch]


def _embedded(row: Unembedded, vector: "np.typing.NDArray[np.float32] | None") -> Embedded:
    if vector is None:
        return Embedded(row.row_id, row.content_hash, None, EMPTY)
    if not np.isfinite(vector).all():
        return Embedded(row.row_id, row.content_hash, None, NO_WORDS)
    if not 0.999 < float(np.linalg.norm(vector)) < 1.001:
        raise JobError(
            f"The model gave a vector of length {float(np.linalg.norm(vector)):.3f} for row "
            f"{row.row_id!r}; only unit length is stored. Check the embedder."
        )
    return Embedded(row.row_id, row.content_hash, vector)
