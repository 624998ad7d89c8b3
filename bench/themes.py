"""The theme engine: agreement with labels, identity through refits, honesty of Compare, speed.

`./northlight bench map [--only PART ...] [--rows N ...] [--growth N ...] [--bertopic PYTHON]`
"""

import argparse
import json
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from analysis.fit import fit
from bench.databases import DATA
from bench.theme_data import OUTSIDE, agreement, clinc150, nmi
from bench.theme_identity import compare, refits, trust
from bench.theme_speed import cold, growth, hierarchy, placing, race

SEED = 7


def main(arguments: Sequence[str]) -> None:
    """Print a line a figure, then everything as JSON."""
    if not DATA.is_dir():
        print("The labelled sets (../shared/data) are not beside this checkout: nothing measured.")
        return
    parser = argparse.ArgumentParser(prog="./northlight bench map")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rows", nargs="*", type=int, default=[20_000, 100_000])
    parser.add_argument("--growth", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--bertopic", metavar="PYTHON", help="an interpreter that has BERTopic")
    chosen = parser.parse_args(arguments)
    found = {}
    for part in chosen.only:
        start = perf_counter()
        found[part] = PARTS[part](chosen)
        print(f"{part} ({perf_counter() - start:.0f} s): {json.dumps(found[part])}", flush=True)


def quality(_: argparse.Namespace) -> dict[str, Any]:
    """clinc150: agreement with intents and domains, and who is unsorted."""
    rows = clinc150()
    found = fit(rows.vectors, SEED)
    inside = rows.labels != OUTSIDE
    return agreement(rows, found.fine) | {
        "themes": int(found.fine.max()) + 1,
        "families": int(found.coarse.max()) + 1,
        "nmi_domains": nmi(rows.domains, found.coarse, inside & (found.coarse >= 0)),
        "outside_unsorted": round(float((found.fine[~inside] < 0).mean()), 4),
    }


PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "quality": quality,
    "refits": refits,
    "compare": compare,
    "trust": trust,
    "placing": placing,
    "race": race,
    "hierarchy": hierarchy,
    "growth": growth,
    "cold": cold,
}
