"""Who sees what, in full: every path against the oracle, forged tokens, hostile SQL, mutants, cost.

The proofs are those of tests/privacy; here they run at the size that the figures promise.
"""

import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, combinations
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.databases import fresh, server_log
from queries.catalog import collection_named
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import WORKER, Gate
from queries.search import search
from tests.privacy import proofs
from tests.privacy.mutants import MUTANTS, noticed
from tests.privacy.paths import PATHS
from tests.privacy.world import COACHES, COLLECTIONS, PEOPLE, World, make_world
from tests.web_login import web_login
from tests.world import declare

ACCESSES = 100_000
TOKENS = 10_000
TRANSACTIONS = 50_000
KILLS = 200
LARGE = 100_000
EACH = 1_000  # rows of a coach's client in the large table
PROBES = 300
SEARCHES = 1_000
AIMS = {
    "foreign rows in random accesses": "0",
    "small world": "0",
    "mutants noticed": "all",
    "forged tokens accepted": "0",
    "hostile statements that told": "0",
    "transactions mixed up": "0",
    "secrets masked": "reported",
    "coach recall@10": "1.000",
    "coach short results": "0",
    "side channel AUC": "<= 0.55",
    "cost of the gate": "<= 1.3",
    "canaries in the server's log": "0",
}


def main(arguments: Sequence[str]) -> None:
    """Print one table and one line of JSON. `--quick` runs a hundredth of it."""
    share = 0.01 if "--quick" in arguments else 1.0
    with (
        fresh() as bench,
        tempfile.TemporaryDirectory() as home,
        web_login(bench.gate.engine, Path(home)) as web,
    ):
        world = make_world(bench.gate.engine, web.engine, web.signer)
        figures = measured(world, share)
    for name, figure in figures.items():
        print(f"{name:<34} {AIMS[name]:>9}   {figure}")
    print(json.dumps(figures))


def measured(world: World, share: float) -> dict[str, object]:
    """Each figure under its name; a proof that fails stops the run with its sentence."""
    tokens = step("tokens", partial(proofs.prove_tokens, world, int(TOKENS * share)))
    hostile = step("hostile statements", partial(proofs.prove_hostile, world))
    pooled = partial(proofs.prove_pool, world, int(TRANSACTIONS * share), 8, int(KILLS * share))
    mixed = step("pooled transactions", pooled)
    masked = step("masking", partial(proofs.prove_masked, world, 200))
    small = step("small world", partial(small_world, world, share))
    mutants = step("mutants", lambda: [m.told for m in MUTANTS if noticed(world, m) is None])
    large = step("large table", partial(large_table, world, int(LARGE * max(share, 0.2))))
    searches = partial(coach_recall, world, large, max(int(SEARCHES * share), 20))
    recall, short = step("recall", searches)
    probes = partial(side_channel, world, large, max(int(PROBES * share), 30))
    auc = step("side channel", probes)
    dearer = step("cost", partial(cost, world, large))
    drawn = partial(random_accesses, world, int(ACCESSES * share))
    accesses = step("random accesses", drawn)
    return {
        "foreign rows in random accesses": f"0 of {accesses}",
        "small world": f"0 of {small} combinations",
        "mutants noticed": f"{len(MUTANTS) - len(mutants)} of {len(MUTANTS)} {mutants or ''}",
        "forged tokens accepted": f"0 of {tokens}",
        "hostile statements that told": f"0 of {hostile}",
        "transactions mixed up": f"0 of {mixed}",
        "secrets masked": {kind: round(found, 3) for kind, found in masked.items()},
        "coach recall@10": f"{recall:.3f}",
        "coach short results": short,
        "side channel AUC": round(auc, 3),
        "cost of the gate": dearer,
        "canaries in the server's log": canaries_in_log(world),
    }


def canaries_in_log(world: World) -> str:
    """How many of the words that only one client wrote the server wrote down in all of this."""
    log, words = server_log(), set(world.canaries.values())
    if log is None:
        return "not looked at: the server is somebody else's"
    return f"{sum(word in log for word in words)} of {len(words)}"


def step(name: str, proof: Callable[[], Any]) -> Any:
    """What the proof comes to; how long it took goes to stderr, for it is long in all."""
    start = perf_counter()
    found = proof()
    print(f"{perf_counter() - start:8.1f} s  {name}", file=sys.stderr, flush=True)
    return found


def random_accesses(world: World, count: int, seed: int = 1) -> int:
    """Any person, any collection, any path, and now and then other rights; how many accesses."""
    draw, done = random.Random(seed), 0
    while done < count:
        coach = draw.choice(COACHES)
        clients = sorted(world.owners())
        world.assign(coach, draw.sample(clients, draw.randrange(len(clients))))
        for _ in range(20):
            who, name = draw.choice(list(PEOPLE)), draw.choice(list(COLLECTIONS))
            done += proofs.prove_paths(world, who, name, draw.sample(list(PATHS), 5))
    world.reset()
    return done


def small_world(world: World, share: float) -> int:
    """Every coach with every choice of six clients, by every path; how many combinations."""
    clients = [world.clients(c)[n] for c in COACHES for n in range(2)]
    every = list(chain.from_iterable(combinations(clients, size) for size in range(7)))
    done = 0
    for coach in COACHES:
        for chosen in every[:: max(int(0.1 / share), 1)]:
            world.assign(coach, chosen)
            done += proofs.prove_paths(world, coach, "own")
    world.reset()
    return done


