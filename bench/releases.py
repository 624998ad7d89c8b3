"""Releases under attack: 2,000 people, four attributes, 20 themes, all tables of two dimensions.

Three ways of hiding are attacked by one subtraction and by the auditor; then a row of weeks is
compared pairwise. Figures: hidden cells, recovered cells, the narrowest interval, cells shown.
"""

import argparse
import json
import time
from itertools import combinations
from typing import Any

import numpy as np

from analysis.attack import Known, audited
from analysis.linked_tables import ABSENT, LinkedTables
from analysis.release_rule import Rule, counted, sensitive
from analysis.releases_compared import Past, changed, standing
from analysis.suppression import decide

SIZES = (3, 4, 5, 2, 20)
PEOPLE = 2_000
RULE = Rule()


def main(arguments: list[str]) -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(prog="./northlight bench releases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weeks", type=int, default=6)
    told = parser.parse_args(arguments)
    result = {"seed": told.seed, "one_release": one_release(told.seed)}
    result["weeks"] = [compared(told.seed, told.weeks, churn) for churn in (0.005, 0.02, 0.1, 0.5)]
    print(json.dumps(result, indent=2))


def one_release(seed: int) -> dict[str, Any]:
    """One release of 2,000 people: hiding small cells alone, and ours."""
    draw = np.random.default_rng(seed)
    layout = LinkedTables(SIZES)
    shares = [draw.dirichlet(np.ones(size)) for size in SIZES]
    codes = np.stack([draw.choice(len(share), PEOPLE, p=share) for share in shares], axis=1)
    coaches = draw.integers(0, 80, PEOPLE)
    counts = counted(layout, layout.cells_of(codes), 1 + draw.poisson(2, PEOPLE), coaches)
    bare = sensitive(counts, RULE)
    cells = np.flatnonzero(~bare)
    people, rows = RULE.rounded(counts.people[cells]), RULE.rounded(counts.rows[cells])
    naive = Known(cells, *RULE.unrounded(people), *RULE.unrounded(rows))
    began = time.perf_counter()
    decision = decide(layout, counts, RULE)
    seconds = time.perf_counter() - began
    audit = audited(layout, decision.known(RULE), RULE.people)
    return {
        "cells": layout.cells,
        "small": int(bare.sum()),
        "small_cells_alone": {
            "recovered_by_subtraction": _subtracted(layout, ~bare, counts.people),
            "too_narrow_by_linear_programming": len(audited(layout, naive, RULE.people).weak),
        },
        "ours": {
            "shown": int(decision.shown.sum()),
            "shown_under_k": int((decision.shown & bare).sum()),
            "recovered_by_subtraction": _subtracted(layout, decision.shown, counts.people),
            "too_narrow_by_linear_programming": len(audit.weak),
            "narrowest_interval": round(audit.narrowest, 2),
            "seconds": round(seconds, 1),
        },
    }


def compared(seed: int, weeks: int, churn: float) -> dict[str, Any]:
    """Weeks of 300 people of whom a share changes, goes or comes; all pairs of releases."""
    sizes, people = (3, 4, 5), 300
    draw = np.random.default_rng(seed)
    layout = LinkedTables(sizes)
    coaches = draw.integers(0, 12, people)
    codes = _some(draw, sizes, people)
    pasts: list[Past] = []
    decisions = []
    live = []
    for _ in range(weeks):
        now = layout.cells_of(codes)
        counts = counted(layout, now, np.where(codes[:, 0] == ABSENT, 0, 2), coaches)
        past = standing(now, pasts, RULE, layout.cells)
        decision = decide(layout, counts, RULE, past)
        pasts.append(Past(now, decision.fresh, decision.people, decision.rows))
        decisions.append(decision)
        live.append(counts.people >= RULE.people)
        codes = codes.copy()
        moved = draw.random(people) < churn
        codes[moved] = _some(draw, sizes, int(moved.sum()))
        codes[moved & (draw.random(people) < 0.3)] = ABSENT
    pairs = list(combinations(range(weeks), 2))
    few = {pair: _by_few(layout, pasts, pair) for pair in pairs}
    both = {pair: decisions[pair[0]].shown & decisions[pair[1]].shown for pair in pairs}
    return {
        "churn": churn,
        "live_counts_that_differ_by_few": sum(
            int((few[a, b] & live[a] & live[b]).sum()) for a, b in pairs
        ),
        "released_anew_though_few_differ": sum(
            int((few[a, b] & both[a, b] & decisions[a].fresh & decisions[b].fresh).sum())
            for a, b in pairs
        ),
        "exposed_to_who_takes_all_for_unchanged": sum(len(d.exposed) for d in decisions),
        "shown": [int(decision.shown.sum()) for decision in decisions],
    }


def _by_few(layout: LinkedTables, pasts: list[Past], pair: tuple[int, int]) -> Any:
    """Cells whose people differ between two weeks, but by fewer than k."""
    apart = changed(pasts[pair[0]].cells_of, pasts[pair[1]].cells_of, layout.cells)
    return (apart > 0) & (apart < RULE.people)


def _some(draw: np.random.Generator, sizes: tuple[int, ...], count: int) -> Any:
    return np.stack([draw.integers(0, size, count) for size in sizes], axis=1)


def _subtracted(layout: LinkedTables, shown: Any, people: Any) -> int:
    """Hidden cells, or groups of fewer than k, that one subtraction leaves over."""
    found = 0
    for line in layout.lines:
        parts = line[1:][~shown[line[1:]]]
        if shown[line[0]] and len(parts):
            found += len(parts) == 1 or int(people[parts].sum()) < RULE.people
        elif not shown[line[0]]:
            found += not len(parts)
    return found
