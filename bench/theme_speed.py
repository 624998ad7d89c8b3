"""How fast the theme engine is, and how it grows: against BERTopic and against the floor.

Beside wall time it tells CPU seconds of the process and of those that it started: they do not
change when a machine is shared.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.cells import nearest_in_cells
from analysis.fit import DRAWN_NEAR, EXACT, LARGEST, NEIGHBOURS, fit
from analysis.graph import fuzzy_graph
from analysis.neighbours import nearest, nearest_among
from analysis.projection import layout, principal_plane
from analysis.vectors import unit_rows
from bench.databases import Bench, fresh
from bench.theme_data import (
    OUTSIDE,
    Rows,
    add,
    agreement,
    blended,
    clinc150,
    nmi,
    quietly,
    stored,
)
from jobs.maps.map import make_map
from queries.catalog import collection_named
from queries.collection import Collection
from queries.embeddings.spaces import active_space
from queries.embeddings.vectors import embeddings
from queries.engine import make_engine
from queries.gate import WORKER, Gate
from queries.maps.runs import export

SEED = 7
FAMILIES = (10, 12, 14, 15, 16, 20)


def placing(chosen: argparse.Namespace) -> dict[str, Any]:
    """1,000 rows placed on the largest map: time, who moved, and whose neighbours they are near."""
    count = max(chosen.rows)
    rows = blended(count + 1_000)
    new = np.sort(np.random.default_rng(SEED).permutation(count + 1_000)[:1_000])
    old = np.setdiff1d(np.arange(count + 1_000), new)
    with fresh() as bench:
        collection = stored(bench, rows.take(old), "placed")
        make_map(bench.gate, collection, quietly)
        before = export(bench.gate, collection).set_index("id")
        add(bench, rows.take(new), "placed", count)
        start = perf_counter()
        make_map(bench.gate, collection, quietly)
        seconds = perf_counter() - start
        after = export(bench.gate, collection).set_index("id")
    same = after.loc[before.index, ["x", "y"]].equals(before[["x", "y"]])
    plane = before.loc[[str(n) for n in range(count)], ["x", "y"]].to_numpy()
    stands = after.loc[[str(count + n) for n in range(1_000)], ["x", "y"]].to_numpy()
    some = np.sort(np.random.default_rng(SEED + 1).permutation(count)[:1_000])
    vectors = rows.vectors[old]
    theirs = _neighbours_agree(rows.vectors[new], stands, vectors, plane, None)
    fitted = _neighbours_agree(vectors[some], plane[some], vectors, plane, some)
    return {
        "rows": count,
        "seconds": round(seconds, 2),
        "others_unmoved": bool(same),
        "agreement_of_fitted": round(theirs / fitted, 3),
    }


def race(chosen: argparse.Namespace) -> list[dict[str, Any]]:
    """Vectors in PostgreSQL to stored themes and places, against BERTopic and against two floors.

    A floor is what nobody can do without: reading the vectors, one neighbour graph, one layout.
    `floor` has ours, of as many rows as are fitted at once at most; `floor_umap` those of
    umap-learn, of all.
    """
    found = []
    for count in chosen.rows:
        found.append(_raced(blended(count), chosen.bertopic))
        print(json.dumps(found[-1]), flush=True)
    return found


def _raced(rows: Rows, python: str | None) -> dict[str, Any]:
    with fresh() as bench:
        collection = stored(bench, rows, "raced")
        make_map(bench.gate, stored(bench, rows.take(np.arange(800)), "warm"), quietly)
        ours = _timed(partial(make_map, bench.gate, collection, quietly))
        told = export(bench.gate, collection)
        read, floor = _floor(bench, collection)
    fine = told.assign(n=told["id"].astype(int)).sort_values("n")["theme_id"]
    one = {"rows": len(rows.texts)} | _spent(ours)
    one |= agreement(rows, fine.fillna(-1).to_numpy(np.int64))
    one |= {"floor": _spent(floor) | _times(ours, floor)}
    peer = _peer(python, rows)
    if isinstance(peer, str):
        return one | {"bertopic": peer}
    theirs = peer["fit"] + peer["reduce"], peer["cpu"]
    topics = np.array(peer["topics"])
    one |= {"bertopic": _spent(theirs) | _times(theirs, ours) | agreement(rows, topics)}
    umap = read[0] + peer["umap"], read[1] + peer["umap_cpu"]
    return one | {"floor_umap": _spent(umap) | _times(ours, umap)}


Spent = tuple[float, float]  # seconds, and seconds of the processor


def _timed(work: Callable[[], Any]) -> Spent:
    start, worked = perf_counter(), _worked()
    work()
    return perf_counter() - start, _worked() - worked


def _worked() -> float:
    """Seconds of the processor so far, of this process and of those it started that have ended."""
    return sum(os.times()[:4])


def _spent(one: Spent) -> dict[str, Any]:
    return {"seconds": round(one[0], 1), "cpu_seconds": round(one[1], 1)}


def _times(one: Spent, other: Spent) -> dict[str, Any]:
    """How many times as long one takes as the other."""
    return {"times": round(one[0] / other[0], 2), "times_cpu": round(one[1] / other[1], 2)}


def growth(chosen: argparse.Namespace) -> dict[str, Any]:
    """Time and peak memory of the whole pipeline, in a process of its own, at several sizes.

    From vectors in PostgreSQL to a stored map; memory is that of the process and of the one that
    draws for it, not the server's.
    """
    measured: list[dict[str, Any]] = []
    for count in chosen.growth:
        with fresh() as bench:
            stored(bench, blended(count), "grown")
            measured.append({"rows": count} | _mapped_alone(bench.url, "grown"))
            measured[-1] |= {"shape": _shape(bench, count)}
        print(json.dumps(measured[-1]), flush=True)
    sizes = np.log([one["rows"] for one in measured])
    exponent = {
        key: round(float(np.polyfit(sizes, np.log([one[key] for one in measured]), 1)[0]), 3)
        for key in ("seconds", "cpu_seconds")
        if len(measured) > 1
    }
    return {"maps": measured, "exponent": exponent}


def _shape(bench: Bench, count: int) -> dict[str, Any]:
    """Agreement of the stored themes with the intents."""
    told = export(bench.gate, collection_named(bench.gate, "grown"))
    fine = np.empty(count, dtype=np.int64)
    fine[told["id"].astype(int)] = told["theme_id"].fillna(-1).to_numpy(np.int64)
    return {"themes": len(np.unique(fine[fine >= 0]))} | agreement(blended(count), fine)


def _mapped_alone(url: str, name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.theme_speed", url, name]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def cold(_: argparse.Namespace) -> dict[str, Any]:
    """A process that imports everything and maps 500 rows."""
    with fresh() as bench:
        stored(bench, blended(500), "cold")
        start = perf_counter()
        _mapped_alone(bench.url, "cold")
        return {"rows": 500, "seconds": round(perf_counter() - start, 2)}


def _neighbours_agree(
    vectors: Any, points: Any, all_vectors: Any, all_points: Any, own: NDArray[np.intp] | None
) -> float:
    """Share of the 15 nearest rows that are nearest on the map too; a row is not its own."""
    from scipy.spatial import KDTree

    skip = np.full(len(vectors), -1) if own is None else own
    true = nearest_among(vectors, all_vectors, 16).positions
    shown = KDTree(all_points).query(points, 16)[1]
    shares = []
    for row, mine in enumerate(skip):
        near = [n for n in true[row] if n != mine][:15]
        shares.append(len(set(near) & {n for n in shown[row] if n != mine}) / 15)
    return float(np.mean(shares))


def _floor(bench: Bench, collection: Collection) -> tuple[Spent, Spent]:
    """What reading the vectors takes, and what that and one graph and one layout take.

    As fast as we know how to: the fit's own graph and layout.
    """
    held: list[NDArray[np.float32]] = []

    def read() -> None:
        space = active_space(bench.gate, collection)
        held.append(unit_rows(embeddings(bench.gate, collection, space)[1][:LARGEST]))

    def draw() -> None:
        search = nearest if len(held[0]) <= EXACT else nearest_in_cells
        graph = fuzzy_graph(search(held[0], NEIGHBOURS).first(DRAWN_NEAR))
        layout(graph, principal_plane(held[0], SEED), SEED)

    reading, drawing = _timed(read), _timed(draw)
    return reading, (reading[0] + drawing[0], reading[1] + drawing[1])


def hierarchy(chosen: argparse.Namespace) -> dict[str, Any]:
    """clinc150's domains: our families against what BERTopic makes of its topics."""
    rows = clinc150()
    inside = rows.labels != OUTSIDE
    ours = fit(rows.vectors, SEED).coarse
    told: dict[str, Any] = {"families": int(ours.max()) + 1, "nmi": _domains(rows, ours)}
    found = _peer(chosen.bertopic, rows, "--families", *map(str, FAMILIES))
    if isinstance(found, str):
        return told | {"bertopic": found}
    topics = np.array(found["topics"])
    joined = {count: np.array(families) for count, families in found["hierarchy"].items()}
    told["by_hierarchy"] = {
        count: _domains(rows, np.where(topics < 0, -1, families[topics]))
        for count, families in joined.items()
    }
    reduced = found["reduction"].items()
    told["by_reduction"] = {count: _domains(rows, np.array(mine)) for count, mine in reduced}
    return told | {"topics": agreement(rows, topics), "unsorted": float((ours[inside] < 0).mean())}


