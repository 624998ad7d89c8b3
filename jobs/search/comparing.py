"""Compare the rows of a collection with each other, and keep the pairs that are similar."""

from collections.abc import Callable

from analysis.pairs import pairs_above
from analysis.vectors import unit_rows
from queries.collection import Collection
from queries.embeddings import spaces, vectors
from queries.gate import Gate
from queries.search import alike

KEPT_FROM = 0.5
MOST_KEPT = 20_000  # more than anybody pages through; each costs two rows and their checks
# `embed` compares up to so many rows by itself, in seconds; time grows with the square.
BY_ITSELF = 20_000

Progress = Callable[[str, float], None]


def compare(gate: Gate, collection: Collection, progress: Progress) -> int:
    """Keep the most similar pairs of at least 0.5; how many there are in all."""
    space = spaces.active_space(gate, collection)
    progress("reading embeddings", 0.0)
    ids, rows = vectors.embeddings(gate, collection, space)
    found = pairs_above(unit_rows(rows), KEPT_FROM, MOST_KEPT, None, progress)
    # Where not all fit, those as similar as the last that did may be missing.
    since = KEPT_FROM if found.total <= MOST_KEPT else float(found.similarity[-1]) + 1e-6
    pairs = zip(found.first.tolist(), found.second.tolist(), found.similarity.tolist(), strict=True)
    named = ((ids[one], ids[other], similarity) for one, other, similarity in pairs)
    alike.keep(gate.engine, space, named, since)
    return found.total


def compare_if_few(gate: Gate, collection: Collection, progress: Progress) -> None:
    """As `compare`, for a collection small enough to be compared on the way."""
    if spaces.embedded_count(gate, collection) <= BY_ITSELF:
        compare(gate, collection, progress)
