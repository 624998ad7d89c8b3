"""Search as both the command line and the pages do it: embed, ask, find the passage."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.passages import best, sentences
from clients.embedder import Embedder
from queries.collection import Collection
from queries.errors import NotEmbedded
from queries.filters import Filters
from queries.gate import Gate
from queries.question import parse
from queries.search import SearchResult, search
from queries.spaces import active_space


def find(
    gate: Gate,
    collection: Collection,
    question: str,
    embedder: Embedder,
    filters: Filters,
    *,
    mode: str = "hybrid",
    limit: int = 20,
) -> SearchResult:
    """Search, each hit with `passage`: the sentence that fits the question best by meaning.

    Raises BadQuestion, NotEmbedded, DimensionError, UnknownModel, StatementStopped.
    """
    meaning = parse(question).meaning
    vector = embedder.embed([meaning])[0]
    if mode != "words":
        active_space(gate, collection).check(len(vector))
    usable = bool(np.isfinite(vector).all())
    if not usable and mode == "meaning":
        raise NotEmbedded(collection.name)
    used = mode if usable else "words"
    result = search(gate, collection, question, vector if usable else None, filters, used, limit)
    passages = passages_of(result.hits["text"].tolist(), vector, embedder) if usable else None
    hits = result.hits.assign(passage=passages)
    return SearchResult(result.mode, hits, result.notice)


def passages_of(
    texts: Sequence[str], vector: "np.typing.NDArray[np.float32]", embedder: Embedder
) -> list[str]:
    """For each text the sentence nearest to a query vector; all sentences are embedded at once."""
    cut = [sentences(text or "") for text in texts]
    flat = [sentence for one in cut for sentence in one]
    return best(cut, embedder.embed(flat), vector)


def as_records(hits: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Hits as plain values, with null where something is missing."""
    plain = hits.reindex(columns=list(columns)).astype(object)
    records = plain.where(plain.notna(), None).to_dict("records")
    return [{str(name): value for name, value in record.items()} for record in records]