def _domains(rows: Rows, found: NDArray[np.integer[Any]]) -> float:
    return nmi(rows.domains, found, (rows.labels != OUTSIDE) & (found >= 0))


def _peer(python: str | None, rows: Rows, *wanted: str) -> dict[str, Any] | str:
    """What the interpreter with BERTopic tells, or why it tells nothing."""
    if python is None:
        return "absent: give an interpreter that has it with --bertopic"
    with tempfile.TemporaryDirectory() as folder:
        vectors, texts = Path(folder) / "rows.npz", Path(folder) / "texts.json"
        np.savez(vectors, vectors=rows.vectors)
        texts.write_text(json.dumps(rows.texts), encoding="utf-8")
        script = Path(__file__).with_name("bertopic_race.py")
        command = [python, str(script), str(vectors), str(texts), *wanted]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        return f"absent: {told.stderr.strip().splitlines()[-1] if told.stderr else 'it ended'}"
    return dict(json.loads(told.stdout.splitlines()[-1]))


def _map_alone(url: str, name: str) -> None:
    """Map a collection and print seconds and peak memory: run in a process of its own."""
    gate = Gate(make_engine(url), WORKER)
    start, worked = perf_counter(), _worked()
    make_map(gate, collection_named(gate, name), quietly)
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    told = {
        "seconds": round(perf_counter() - start, 2),
        "cpu_seconds": round(_worked() - worked, 1),
        "peak_gb": round(sum(resource.getrusage(who).ru_maxrss for who in whose) / 2**20, 2),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    _map_alone(sys.argv[1], sys.argv[2])
