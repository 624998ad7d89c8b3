"""How fast the theme engine is, and how it grows: against BERTopic and against the floor.

Beside wall time it tells CPU seconds of the process: they do not change when a machine is shared.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.fit import fit
from analysis.graph import fuzzy_graph
from analysis.neighbours import nearest, nearest_among
from analysis.projection import layout, principal_plane
from bench.databases import fresh
from bench.theme_data import Rows, add, agreement, blended, quietly, stored
from jobs.map import make_map
from queries.runs import export

SEED = 7


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
    """Vectors in PostgreSQL to stored themes and places, against BERTopic and against the floor."""
    found = []
    for count in chosen.rows:
        rows = blended(count)
        with fresh() as bench:
            collection = stored(bench, rows, "raced")
            make_map(bench.gate, stored(bench, rows.take(np.arange(800)), "warm"), quietly)
            start, worked = perf_counter(), process_time()
            make_map(bench.gate, collection, quietly)
            seconds, worked = perf_counter() - start, process_time() - worked
            told = export(bench.gate, collection)
        fine = told.assign(n=told["id"].astype(int)).sort_values("n")["theme_id"]
        labels = fine.fillna(-1).to_numpy(np.int64)
        one: dict[str, Any] = {"rows": count, "seconds": round(seconds, 1)}
        one |= {"cpu_seconds": round(worked, 1)} | agreement(rows, labels)
        one["floor"] = round(_floor(rows.vectors), 1)
        one["to_floor"] = round(seconds / one["floor"], 2)
        peer = _bertopic(chosen.bertopic, rows)
        one["bertopic"] = peer
        if isinstance(peer, dict):
            one["times_faster"] = round(peer["seconds"] / seconds, 2)
            one["times_less_cpu"] = round(peer["cpu_seconds"] / worked, 2)
        found.append(one)
        print(json.dumps(one), flush=True)
    return found


def growth(chosen: argparse.Namespace) -> dict[str, Any]:
    """Time and peak memory of a fit in a process of its own, at several sizes."""
    measured = []
    for count in chosen.growth:
        command = [sys.executable, "-m", "bench.theme_speed", str(count)]
        told = subprocess.run(command, check=True, capture_output=True, text=True)
        measured.append(json.loads(told.stdout.splitlines()[-1]))
        print(json.dumps(measured[-1]), flush=True)
    sizes, seconds = ([one[key] for one in measured] for key in ("rows", "seconds"))
    steep = np.polyfit(np.log(sizes), np.log(seconds), 1)[0] if len(sizes) > 1 else None
    return {"fits": measured, "exponent": None if steep is None else round(float(steep), 3)}


def cold(_: argparse.Namespace) -> dict[str, Any]:
    """A process that imports everything and fits 500 rows."""
    start = perf_counter()
    subprocess.run(
        [sys.executable, "-m", "bench.theme_speed", "500"], check=True, capture_output=True
    )
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


def _floor(vectors: NDArray[np.float32]) -> float:
    """One neighbour graph and one layout, of what a fit would take; the others need both too."""
    start = perf_counter()
    graph = fuzzy_graph(nearest(vectors[:50_000], 30).first(15))
    layout(graph, principal_plane(vectors[:50_000], SEED), SEED)
    return perf_counter() - start


def _bertopic(python: str | None, rows: Rows) -> dict[str, Any] | str:
    """BERTopic's figures on the same vectors, or why there are none."""
    if python is None:
        return "absent: give an interpreter that has it with --bertopic"
    with tempfile.TemporaryDirectory() as folder:
        vectors, texts = Path(folder) / "rows.npz", Path(folder) / "texts.json"
        np.savez(vectors, vectors=rows.vectors)
        texts.write_text(json.dumps(rows.texts), encoding="utf-8")
        script = Path(__file__).with_name("bertopic_race.py")
        told = subprocess.run(
            [python, str(script), str(vectors), str(texts)],
            capture_output=True,
            text=True,
            check=False,
        )
    if told.returncode != 0:
        return f"absent: {told.stderr.strip().splitlines()[-1] if told.stderr else 'it ended'}"
    found = json.loads(told.stdout.splitlines()[-1])
    topics = np.array(found["topics"])
    return {
        "seconds": round(found["fit"] + found["reduce"], 1),
        "cpu_seconds": round(found["cpu"], 1),
        "topics": int(topics.max()) + 1,
    } | agreement(rows, topics)


def _fit_alone(count: int) -> None:
    """Fit so many rows and print seconds and peak memory: run in a process of its own."""
    vectors = blended(count).vectors
    start = perf_counter()
    fit(vectors, SEED)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    seconds = round(perf_counter() - start, 2)
    print(json.dumps({"rows": count, "seconds": seconds, "peak_gb": round(peak, 2)}))


if __name__ == "__main__":
    _fit_alone(int(sys.argv[1]))
