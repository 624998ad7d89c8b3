"""What may help a person next, each with its reason.

Everything is read as the reader reads it, through the reader's own views: what is recommended, and
what is quoted as a reason, is nothing that the reader could not open anyway.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from analysis.direction import towards
from analysis.fitting import best_fitting
from analysis.passages import best, sentences
from clients.embedder import Embedder
from queries import facets, rows
from queries.catalog import collection_named
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.search import nearest_to

RECENT = 50  # of the texts a person wrote
MOST_EXERCISES = 500
NEAR_ROWS = 100  # rows of others that tell who is on a similar journey
NEAR_PEOPLE = 10


@dataclass(frozen=True)
class Recommendation:
    """A row, and why it is recommended: a sentence that quotes what it was chosen by."""

    collection: str
    row_id: str
    title: str
    text: str
    because: str
    similarity: float


def exercises_for(
    gate: Gate, owner: str, embedder: Embedder, limit: int = 3
) -> list[Recommendation]:
    """Exercises the person has not answered that fit what the person wrote lately, best first.

    None for a person without texts that the reader may see. Raises UnknownCollection where the
    reader cannot open `responses` or `exercises`.
    """
    responses = collection_named(gate, "responses")
    written = _written(gate, responses, owner)
    if written.empty:
        return []
    done = facets.counts(gate, responses, "exercise", Filters(owner=owner), MOST_EXERCISES)
    active = Filters(equals=(("is_active", ("true",)),))
    every = rows.newest(gate, collection_named(gate, "exercises"), active, MOST_EXERCISES)
    left = every[~every["title"].isin(done["value"])].reset_index(drop=True)
    return _chosen(embedder, "exercises", left, written, limit, _fits_what)


def entries_for(gate: Gate, owner: str, embedder: Embedder, limit: int = 3) -> list[Recommendation]:
    """What people on similar journeys kept as a highlight, nearest to the person's own texts.

    On a similar journey is whose responses are among those nearest to the person's. Only of people
    whose rows the reader may see. Raises as `exercises_for`.
    """
    responses, entries = (collection_named(gate, name) for name in ("responses", "entries"))
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
    return _chosen(embedder, "entries", fitting, written, limit, _helped)


def lessons_for(
    gate: Gate, repository: str, embedder: Embedder, limit: int = 3
) -> list[Recommendation]:
    """Lessons other repositories learned that fit the patterns of this one, best first."""
    patterns, lessons = (collection_named(gate, name) for name in ("patterns", "lessons"))
    here = Filters(equals=(("repository", (repository,)),))
    written = _with_text(rows.newest(gate, patterns, here, RECENT))
    every = rows.newest(gate, lessons, Filters(), MOST_EXERCISES)
    others = every[every["repository"] != repository].reset_index(drop=True)
    return _chosen(embedder, "lessons", others, written, limit, _learned)


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
        told.append(
            Recommendation(collection, row["row_id"], title, row["text"] or "", why, fit.similarity)
        )
    return told


def _fits_what(_row: pd.Series, near: pd.Series, quote: str) -> str:
    return f"Not answered yet. Fits what they wrote{_on(near)}: “{quote}”"


def _helped(row: pd.Series, near: pd.Series, quote: str) -> str:
    return (
        f"{row['owner']} is on a similar journey and kept this as a highlight. Close to what they "
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
