"""The vector column of a live table that can be searched in place, and why another cannot."""

import re
from collections.abc import Iterable, Sequence

from clients.embedder import MODELS
from jobs.connect.role_names import plain
from jobs.connect.roles import Choice
from jobs.errors import JobError
from queries.collections.table_facts import VectorFacts
from queries.collections.tables import LiveTable

EMBEDDING_NAME = re.compile(r"(?:^|_)(?:embedding|embeddings|vector|vec)$")

OTHER_VECTORS = ("sparsevec", "public.sparsevec")


def check_embedding(live: LiveTable, vectors: Sequence[VectorFacts], given: str | None) -> None:
    """Raises JobError if the column that was named for the embedding holds no vectors."""
    if given and given not in [vector.name for vector in vectors]:
        column = live.column(given)
        raise JobError(
            f"{given} has the type {column.type if column else '?'}; only vector and halfvec "
            "columns can be searched in place. Leave out --embedding: `embed` makes embeddings."
        )


def embedding_of(
    vectors: Sequence[VectorFacts],
    given: str | None,
    model: str | None,
    text: Sequence[str],
) -> tuple[Choice, list[str]]:
    """The vector column to use in place, and what to know about it.

    Of several the one that is named after a column of the text, as body_embedding is after body.
    """
    usable = [vector for vector in vectors if vector.usable and given in (None, vector.name)]
    if not usable:
        return Choice("embedding", (), "no column has vectors that can be searched in place"), []
    best = max(usable, key=lambda v: (v.filled > 0, *_by_name(plain(v.name), text)))
    _check_model(best, model)
    notes = [
        f"{v.name} is another vector column; --embedding chooses." for v in usable if v != best
    ]
    return Choice("embedding", (best.name,), _described(best)), notes + _vector_notes(best, model)


def _by_name(name: str, text: Sequence[str]) -> tuple[bool, bool]:
    """Whether a column is called like an embedding, and like one of this text."""
    of_text = any(name.startswith(f"{plain(column)}_") for column in text)
    return bool(EMBEDDING_NAME.search(name)), of_text


def left_out_of(live: LiveTable, vectors: Iterable[VectorFacts]) -> tuple[tuple[str, str], ...]:
    """Columns that hold vectors and cannot be searched in place: (column, reason and cure)."""
    found = [(vector.name, _unusable(vector)) for vector in vectors if not vector.usable]
    found += [
        (
            column.name,
            f"it is {column.type}, not a vector column that can be searched (vector or halfvec). "
            "`./northlight embed` makes embeddings beside the table.",
        )
        for column in live.columns
        if column.type.startswith(OTHER_VECTORS)
        or (EMBEDDING_NAME.search(plain(column.name)) and column.kind in ("json", "other", "list"))
    ]
    return tuple(found)


def _check_model(vector: VectorFacts, model: str | None) -> None:
    known = MODELS.get(model or "")
    dimensions = vector.stated or vector.dimensions[0]
    if known is not None and known.dimensions != dimensions:
        raise JobError(
            f"{model} makes vectors of {known.dimensions} dimensions and {vector.name} holds "
            f"{dimensions}: another model made them. Name that one, or leave --model out."
        )


def _described(vector: VectorFacts) -> str:
    dimensions = vector.stated or vector.dimensions[0]
    text = f"{dimensions} dimensions, {vector.filled:.0%} of rows filled"
    if vector.least_norm is not None and vector.greatest_norm is not None:
        text += f", length {vector.least_norm:.3f} to {vector.greatest_norm:.3f}"
    return text


def _vector_notes(vector: VectorFacts, model: str | None) -> list[str]:
    notes = []
    if vector.stated is None:
        notes.append(
            f"{vector.name} states no dimensions, so PostgreSQL cannot index it as it is; searches "
            "look at every row."
        )
    if model is None:
        notes.append(
            f"Which model made {vector.name} is not known: neighbours, maps and themes work, a "
            "question cannot be embedded until `--model NAME` says which."
        )
    return notes


def _unusable(vector: VectorFacts) -> str:
    if not vector.dimensions:
        return (
            "it states no dimensions and holds no vectors yet. Fill it and connect again, or run "
            "`./northlight embed`."
        )
    sizes = " and ".join(str(size) for size in vector.dimensions)
    return (
        f"it holds vectors of {sizes} dimensions, which cannot be compared. Connect a view with "
        "one kind of them, or run `./northlight embed`."
    )
