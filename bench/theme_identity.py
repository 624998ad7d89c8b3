"""The theme engine's promises: identity through refits, honest comparison, stability."""

import argparse
from time import perf_counter
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.metrics import roc_auc_score

from analysis.contrast import contrasts, sides
from analysis.fit import fit
from analysis.quality import stability
from bench.databases import Bench, fresh
from bench.theme_data import OUTSIDE, add, clinc150, quietly, stored
from jobs.maps.map import make_map
from queries.collection import Collection
from queries.rows.role_values import role_values
from queries.themes import theme_edits, themes

SEED = 7
TRIALS, PEOPLE, THEMES = 400, 60, 40


def refits(_: argparse.Namespace) -> dict[str, Any]:
    """Ten refits, each after 10 % more rows; some themes renamed, one intent planted late."""
    rows = clinc150()
    random = np.random.default_rng(SEED)
    late = rows.labels == "calories"
    order = random.permutation(np.flatnonzero(~late))
    start = len(order) // 2
    kept = unchanged = lost = 0
    with fresh() as bench:
        collection = stored(bench, rows.take(order[:start]), "grown")
        make_map(bench.gate, collection, quietly)
        for id in [int(id) for id in themes.themes(bench.gate, collection)["id"]][::10]:
            theme_edits.rename(bench.gate.engine, collection, id, f"Named {id}", "bench")
        reported, seconds, size = None, [], start
        for step in range(10):
            before = _known(bench, collection)
            grown = min(len(order), int(size * 1.1) if step < 9 else len(order))
            more = order[size:grown]
            if step == 8:
                more = np.concatenate([more, np.flatnonzero(late)])
            add(bench, rows.take(more), "grown", 1_000_000 * step + size)
            size = grown
            began = perf_counter()
            make_map(bench.gate, collection, quietly, refit=True)
            seconds.append(perf_counter() - began)
            after = _known(bench, collection)
            same, all_same = _same(before, after)
            kept, unchanged = kept + same, unchanged + all_same
            names = {name for name, by, members in after.values()}
            lost += sum(
                by == "person" and name not in names for name, by, members in before.values()
            )
            if step == 8:
                reported = _born_of(bench, collection, "calories", set(before))
    return {
        "unchanged": unchanged,
        "kept": round(kept / max(unchanged, 1), 4),
        "human_names_lost": lost,
        "planted_reported": reported,
        "seconds_each": round(float(np.median(seconds)), 1),
    }


def compare(_: argparse.Namespace) -> dict[str, Any]:
    """How often a comparison finds anything when labels are shuffled among people, and when not."""
    trials = range(TRIALS)
    return {
        "false_findings": float(np.mean([_finds(seed, half=False) for seed in trials])),
        "one_wrote_half": float(np.mean([_finds(seed, half=True) for seed in trials])),
        "last_row_of_each": float(np.mean([_finds_last(seed) for seed in trials])),
        "planted_found": float(
            np.mean([_finds(seed, half=True, planted=0.15) for seed in range(100)])
        ),
    }


def trust(_: argparse.Namespace) -> dict[str, Any]:
    """Whether stability tells true intents from groups of random rows."""
    rows = clinc150()
    inside = np.flatnonzero(rows.labels != OUTSIDE)
    labels = np.unique(rows.labels[inside], return_inverse=True)[1]
    real = labels % 2 == 0
    shuffled = labels.copy()
    shuffled[~real] = np.random.default_rng(SEED).permutation(labels[~real])
    found = fit(rows.vectors[inside], SEED)
    groups = shuffled.astype(np.int32)
    values = stability(found.graph, found.atoms, groups, found.resolution, SEED)
    planted = np.arange(len(values)) % 2 == 0
    return {
        "auc": round(float(roc_auc_score(planted, values)), 4),
        "median_real": round(float(np.median(values[planted])), 3),
        "median_random": round(float(np.median(values[~planted])), 3),
    }


def _known(bench: Bench, collection: Collection) -> dict[int, tuple[str, str, frozenset[str]]]:
    """Fine themes: name, who named it, members."""
    members = themes.membership(bench.gate, collection)
    told = themes.themes(bench.gate, collection)
    return {
        id: (name, by, frozenset(members.get(id, ())))
        for id, name, by in zip(told["id"].tolist(), told["name"], told["named_by"], strict=True)
    }


def _same(before: dict[int, Any], after: dict[int, Any]) -> tuple[int, int]:
    """Of themes all of whose members are together again: how many kept id and name; how many."""
    theme_of = {row: id for id, (_, _, rows) in after.items() for row in rows}
    kept = unchanged = 0
    for id, (name, _, rows) in before.items():
        if not rows:
            continue
        went = [theme_of.get(row) for row in rows]
        best = max(set(went), key=went.count)
        old = {
            row for known, (_, _, known_rows) in before.items() if known != id for row in known_rows
        }
        strangers = sum(row in old for row in after[best][2]) if best is not None else len(rows)
        if (
            best is not None
            and went.count(best) >= 0.9 * len(rows)
            and strangers <= 0.1 * len(rows)
        ):
            unchanged += 1
            kept += best == id and after[best][0] == name
    return kept, unchanged


def _born_of(bench: Bench, collection: Collection, label: str, known: set[int]) -> bool:
    """Whether a theme that was not known is mostly of this label and holds most of it."""
    labels = role_values(bench.gate, collection, "label")
    total = sum(value == label for value in labels.values())
    for id, rows in themes.membership(bench.gate, collection).items():
        of_label = sum(labels[row] == label for row in rows)
        if id not in known and of_label > max(len(rows), total) / 2:
            return True
    return False


def _finds(seed: int, *, half: bool, planted: float = 0.0) -> bool:
    """Whether a comparison of two random halves of people finds what is (or is not) there."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(PEOPLE), random.integers(3, 12, PEOPLE))
    if half:
        owner = np.concatenate([owner, np.zeros(len(owner), dtype=owner.dtype)])
    taste = random.dirichlet(np.full(THEMES, 0.3), PEOPLE)[owner]
    second = (random.permutation(PEOPLE) < PEOPLE // 2)[owner]
    taste[second] *= 1 - planted
    taste[second, 0] += planted
    chosen = (taste.cumsum(axis=1) > random.random((len(owner), 1))).argmax(axis=1)
    ones = np.ones(len(owner))
    has = csr_matrix((ones, (np.arange(len(owner)), chosen)), shape=(len(owner), THEMES))
    found = contrasts(sides(has, owner.astype(np.int64), second), seed)
    return found[0].reliable if planted else any(one.reliable for one in found)


def _finds_last(seed: int) -> bool:
    """Whether the last of each person's eight rows is found unlike the others, which it is not."""
    random = np.random.default_rng(seed)
    owner = np.repeat(np.arange(PEOPLE), 8)
    taste = random.dirichlet(np.full(THEMES, 0.3), PEOPLE)[owner]
    chosen = (taste.cumsum(axis=1) > random.random((len(owner), 1))).argmax(axis=1)
    has = csr_matrix(
        (np.ones(len(owner)), (np.arange(len(owner)), chosen)), shape=(len(owner), THEMES)
    )
    last = np.tile(np.arange(8) == 7, PEOPLE)
    return any(one.reliable for one in contrasts(sides(has, owner, last), seed))
