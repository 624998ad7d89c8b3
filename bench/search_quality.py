"""Hybrid search against the better of its legs: nDCG@10 and P@10, by kind of question.

Rows of the labelled sets are the questions, the row itself is left out, and what has its label is
relevant. Rare words: a word of the question is in at most one of a thousand rows (or five), and in
more than this one. Paraphrases: more than half of the relevant rows share no word with the
question, stop words not counted. A question can be both; the rest are neither.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from bench.databases import DATA, Bench, fresh
from bench.labelled_sets import (
    NEAREST,
    SEED,
    LabelledSet,
    Question,
    asked_rows,
    chosen,
    labels_of,
    spread,
)
from clients.embedder import embedder_named
from jobs.embed import embed
from jobs.loading.load import load
from queries.catalog import collection_named
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.search.search import MODES, search

QUESTIONS, OF_A_KIND = 1_500, 500
RARE_SHARE, RARE_ROWS = 0.001, 5
FEWEST = 30  # questions of a kind that say anything
DISCOUNT = 1 / np.log2(np.arange(2, NEAREST + 2))  # Järvelin and Kekäläinen 2002
Words = Mapping[str, frozenset[str]]


def main(arguments: Sequence[str]) -> None:
    """Print a line for each set (those named, or all) and kind of question, then JSON."""
    if not DATA.is_dir():
        print("The labelled sets (../shared/data) are not beside this checkout: nothing measured.")
        return
    told: list[dict[str, Any]] = []
    print(f"{'':<28}{'questions':>9}   nDCG@10{'P@10':>38}")
    print(f"{'':<37}" + 2 * f"   {'meaning':>7}{'words':>7}{'hybrid':>7}{'ahead':>8}{'':>7}")
    with fresh() as bench:
        told.extend({"set": one.name, "kinds": measured(bench, one)} for one in chosen(arguments))
    print(json.dumps(told))


def measured(bench: Bench, one: LabelledSet) -> dict[str, Any]:
    """Figures by kind of question; kinds with too few questions are left out."""
    gate, path = bench.gate, DATA / one.file
    load(gate, path, one.name, catalog_folders=[bench.catalog], create=True)
    collection = collection_named(gate, one.name)
    embed(gate, collection, embedder_named(None), lambda _step, _share: None)
    labels = {row: of for row, of in labels_of(path, one).items() if of != one.outside}
    of_kinds = kinds(words_of(gate, collection), labels)
    drawn = {kind: some(kind, rows) for kind, rows in of_kinds.items()}
    every = sorted(set(chain.from_iterable(drawn.values())))
    asked = asked_rows(gate, collection, every)
    found = {mode: judged(gate, collection, labels, asked, mode) for mode in MODES}
    told = {}
    for kind, rows in drawn.items():
        members = np.isin([question[0] for question in asked], rows)
        if members.sum() >= FEWEST:
            told[kind] = figures({mode: of[:, members] for mode, of in found.items()})
            print_line(f"{one.name}, {kind}", told[kind])
    return told


def words_of(gate: Gate, collection: Collection) -> Words:
    """Row id -> the lexemes of its text."""
    words = collection.words
    lexemes = func.tsvector_to_array(words.c.words).label("lexemes")
    found = gate.frame(select(words.c.row_id, lexemes), seconds=60)
    return dict(zip(found["row_id"], map(frozenset, found["lexemes"]), strict=True))


def kinds(words: Words, labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Kind -> the questions of it, of all rows whose label has other rows."""
    held = Counter(chain.from_iterable(words.values()))
    most = max(RARE_ROWS, RARE_SHARE * len(words))
    alike: dict[str, list[str]] = defaultdict(list)
    for row in sorted(labels):
        alike[labels[row]].append(row)
    every = [row for row in sorted(labels) if len(alike[labels[row]]) > 1]
    rare = {row for row in every if any(1 < held[word] <= most for word in words[row])}
    distant = {row for row in every if shared(row, alike[labels[row]], words) < 0.5}
    return {
        "all": every,
        "rare words": sorted(rare),
        "paraphrases": sorted(distant),
        "the rest": sorted(set(every) - rare - distant),
    }


def shared(row: str, alike: Sequence[str], words: Words) -> float:
    """The share of the other rows of a label that have a word of this row."""
    others = (other for other in alike if other != row)
    return sum(not words[row].isdisjoint(words[other]) for other in others) / (len(alike) - 1)


def some(kind: str, rows: Sequence[str]) -> list[str]:
    """As many of them as are asked, drawn at random."""
    most = QUESTIONS if kind == "all" else OF_A_KIND
    return [rows[place] for place in np.random.default_rng(SEED).permutation(len(rows))[:most]]


def judged(
    gate: Gate,
    collection: Collection,
    labels: Mapping[str, str],
    asked: Sequence[Question],
    mode: str,
) -> NDArray[np.float64]:
    """nDCG@10 and P@10 of each question, shape (2, questions)."""
    sizes = Counter(labels.values())
    told = []
    for row_id, written, vector in asked:
        hits = search(gate, collection, written, vector, Filters(), mode, NEAREST * 3).hits
        others = (row for row in hits["row_id"] if row != row_id and row in labels)
        gains = np.zeros(NEAREST)
        for place, other in enumerate(islice(others, NEAREST)):
            gains[place] = labels[other] == labels[row_id]
        ideal = DISCOUNT[: sizes[labels[row_id]] - 1].sum()
        told.append((gains @ DISCOUNT / ideal, gains.mean()))
    return np.array(told).T


def figures(found: Mapping[str, NDArray[np.float64]]) -> dict[str, Any]:
    """By measure: the mean of each mode, and how far hybrid is ahead of the better leg.

    `ahead` is a share of the better leg's figure, `spread` half of a 95 % interval of it.
    """
    told: dict[str, Any] = {"questions": found["hybrid"].shape[1]}
    for place, measure in enumerate(("ndcg", "p")):
        means = {mode: float(of[place].mean()) for mode, of in found.items()}
        better = max(("meaning", "words"), key=means.__getitem__)
        ahead = (found["hybrid"][place] - found[better][place]) / means[better]
        told[measure] = {mode: round(mean, 4) for mode, mean in means.items()}
        told[measure] |= {"ahead": round(float(ahead.mean()), 4), "spread": round(spread(ahead), 4)}
    return told


def print_line(name: str, told: dict[str, Any]) -> None:
    """One line of the table."""
    line = f"{name:<28}{told['questions']:>9,}"
    for measure in ("ndcg", "p"):
        of = told[measure]
        line += f"   {of['meaning']:>7.3f}{of['words']:>7.3f}{of['hybrid']:>7.3f}"
        line += f"{of['ahead']:>+8.1%} ±{of['spread']:>5.1%}"
    print(line, flush=True)
