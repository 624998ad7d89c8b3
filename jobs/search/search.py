"""Search as both the command line and the pages do it: embed, ask, find the passage."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from analysis.passages import best, sentences
from clients.embedder import Embedder, of_passages
from clients.errors import EmbeddingError
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.search.question import BadQuestion, parse
from queries.search.search import SearchResult, search

NO_MEANING = "There is no meaning to search by: {silence}. Use other words, or search by words."
BY_WORDS = "Found by words only: {silence}."


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

    A question that has no vector, or whose model cannot be asked, is searched for by its words, and
    the notice says why. Only the question is sent to a model that is not here: passages are then
    chosen by ours.

    Raises BadQuestion, NotEmbedded, DimensionError, StatementStopped.
    """
    again = cache(lambda said: embedder.embed([said])[0])
    silence = embedder.silence
    try:
        vector = again(parse(question).meaning)
    except EmbeddingError as error:
        vector, silence = np.array([np.nan]), str(error).rstrip(".")
    if np.isfinite(vector).all():
        ours = of_passages(embedder)
        meant = again if ours is embedder else lambda said: ours.embed([said])[0]

        def passages(texts: Sequence[str], meaning: str) -> list[str]:
            return passages_of(texts, meant(meaning), ours)

        return search(gate, collection, question, vector, filters, mode, limit, again, passages)
    if mode == "meaning":
        raise BadQuestion(NO_MEANING.format(silence=silence))
    result = search(gate, collection, question, None, filters, "words", limit)
    by_words = None if mode == "words" else BY_WORDS.format(silence=silence)
    notice = " ".join(filter(None, (by_words, result.notice))) or None
    return replace(result, hits=result.hits.assign(passage=None), notice=notice)


def passages_of(
    texts: Sequence[str], vector: "np.typing.NDArray[np.float32]", embedder: Embedder
) -> list[str]:
    """For each text the sentence nearest to a query vector; all sentences are embedded at once.

    A text of one sentence needs no choice.
    """
    cut = [sentences(text) for text in texts]
    several = [one for one in cut if len(one) > 1]
    if not several:
        return ["".join(one) for one in cut]
    flat = [sentence for one in several for sentence in one]
    chosen = iter(best(several, embedder.embed(flat), vector))
    return [next(chosen) if len(one) > 1 else "".join(one) for one in cut]


def as_records(hits: pd.DataFrame, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Hits as plain values, with null where something is missing."""
    plain = hits.reindex(columns=list(columns)).astype(object)
    records = plain.where(plain.notna(), None).to_dict("records")
    return [{str(name): value for name, value in record.items()} for record in records]
