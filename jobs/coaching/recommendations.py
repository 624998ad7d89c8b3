"""What may help a person next, each with its reason.

Everything is read as the reader reads it, through the reader's own views: what is recommended, and
what is quoted as a reason, is nothing that the reader could not open anyway.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from analysis.direction import towards
from analysis.fitting import best_fitting
from analysis.passages import best, sentences
from clients.embedder import Embedder
from queries.catalog import collections
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.people import clients, histories
from queries.rows import rows
from queries.search.search import nearest_to

RECENT = 50  # of the texts a person wrote
MOST_EXERCISES = 500
NEAR_ROWS = 100  # rows of others that tell who is on a similar journey
NEAR_PEOPLE = 10
FITS = 0.2  # two questions of clinc150 drawn at random are so alike in one of a hundred pairs


@dataclass(frozen=True)
class Recommendation:
    """A row, and why it is recommended: a sentence that quotes what it was chosen by.

    `near_id` is the row that was quoted, and `quote` its words.
    """

    collection: str
    row_id: str
    title: str
    text: str
    because: str
    similarity: float
    near_id: str
    quote: str


def exercises_for(
    gate: Gate, responses: Collection, owner: str, embedder: Embedder, limit: int = 3
) -> list[Recommendation]:
    """Exercises the person has not answered that fit what the person wrote lately, best first.

    Those of the table that `responses` declares beside it, without what is no longer offered. None
    for a person without texts that the reader may see. Raises NoProgress where `responses` does
    not say how people come along.
    """
    written = _written(gate, responses, owner)
    if written.empty:
        return []
    done = clients.answers(gate, responses, owner)["exercise"]
    offered = histories.exercises(gate, responses)
    offered = offered[offered["active"].fillna(value=True).astype(bool)]
    left = offered[~offered["title"].isin(done)]
    name, every = _programme(gate, responses)
    every = every[every["row_id"].isin(left["id"])].reset_index(drop=True)
    return _chosen(embedder, name, every, written, limit, _fits_what)


def _programme(gate: Gate, responses: Collection) -> tuple[str, pd.DataFrame]:
    """The exercises' collection and rows; where they are none, what is declared beside responses.

    Columns used: row_id, title, text.
    """
    beside = responses.companion("exercises")
    every = collections(gate) if beside else []
    known = next((one for one in every if beside and one.table == beside.table), None)
    if known is not None:
        return known.name, rows.newest(gate, known, Filters(), MOST_EXERCISES)
    told = histories.exercises(gate, responses)
    return "", told.rename(columns={"id": "row_id", "question": "text"})


def entries_for(
    gate: Gate,
    responses: Collection,
    entries: Collection,
    owner: str,
    embedder: Embedder,
    limit: int = 3,
    names: Mapping[str, str] | None = None,
) -> list[Recommendation]:
    """What people on similar journeys kept as a highlight, nearest to the person's own texts.

    On a similar journey is whose responses are among those nearest to the person's. Only of people
    whose rows the reader may see. `names` says what the reader calls an owner, where not by id.
    """
    written = _written(gate, responses, owner)
    aimed = towards(None, embedder.embed(written["text"].tolist()), embedder.embed([]))
    if aimed is None:
        return []
    near = nearest_to(gate, responses, aimed, Filters(), NEAR_ROWS + len(written)).hits
    others = near.loc[near["owner"].notna() & (near["owner"] != owner), "owner"]
    companions = others.value_counts().index[:NEAR_PEOPLE]
    kept = Filters(equals=(("is_highlight", ("true",)),))
    found = nearest_to(gate, entries, aimed, kept, NEAR_ROWS).hits
    fitting = found[found["owner"].isin(companions)].reset_index(drop=True)
    helped = partial(_helped, names or {})
    return _chosen(embedder, entries.name, fitting, written, limit, helped)


def lessons_for(
    gate: Gate,
    patterns: Collection,
    lessons: Collection,
    repository: str,
    embedder: Embedder,
    limit: int = 3,
) -> list[Recommendation]:
    """Lessons other repositories learned that fit the patterns of this one, best first.

    What fits none of them is no lesson for it, so there may be fewer than `limit`.
    """
    here = Filters(equals=(("repository", (repository,)),))
    written = _with_text(rows.newest(gate, patterns, here, RECENT))
    every = rows.newest(gate, lessons, Filters(), MOST_EXERCISES)
    others = every[every["repository"] != repository].reset_index(drop=True)
    found = _chosen(embedder, lessons.name, others, written, limit, _learned)
    return [one for one in found if one.similarity >= FITS]


def _chosen(
    embedder: Embedder,
    collection: str,
    candidates: pd.DataFrame,
    written: pd.DataFrame,
    limit: int,
    because: Callable[[pd.Series, pd.Series, str], str],
) -> list[Recommendation]:
    if candidates.empty or written.empty:
        return []
    offered = embedder.embed([_said(row) for _, row in candidates.iterrows()])
    texts = written["text"].tolist()
    told = []
    for fit in best_fitting(offered, embedder.embed(texts), limit):
        row, near = candidates.iloc[fit.candidate], written.iloc[fit.written]
        cut = sentences(near["text"])
        quote = best([cut], embedder.embed(cut), offered[fit.candidate])[0]
        why = because(row, near, quote)
        title = "" if pd.isna(row["title"]) else str(row["title"])
        shown = (collection, row["row_id"], title, row["text"] or "", why, fit.similarity)
        told.append(Recommendation(*shown, near["row_id"], quote))
    return told


def _fits_what(_row: pd.Series, near: pd.Series, quote: str) -> str:
    return f"Not answered yet. Fits what they wrote{_on(near)}: “{quote}”"


def _helped(names: Mapping[str, str], row: pd.Series, near: pd.Series, quote: str) -> str:
    who = names.get(row["owner"], row["owner"])
    return (
        f"{who} is on a similar journey and kept this as a highlight. Fits what the client "
        f"wrote{_on(near)}: “{quote}”"
    )


def _learned(row: pd.Series, near: pd.Series, quote: str) -> str:
    return f"Learned in {row['repository']}. Fits {near['title']} here: “{quote}”"


def _on(near: pd.Series) -> str:
    when = near["time"]
    return "" if pd.isna(when) else f" on {when.day} {when:%B %Y}"


def _written(gate: Gate, responses: Collection, owner: str) -> pd.DataFrame:
    return _with_text(rows.newest(gate, responses, Filters(owner=owner), RECENT))


def _with_text(found: pd.DataFrame) -> pd.DataFrame:
    return found[found["text"].fillna("") != ""].reset_index(drop=True)


def _said(row: pd.Series) -> str:
    return " ".join(str(part) for part in (row["title"], row["text"]) if pd.notna(part))
