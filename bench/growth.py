"""Search and facet counts as a collection grows from 10,000 to 1,000,000 rows.

The rows are those of `bench search`, with ten facets. Each size has a database of its own; a size
is measured by itself, and its figures are put beside those already in the file, so a machine that
is needed for other things can take one at a time. The plot is drawn from the file.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import psycopg

from bench.databases import CHECKOUT, Bench, fresh
from bench.growth_plot import drawn
from bench.search import beside, whole
from bench.search_world import PARTS, World, filled, made_world
from queries.collection import Collection
from queries.embeddings.spaces import active_space
from queries.filters import Filters
from queries.rows.facet_counts import all_counts

FILE = CHECKOUT / "docs" / "decisions" / "search-growth.json"
COUNTED = 5
SHARES = (1, *PARTS)


def main(arguments: Sequence[str]) -> None:
    """Measure the sizes given and draw all that are in the file."""
    parser = argparse.ArgumentParser(prog="./northlight bench growth")
    parser.add_argument("rows", type=int, nargs="*", help="10000 100000 1000000, one or more")
    parser.add_argument("--into", type=Path, default=FILE, help="a JSON file; the plot beside it")
    asked = parser.parse_args(list(arguments))
    told = json.loads(asked.into.read_text(encoding="utf-8")) if asked.into.exists() else {}
    for rows in asked.rows:
        told[str(rows)] = grown(rows)
        ordered = dict(sorted(told.items(), key=lambda size: int(size[0])))
        asked.into.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
        print(f"{rows:,} rows: {json.dumps(told[str(rows)])}", flush=True)
    asked.into.with_suffix(".svg").write_text(drawn(told), encoding="utf-8")


def grown(rows: int) -> dict[str, Any]:
    """Times in milliseconds, shares from 0 to 1, seconds and bytes for one size."""
    world = made_world(rows)
    with fresh() as bench:
        start = perf_counter()
        collection = filled(bench, world)
        told: dict[str, Any] = {"filled_s": round(perf_counter() - start, 1)}
        told["index_bytes"] = index_bytes(bench, collection)
        told["facets"] = {
            "all": counting(bench, collection, Filters()),
            "one in ten": counting(bench, collection, Filters(equals=(("part10", ("0",)),))),
        }
        told["search"] = {str(part): searching(bench, collection, world, part) for part in SHARES}
    return told


def searching(bench: Bench, collection: Collection, world: World, part: int) -> dict[str, Any]:
    """p50, p95, recall@10 and missing rows of searches of every row or of one in `part`."""
    ways = {"search()": whole(bench.gate, collection, world, part)}
    found = beside(ways, world, part)["search()"]
    print(f"  1/{part:<5}{found}", flush=True)
    return dict(found)


def counting(bench: Bench, collection: Collection, filters: Filters) -> dict[str, Any]:
    """The median milliseconds of counting all ten facets, and whether that was an estimate."""
    taken = []
    for _ in range(COUNTED):
        start = perf_counter()
        counts = all_counts(bench.gate, collection, filters)
        taken.append(1000 * (perf_counter() - start))
    found = {"p50": round(float(np.median(taken)), 1), "estimated": counts.estimated}
    print(f"  facets {found}", flush=True)
    return found


def index_bytes(bench: Bench, collection: Collection) -> int:
    """The size of the HNSW index; 0 below the size from which there is one."""
    name = f"northlight.{active_space(bench.gate, collection).partition}_hnsw"
    with psycopg.connect(bench.url) as connection:
        read = "SELECT coalesce(pg_relation_size(to_regclass(%s)), 0)"
        return int(connection.execute(read, (name,)).fetchall()[0][0])
