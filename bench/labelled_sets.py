"""The main job on text with labels: times, precision of search, agreement of themes."""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.metrics import normalized_mutual_info_score

from bench.databases import DATA, Bench, fresh
from clients.embedder import embedder_named
from jobs.embed import embed
from jobs.load import load
from jobs.map import make_map
from jobs.search import find
from queries.catalog import collection_named
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.question import BadQuestion
from queries.role_values import role_values
from queries.runs import export
from queries.texts import texts

QUESTIONS = 1_000
NEAREST = 10
SEED = 11


@dataclass(frozen=True)
class LabelledSet:
    """A file, its label column, and the label of rows that belong to no class."""

    name: str
    file: str
    label: str
    outside: str | None = None


SETS = (
    LabelledSet("clinc150", "clinc150/intents.csv", "label", "oos"),
    LabelledSet("goemotions", "goemotions/comments.csv", "label"),
    LabelledSet("commits", "commits/commits.csv", "label"),
    LabelledSet("code_patterns", "code_patterns/patterns.csv", "label"),
)


def main(_arguments: Sequence[str]) -> None:
    """Print one line a set, then the same as JSON."""
    if not DATA.is_dir():
        print("The labelled sets (../shared/data) are not beside this checkout: nothing measured.")
        return
    found = []
    with fresh() as bench:
        for one in SETS:
            found.append(measured(bench, one))
            print_line(found[-1], header=len(found) == 1)
    print(json.dumps(found))


def measured(bench: Bench, one: LabelledSet) -> dict[str, Any]:
    """Times of each step in seconds, shares from 0 to 1."""
    gate, seconds = bench.gate, {}
    path = DATA / one.file
    seconds["load"] = timed(
        lambda: load(gate, path, one.name, catalog_folders=[bench.catalog], create=True)
    )
    collection = collection_named(gate, one.name)
    embedder = embedder_named(None)
    embedder.embed(["warm"])
    marks: dict[str, float] = {}
    seconds["embed"] = timed(lambda: embed(gate, collection, embedder, marking(marks)))
    seconds["index"] = marks["end"] - marks.get("building the index", marks["end"])
    seconds["map"] = timed(lambda: make_map(gate, collection, lambda _step, _share: None))
    labels = labels_of(path, one)
    result: dict[str, Any] = {"set": one.name, "rows": len(role_ids(gate, collection))}
    result["seconds"] = {step: round(taken, 2) for step, taken in seconds.items()}
    result["p10"] = {
        mode: round(precision(gate, collection, labels, one, mode), 4)
        for mode in ("meaning", "words", "hybrid")
    }
    return result | agreement(gate, collection, labels, one)


def timed(work: Callable[[], Any]) -> float:
    """Seconds the work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def marking(marks: dict[str, float]) -> Callable[[str, float], None]:
    """A progress callback that remembers when each step was first told."""

    def progress(step: str, share: float) -> None:
        marks.setdefault(step, perf_counter())
        if share >= 1:
            marks["end"] = perf_counter()

    return progress


def labels_of(path: Path, one: LabelledSet) -> dict[str, str]:
    """Row id -> label, straight from the file."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row[one.label] for row in csv.DictReader(file)}


def role_ids(gate: Gate, collection: Collection) -> list[str]:
    """Every row id of the collection."""
    return sorted(role_values(gate, collection, collection.facets[0]))


def precision(
    gate: Gate, collection: Collection, labels: dict[str, str], one: LabelledSet, mode: str
) -> float:
    """P@10: rows as questions, the row itself left out; share of the ten nearest of its label."""
    inside = [row for row in sorted(labels) if labels[row] != one.outside]
    drawn = np.random.default_rng(SEED).permutation(len(inside))[:QUESTIONS]
    asked = [inside[position] for position in drawn]
    embedder, shares = embedder_named(None), []
    for row_id, question in zip(asked, texts(gate, collection, asked), strict=True):
        try:
            plain = question.replace('"', " ").replace(" -", " ")
            hits = find(
                gate, collection, plain, embedder, Filters(), mode=mode, limit=NEAREST * 3
            ).hits["row_id"]
        except BadQuestion:
            continue
        others = [other for other in hits if other != row_id and labels[other] != one.outside][
            :NEAREST
        ]
        shares.append(sum(labels[other] == labels[row_id] for other in others) / NEAREST)
    return float(np.mean(shares))


def agreement(
    gate: Gate, collection: Collection, labels: dict[str, str], one: LabelledSet
) -> dict[str, Any]:
    """NMI of the themes at the level whose number is nearest to that of the labels."""
    points = export(gate, collection)
    told = points["id"].map(labels)
    inside = (told != one.outside).to_numpy()
    fine = points["theme_id"].fillna(-1).astype(int).to_numpy()
    broad = points["parent_theme_id"].fillna(-1).astype(int).to_numpy()
    classes = told[inside].nunique()
    level = min((fine, broad), key=lambda themes: abs(len(set(themes)) - 1 - classes))
    sorted_rows = inside & (level >= 0)
    unsorted = level < 0
    return {
        "themes": len(set(level)) - 1,
        "classes": int(classes),
        "nmi_sorted": round(nmi(told[sorted_rows], level[sorted_rows]), 4),
        "nmi_all": round(nmi(told[inside], level[inside]), 4),
        "unsorted_inside": round(float(unsorted[inside].mean()), 4),
        "unsorted_outside": round(float(unsorted[~inside].mean()), 4) if (~inside).any() else None,
    }


def nmi(labels: Any, themes: Any) -> float:
    """Normalised mutual information, 0 to 1."""
    return float(normalized_mutual_info_score(labels, themes))


def print_line(found: dict[str, Any], *, header: bool) -> None:
    """One line of the table."""
    if header:
        print(
            f"{'set':<14}{'rows':>8}{'load':>8}{'embed':>8}{'index':>8}{'map':>8}  "
            f"{'P@10 meaning':>13}{'words':>8}{'hybrid':>8}  {'NMI':>6}{'all':>7}{'unsorted':>10}"
        )
    taken, p10 = found["seconds"], found["p10"]
    print(
        f"{found['set']:<14}{found['rows']:>8,}"
        + "".join(f"{taken[step]:>7.1f}s" for step in ("load", "embed", "index", "map"))
        + f"  {p10['meaning']:>13.3f}{p10['words']:>8.3f}{p10['hybrid']:>8.3f}"
        + f"  {found['nmi_sorted']:>6.3f}{found['nmi_all']:>7.3f}{found['unsorted_inside']:>10.1%}",
        flush=True,
    )