def large_table(world: World, count: int) -> Collection:
    """Random directions of 256 dimensions; a hundredth of the rows are coach 0's client's."""
    mine = world.clients("coach 0")[0]
    others = "many-" + mine
    world.sql(
        "CREATE TABLE public.large AS SELECT n::text AS id, 'text number ' || n AS body, "
        "CASE WHEN n % :every = 0 THEN :mine ELSE :others || n % 99 END AS who, "
        "now() - n * interval '1 minute' AS at FROM generate_series(1, :count) n",
        every=count // EACH if count >= 10 * EACH else 100,
        mine=mine,
        others=others,
        count=count,
    )
    world.sql("ALTER TABLE public.large ADD PRIMARY KEY (id)")
    world.sql("CREATE INDEX ON public.large (who)")
    world.sql("ALTER TABLE public.large ADD vector vector(256)")
    world.sql(
        "UPDATE public.large l SET vector = l2_normalize(v.made) FROM (SELECT n, "
        "array_agg(random_normal())::vector AS made FROM generate_series(1, :count) n, "
        "generate_series(1, 256) WHERE true GROUP BY n) v WHERE v.n::text = l.id",
        count=count,
    )
    world.sql("CREATE INDEX ON public.large USING hnsw (vector vector_cosine_ops)")
    world.sql("ANALYZE public.large")
    declared = {"table": "public.large", "group": "playbook", "embedding": "vector"}
    gate = Gate(world.owner, WORKER)
    unlike = {"facet_columns": (), "model": "wordllama-256", "personal": True}
    declare(gate, "large", **declared | unlike)
    world.assign("coach 0", [mine])
    for who in ("analyst 0", "engineer"):
        world.sql(
            "INSERT INTO northlight_auth.grant_to (person_id, collection) VALUES (:id, 'large')",
            id=world.oracle.people[who].id,
        )
    return collection_named(gate, "large")


def coach_recall(world: World, large: Collection, count: int) -> tuple[float, int]:
    """Recall@10 of a coach's search against a full sort of the same rows; results short of 10."""
    rows = world.sql(
        "SELECT id, vector::real[] FROM public.large WHERE who = :mine", mine=mine(world)
    )
    ids = [row[0] for row in rows]
    vectors = np.array([row[1] for row in rows], dtype=np.float32)
    draw, hit, short = np.random.default_rng(2), 0, 0
    for _ in range(count):
        asked = unit(draw)
        exact = {ids[place] for place in np.argsort(-(vectors @ asked))[:10]}
        found = set(hits(world.gate("coach 0"), large, asked))
        hit, short = hit + len(exact & found), short + (len(found) < 10)
    return hit / (10 * count), short


def side_channel(world: World, large: Collection, count: int) -> float:
    """How well the time of a coach's search tells topics of others from topics of nobody."""
    draw = np.random.default_rng(3)
    found = world.sql(
        "SELECT vector::real[] FROM public.large WHERE who <> :mine LIMIT :n",
        mine=mine(world),
        n=count,
    )
    theirs = [np.array(row[0], dtype=np.float32) for row in found]
    times: dict[bool, list[float]] = {True: [], False: []}
    for vector in theirs:
        for told, asked in ((True, vector), (False, unit(draw))):
            times[told].append(timed(partial(hits, world.gate("coach 0"), large, asked)))
    there, nowhere = np.array(times[True]), np.array(times[False])
    auc = float(np.mean(there[:, None] < nowhere[None, :]))
    return max(auc, 1 - auc)


def cost(world: World, large: Collection) -> dict[str, float]:
    """A search through a person's gate (count, token, read-back, audit) over the worker's, in turn.

    The ratio of the medians, and the median ratio of the pairs that were timed one after the other.

    `engineer` reads the same rows in the same way; `analyst` has texts masked and owners hidden.
    """
    worker = Gate(world.owner, WORKER)
    readers = {"engineer": world.gate("engineer"), "analyst": world.gate("analyst 0")}
    draw, told = np.random.default_rng(4), {}
    for name, gate in readers.items():
        ours, plain = [], []
        for _ in range(200):
            asked = unit(draw)
            plain.append(timed(partial(hits, worker, large, asked)))
            ours.append(timed(partial(hits, gate, large, asked)))
        told[name] = round(median(ours) / median(plain), 2)
        told[f"{name} in pairs"] = round(median(o / p for o, p in zip(ours, plain, strict=True)), 2)
        told[f"{name} ms"] = round(1000 * median(ours), 1)
        told["worker ms"] = round(1000 * median(plain), 1)
    return told


def mine(world: World) -> str:
    """The client that coach 0 reads in the large table."""
    return world.clients("coach 0")[0]


def hits(gate: Gate, large: Collection, vector: NDArray[np.float32]) -> list[str]:
    """Ids of a search by meaning alone."""
    found = search.search(gate, large, "anything", vector, Filters(), "meaning", 10)
    return list(found.hits["row_id"])


def unit(draw: np.random.Generator) -> NDArray[np.float32]:
    """A random direction."""
    vector = draw.standard_normal(256).astype(np.float32)
    return vector / np.linalg.norm(vector)


def timed(call: Callable[[], object]) -> float:
    """Seconds that it took."""
    start = perf_counter()
    call()
    return perf_counter() - start
