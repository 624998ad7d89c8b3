"""Learn from a collection's own rows what is close to a question, and whether anything can be."""

import re

import numpy as np

from analysis.cutoff import far_from
from analysis.degeneracy import spread
from analysis.vectors import Floats, unit_rows
from clients.embedder import Embedder
from jobs.connect.check import LEAST_SAMPLE, degenerate
from queries.collection import Collection
from queries.embeddings import spaces, vectors
from queries.embeddings.spaces import Space
from queries.gate import Gate
from queries.rows.texts import texts

QUESTIONS = 1_000
# Past this the rows are not compared with all others, and the last cut-off stays.
MOST_ROWS = 500_000
WORDS_OF_A_QUESTION = 12
SEED = 3


def learn(gate: Gate, collection: Collection, space: Space, embedder: Embedder) -> float | None:
    """Learn and remember the cut-off of a space; None when the rows cannot tell one."""
    if not 0 < vectors.direction_count(gate, collection, space) <= MOST_ROWS:
        return space.far
    ids, rows = vectors.embeddings(gate, collection, space)
    rows = unit_rows(rows)
    drawn = np.random.default_rng(SEED).permutation(len(ids))[:QUESTIONS]
    asked = rows[drawn]
    if space.model == embedder.name and embedder.sends_to is None:  # nothing is sent for this
        said = texts(gate, collection, [ids[position] for position in drawn.tolist()])
        asked = embedder.embed([like_a_question(text) for text in said])
    far = far_from(asked, drawn, rows)
    spaces.remember(gate.engine, space, far, trouble(collection, space, rows[drawn]))
    return far


def trouble(collection: Collection, space: Space, sample: Floats) -> str | None:
    """Why these vectors cannot tell texts apart, in words for readers; None where they can."""
    if len(sample) < LEAST_SAMPLE:
        return None
    found = [one for one in degenerate(collection, space, spread(sample)) if one.level != "info"]
    return found[0].what if found else None


def like_a_question(text: str) -> str:
    """The first words of a text, as many as people type: long rows lie further from a question."""
    return " ".join(re.findall(r"\S+", text)[:WORDS_OF_A_QUESTION])
