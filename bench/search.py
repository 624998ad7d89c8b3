"""Search through the whole query layer against bare SQL and the peers, on the same vectors.

One question everywhere: the ten nearest rows with their text, of all rows or of those with one
value of a facet. `--peers PYTHON` names an interpreter that has the peers' libraries.
`--only speed` leaves out pairs and peers, `--only pairs` everything else; `--only peers` asks ours,
them, and ours again (what has changed meanwhile is the machine), and `--peer NAME` some of them,
where all would take too long.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
import psycopg

from bench import similar_pairs
from bench.databases import Bench, fresh
from bench.search_bare import LEAST, Timed, asking, quickest, tried, tuned_by
from bench.search_people import people
from bench.search_world import (
    ASKED,
    NEAREST,
    PARTS,
    World,
    beside_it,
    filled,
    index_facets,
    made_world,
)
from clients.embedder import embedder_named
from jobs.search.search import find
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate
from queries.search.search import search

WARM = 10  # turns that are not counted
BARE = "bare SQL"
AS_OURS = f"{BARE}, as ours"


def main(arguments: Sequence[str]) -> None:
    """Print each figure with its peer in the same run, then all of them as JSON."""
    parser = argparse.ArgumentParser(prog="./northlight bench search")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter that has the peers")
    parser.add_argument("--peer", metavar="NAME", action="append", default=[])
    parser.add_argument("--only", choices=("speed", "pairs", "peers"))
    asked = parser.parse_args(list(arguments))
    figures: dict[str, Any] = {}
    if asked.only != "pairs":
        world = made_world(asked.rows)
        with fresh() as bench:
            collection = filled(bench, world)
            if asked.only != "peers":
                beside_it(bench)
                figures |= measured(bench, collection, world)
            if asked.peers or asked.only == "peers":
                figures["peers"] = peers(bench, collection, world, asked.peers, asked.peer)
    if asked.only in {None, "pairs"}:
        with fresh() as bench:
            collection = filled(bench, made_world(similar_pairs.ROWS))
            figures["pairs"] = similar_pairs.measured(bench, collection)
        print(f"pairs of {similar_pairs.ROWS:,} rows: {figures['pairs']}", flush=True)
    print(json.dumps(figures))


def measured(bench: Bench, collection: Collection, world: World) -> dict[str, Any]:
    """Times in milliseconds, shares from 0 to 1, bytes."""
    figures: dict[str, Any] = {"rows": len(world.written)}
    with psycopg.connect(bench.url) as connection, people(bench, collection) as readers:
        figures["index_bytes"] = connection.execute(
            "SELECT pg_relation_size('bare_hnsw')"
        ).fetchone()
        for part in (1, *PARTS):
            searched = whole(bench.gate, collection, world, part)
            among, (found, _) = tried(connection, world, part), tuned_by(searched, world, part)
            bare = partial(asking, connection, world, part)
            ways = {
                BARE: bare(quickest(among, LEAST)),
                f"{BARE}, embedded": bare(quickest(among, LEAST), embedder_named(None)),
                AS_OURS: bare(quickest(among, found)),
                "search()": searched,
                "find()": with_passage(bench.gate, collection, world, part),
            }
            for role, gate in readers.items():
                ways[f"find() as {role}"] = with_passage(gate, collection, world, part)
            told = beside(ways, world, part)
            figures[f"part{part}"] = told
            for name, figure in told.items():
                print(f"1/{part:<5}{name:<20}{figure}", flush=True)
    return figures


def ours(bench: Bench, collection: Collection, world: World) -> dict[str, Any]:
    """Our own search of every share of the rows, and what it finds of the questions to tune by."""
    figures = {}
    for part in (1, *PARTS):
        searched = whole(bench.gate, collection, world, part)
        tuned, _ = tuned_by(searched, world, part)
        figures[f"part{part}"] = {"tuned": tuned} | beside({"search()": searched}, world, part)
        print(f"1/{part:<5}{figures[f'part{part}']}", flush=True)
    return figures


def beside(ways: dict[str, Timed], world: World, part: int) -> dict[str, Any]:
    """p50 and p95 of each way, asked in turn so that a busy moment hits all of them; recall@10.

    All are asked the same questions, but in a turn each another one: whoever is asked what has just
    been asked finds everything in the processor's caches, and takes half as long. For the same
    reason the true neighbours are worked out beforehand: that reads all vectors. And each turn has
    an order of its own: whoever follows on the server process that has just answered is quicker by
    a fifth.
    """
    order = Random(part)
    asked = ASKED if part == 1 else ASKED[: len(ASKED) * 2 // 3]
    true = world.true(asked, part)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    shares: dict[str, list[float]] = {name: [] for name in ways}
    short = dict.fromkeys(ways, 0)
    for turn in range(-WARM, len(asked)):
        for place, (name, way) in order.sample(list(enumerate(ways.items())), len(ways)):
            number = (turn + place * len(asked) // len(ways)) % len(asked)
            start = perf_counter()
            ids = way(asked[number])
            if turn < 0:
                continue  # warms plans and pages
            taken[name].append(1000 * (perf_counter() - start))
            shares[name].append(len(true[number] & set(ids)) / len(true[number]))
            short[name] += len(true[number]) - len(ids)
    return {
        name: {
            "p50": round(float(np.percentile(taken[name], 50)), 2),
            "p95": round(float(np.percentile(taken[name], 95)), 2),
            "recall": round(float(np.mean(shares[name])), 4),
            "short": short[name],
            **(times(taken, name) if BARE in ways else {}),
        }
        for name in ways
    }


def times(taken: dict[str, list[float]], name: str) -> dict[str, float]:
    """How many times as long a way takes as bare SQL that finds LEAST, which embeds the question
    where it does; and as bare SQL that finds as much as ours."""
    peers = {
        "times": f"{BARE}, embedded" if name.startswith("find") else BARE,
        "at equal recall": AS_OURS,
    }
    return {
        f"{told} p{p}": round(
            float(np.percentile(taken[name], p) / np.percentile(taken[peer], p)), 2
        )
        for told, peer in peers.items()
        for p in (50, 95)
    }


def whole(gate: Gate, collection: Collection, world: World, part: int) -> Timed:
    """The query layer: gate, filters, theme, marked words, audit."""
    filters = narrowed(part)

    def ask(number: int) -> list[str]:
        vector, said = world.questions[number], world.asked[number]
        return list(
            search(gate, collection, said, vector, filters, "meaning", NEAREST).hits["row_id"]
        )

    return ask


def with_passage(gate: Gate, collection: Collection, world: World, part: int) -> Timed:
    """The same with the question embedded and the best passage of each hit found."""
    filters, embedder = narrowed(part), embedder_named(None)

    def ask(number: int) -> list[str]:
        said = world.asked[number]
        found = find(gate, collection, said, embedder, filters, mode="meaning", limit=NEAREST)
        return list(found.hits["row_id"])

    return ask


def narrowed(part: int) -> Filters:
    """One value of a facet; every row for part 1."""
    return Filters() if part == 1 else Filters(equals=((f"part{part}", ("0",)),))


def peers(
    bench: Bench, collection: Collection, world: World, python: str | None, names: Sequence[str]
) -> dict[str, Any]:
    """Ours, those of the peers that this Python has, and ours again."""
    index_facets(bench)
    told: dict[str, Any] = {"search()": ours(bench, collection, world)}
    if python is not None:
        told |= found_by_peers(python, world, names, told["search()"])
        told["search() afterwards"] = ours(bench, collection, world)
    return told


def found_by_peers(
    python: str, world: World, names: Sequence[str], ours: dict[str, Any]
) -> dict[str, Any]:
    """What bench/peers.py found out under another interpreter; absent peers are named there.

    They are tuned to find what ours found of the same questions.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "vectors.npy", world.vectors)
        np.save(folder / "questions.npy", world.questions)
        (folder / "texts.json").write_text(json.dumps(world.written), encoding="utf-8")
        least = {part: figures["tuned"] for part, figures in ours.items()}
        (folder / "least.json").write_text(json.dumps(least), encoding="utf-8")
        script = Path(__file__).with_name("peers.py")
        command = [python, str(script), str(folder), *names]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(run.stdout.splitlines()[-1]))
