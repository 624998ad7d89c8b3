"""Check a declared collection: the table, the rows, the vectors, the model."""

from collections.abc import Iterator

from analysis.degeneracy import Spread, spread
from clients.embedder import MODELS
from queries.collection import Collection
from queries.collections import check, check_vectors
from queries.collections.check import Finding
from queries.embeddings.spaces import Space, spaces
from queries.gate import Gate

LEAST_SAMPLE = 30
LOW_RANK = 5.0
ALIKE_SHARE = 0.2
LEAST_DISTINCT = 0.5


def findings(gate: Gate, collection: Collection) -> list[Finding]:
    """What is the matter with a collection, errors first; each finding says what to do."""
    found = check.structure(gate.engine, collection)
    if not found:
        counted = check.counts(gate, collection)
        found += check.contents(collection, counted)
        found += check.times(gate.engine, collection)
        found += check.coverage(gate, collection, counted)
        for space in spaces(gate, collection):
            if space.active:
                found += _space(gate, collection, space, counted.rows if counted else 0)
    order = ("error", "warning", "info")
    return sorted(found, key=lambda finding: order.index(finding.level))


def _space(gate: Gate, collection: Collection, space: Space, rows: int) -> Iterator[Finding]:
    if space.storage == "column":
        types = check.live_types(gate.engine, collection)
        column_type = types.get(collection.embedding or "", "")
        yield from check_vectors.column_findings(gate.engine, collection, space, column_type, rows)
    else:
        yield from check_vectors.own_index(gate.engine, collection, space, rows)
    model = MODELS.get(space.model)
    if model is not None and model.dimensions != space.dimensions:
        yield Finding(
            "error",
            f"{space.model} makes {model.dimensions} dimensions, the vectors have "
            f"{space.dimensions}: another model made them.",
            f"Name the right one: `./northlight collections connect {collection.table} --name "
            f"{collection.name} --model NAME`.",
        )
    vectors = check_vectors.sample(gate, collection, space, rows)
    yield from check_vectors.lengths(collection, vectors)
    found = spread(vectors)
    # Of a few rows nothing can be said but that they are all the same.
    if len(vectors) >= LEAST_SAMPLE or (found.rows > 2 and found.effective_rank < 1.0):
        yield from degenerate(collection, space, found)


def degenerate(collection: Collection, space: Space, found: Spread) -> Iterator[Finding]:
    """Whether the space can tell texts apart, from the spread of a sample.

    Vectors that a model made here are no placeholders: where they are alike, so are the texts.
    """
    if space.storage == "own" and space.model in MODELS:
        if found.effective_rank < LOW_RANK or found.alike > ALIKE_SHARE:
            yield _texts_alike(collection, found)
    elif found.effective_rank < 1.0:
        what = "All vectors are the same: a constant stands in for a model."
        yield Finding("error", what, _real_model(collection))
    elif found.effective_rank < LOW_RANK:
        what = (
            f"The vectors fill {found.effective_rank:.1f} of {found.dimensions} dimensions and "
            f"{found.alike:.0%} of pairs are above 0.8: placeholders, not a model's embeddings."
        )
        yield Finding("error", what, _real_model(collection))
    elif found.alike > ALIKE_SHARE:
        what = f"{found.alike:.0%} of pairs of rows are above 0.8: hardly anything sets them apart."
        yield Finding("warning", what, _real_model(collection))
    elif found.distinct < LEAST_DISTINCT:
        cure = "Texts repeat, or one vector stands in for many: look at "
        cure += f"`./northlight pairs {collection.name} --above 0.999`."
        yield Finding("info", f"{1 - found.distinct:.0%} of the vectors are repeats.", cure)


def _texts_alike(collection: Collection, found: Spread) -> Finding:
    return Finding(
        "info",
        f"The texts are much alike: {found.alike:.0%} of pairs are above 0.8, in "
        f"{found.effective_rank:.1f} of {found.dimensions} dimensions.",
        f"Look at `./northlight pairs {collection.name} --above 0.95` for templates and repeats.",
    )


def _real_model(collection: Collection) -> str:
    return (
        "Embed the texts with a real model: "
        f"`./northlight embed {collection.name} --switch` does it beside the table."
    )
