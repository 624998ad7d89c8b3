"""The main job on text with labels: times, precision of search, agreement of themes.

P@10 takes rows as questions, leaves the row itself out, and counts how many of the ten nearest have
its label. By meaning it is computed exactly over every row. Both legs and hybrid are then asked
through the search itself, for the same drawn rows, so that hybrid is compared with the better leg
question by question: the difference has a far smaller spread than either figure.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import normalized_mutual_info_score

from analysis.neighbours import nearest
from bench.databases import DATA, Bench, fresh
from clients.embedder import embedder_named
from jobs.embed import embed
from jobs.loading.load import load
from jobs.maps.map import make_map
from queries.catalog import collection_named
from queries.collection import Collection
from queries.embeddings.spaces import active_space
from queries.embeddings.vectors import embeddings
from queries.filters import Filters
from queries.gate import Gate
from queries.maps.runs import export
from queries.rows.role_values import role_values
from queries.rows.texts import texts
from queries.search.search import MODES, search

QUESTIONS = 1_500
NEAREST = 10
SEED = 11
Question = tuple[str, str, NDArray[np.float32]]  # row id, text, query vector


@dataclass(frozen=True)
class LabelledSet:
    """A file, its label column, and the label of rows that belong to no class.

    Comments with several emotions have an empty label: they are nothing alike.
    """

    name: str
    file: str
    label: str
    outside: str | None = None


SETS = (
    LabelledSet("clinc150", "clinc150/intents.csv", "label", "oos"),
    LabelledSet("goemotions", "goemotions/comments.csv", "label", ""),
    LabelledSet("commits", "commits/commits.csv", "label"),
    LabelledSet("code_patterns", "code_patterns/patterns.csv", "label"),
)


def main(arguments: Sequence[str]) -> None:
    """Print one line a set (those named, or all), then the same as JSON.

    "P@10 all" is by meaning, over every row.
    """
    if not DATA.is_dir():
        print("The labelled sets (../shared/data) are not beside this checkout: nothing measured.")
        return
    found = []
    with fresh() as bench:
        for one in chosen(arguments):
            found.append(measured(bench, one))
            print_line(found[-1], header=len(found) == 1)
    print(json.dumps(found))


def chosen(names: Sequence[str]) -> list[LabelledSet]:
    """The sets of these names; all without any."""
    return [one for one in SETS if not names or one.name in names]


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
    result["p10"] = precision(gate, collection, labels, one)
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
    gate: Gate, collection: Collection, labels: dict[str, str], one: LabelledSet
) -> dict[str, Any]:
    """P@10 by meaning over all rows, by each mode over drawn ones, and how far hybrid is ahead.

    `spread` is half the width of a 95 % interval over the questions.
    """
    inside = [row for row in sorted(labels) if labels[row] != one.outside]
    drawn = np.random.default_rng(SEED).permutation(len(inside))[:QUESTIONS]
    asked = asked_rows(gate, collection, [inside[position] for position in drawn])
    shares = {
        mode: np.array([share_of(gate, collection, labels, one, row, mode) for row in asked])
        for mode in MODES
    }
    better = max(("meaning", "words"), key=lambda mode: float(shares[mode].mean()))
    ahead = shares["hybrid"] - shares[better]
    return {
        "meaning_of_all": round(exact_meaning(gate, collection, labels, one), 4),
        "questions": len(asked),
        **{mode: round(float(of.mean()), 4) for mode, of in shares.items()},
        "spread": round(max(spread(of) for of in shares.values()), 4),
        "hybrid_ahead": round(float(ahead.mean()), 4),
        "hybrid_ahead_spread": round(spread(ahead), 4),
    }


def asked_rows(gate: Gate, collection: Collection, row_ids: Sequence[str]) -> list[Question]:
    """The rows as questions: what would be read as an operator is not; without text left out."""
    written = [
        f" {text}".replace('"', " ").replace(" -", " ") for text in texts(gate, collection, row_ids)
    ]
    vectors = embedder_named(None).embed(written)
    rows = zip(row_ids, written, vectors, strict=True)
    return [row for row in rows if row[1].strip() and np.isfinite(row[2]).all()]


def share_of(
    gate: Gate,
    collection: Collection,
    labels: dict[str, str],
    one: LabelledSet,
    question: Question,
    mode: str,
) -> float:
    """The share of a question's ten nearest rows that have its label."""
    row_id, written, vector = question
    found = search(gate, collection, written, vector, Filters(), mode, NEAREST * 3)
    return same_label(found.hits["row_id"], row_id, labels, one)


def same_label(
    nearest_first: Iterable[str], row_id: str, labels: dict[str, str], one: LabelledSet
) -> float:
    """Of the first ten other rows that belong to a class, the share with this row's label."""
    others = (row for row in nearest_first if row != row_id and labels[row] != one.outside)
    return sum(labels[row] == labels[row_id] for row in islice(others, NEAREST)) / NEAREST


def exact_meaning(
    gate: Gate, collection: Collection, labels: dict[str, str], one: LabelledSet
) -> float:
    """P@10 by meaning with every row as a question, from the stored embeddings."""
    ids, vectors = embeddings(gate, collection, active_space(gate, collection))
    near = nearest(vectors, NEAREST * 4).positions.tolist()
    asked = (at for at, row in enumerate(ids) if labels[row] != one.outside)
    return float(
        np.mean([same_label((ids[n] for n in near[at]), ids[at], labels, one) for at in asked])
    )


def spread(shares: NDArray[np.float64]) -> float:
    """Half the width of a 95 % interval of their mean."""
    return float(1.96 * shares.std(ddof=1) / np.sqrt(len(shares)))


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
            f"{'P@10 all':>9}  {'meaning':>8}{'words':>8}{'hybrid':>8}{'':>7}{'ahead':>8}{'':>7}"
            f"  {'NMI':>6}{'all':>7}{'unsorted':>10}"
        )
    taken, p10 = found["seconds"], found["p10"]
    print(
        f"{found['set']:<14}{found['rows']:>8,}"
        + "".join(f"{taken[step]:>7.1f}s" for step in ("load", "embed", "index", "map"))
        + f"  {p10['meaning_of_all']:>9.3f}  {p10['meaning']:>8.3f}{p10['words']:>8.3f}"
        + f"{p10['hybrid']:>8.3f} ±{p10['spread']:.3f}{p10['hybrid_ahead']:>+8.3f}"
        + f" ±{p10['hybrid_ahead_spread']:.3f}"
        + f"  {found['nmi_sorted']:>6.3f}{found['nmi_all']:>7.3f}{found['unsorted_inside']:>10.1%}",
        flush=True,
    )
