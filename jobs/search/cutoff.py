"""Learn from a collection's own rows what is close to a question, whether anything can be, and
whether the signs of its vectors tell."""

import re
from dataclasses import replace

import numpy as np

from analysis.cutoff import far_from
from analysis.degeneracy import spread
from analysis.signs import recall_by_signs
from analysis.vectors import Floats
from clients.embedder import Embedder
from jobs.connect.check import LEAST_SAMPLE, degenerate
from queries.collection import Collection
from queries.embeddings import spaces, vectors
from queries.embeddings.signs import signs_of
from queries.embeddings.spaces import Space
from queries.embeddings.vector_index import INDEX_FROM_ROWS
from queries.gate import Gate
from queries.rows.texts import texts
from queries.search.nearest import BY_SIGNS

QUESTIONS = 1_000
# Past this the rows are not compared with all others, and the last cut-off stays.
MOST_ROWS = 1_000_000
WORDS_OF_A_QUESTION = 12
SIGNED_BY, SIGNED_FROM = 40, 0.98  # questions, and the share of their nearest rows that signs find
SEED = 3


def learn(gate: Gate, collection: Collection, space: Space, embedder: Embedder) -> Space:
    """Learn and remember the cut-off of a space and what its vectors cannot tell; the space so.

    The cut-off is None when the rows cannot tell one.
    """
    if not 0 < vectors.direction_count(gate, collection, space) <= MOST_ROWS:
        return space
    ids, rows = vectors.embeddings(gate, collection, space)
    drawn = np.random.default_rng(SEED).permutation(len(ids))[:QUESTIONS]
    asked = rows[drawn]
    if space.model == embedder.name and embedder.sends_to is None:  # nothing is sent for this
        said = texts(gate, collection, [ids[position] for position in drawn.tolist()])
        asked = embedder.embed([like_a_question(text) for text in said])
    far = far_from(asked, drawn, rows)
    why = trouble(collection, space, rows[drawn])
    learnt = replace(space, far=far, trouble=why, signed=signed(space, asked, rows))
    spaces.remember(gate.engine, learnt)
    return learnt


def signed(space: Space, asked: Floats, rows: Floats) -> bool:
    """Whether those nearest to questions are among those nearest by their signs, in our table.

    Of few rows that says nothing of more, and few are compared in full.
    """
    if space.storage != "own" or len(rows) < INDEX_FROM_ROWS:
        return False
    some = asked[np.isfinite(asked).all(axis=1)][:SIGNED_BY]
    if not len(some):
        return False
    return recall_by_signs(some, rows, BY_SIGNS, signs_of) >= SIGNED_FROM


def trouble(collection: Collection, space: Space, sample: Floats) -> str | None:
    """Why these vectors cannot tell texts apart, in words for readers; None where they can."""
    if len(sample) < LEAST_SAMPLE:
        return None
    found = [one for one in degenerate(collection, space, spread(sample)) if one.level != "info"]
    return found[0].what if found else None


def like_a_question(text: str) -> str:
    """The first words of a text, as many as people type: long rows lie further from a question."""
    return " ".join(re.findall(r"\S+", text)[:WORDS_OF_A_QUESTION])
