"""Rows for the theme engine's bench: clinc150, and as many more as wanted around its vectors."""

import csv
import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import normalized_mutual_info_score
from sqlalchemy import text

from analysis.vectors import unit_rows
from bench.databases import DATA, Bench
from clients.embedder import embedder_named
from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.embeddings.binary_copy import HEADER, TRAILER
from queries.gate import writing

OUTSIDE = "oos"
NOISE = 0.35  # length of the noise of a blend, beside its two rows of length 1


@dataclass(frozen=True)
class Rows:
    """Texts with their labels and vectors."""

    texts: list[str]
    labels: NDArray[np.str_]
    domains: NDArray[np.str_]
    vectors: NDArray[np.float32]

    def take(self, chosen: NDArray[np.intp]) -> "Rows":
        """Some of the rows."""
        texts = [self.texts[row] for row in chosen]
        return Rows(texts, self.labels[chosen], self.domains[chosen], self.vectors[chosen])


@cache
def clinc150() -> Rows:
    """All rows, the out-of-scope ones too, embedded with the default model."""
    with (DATA / "clinc150" / "intents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [row["text"] for row in rows]
    vectors = unit_rows(embedder_named(None).embed(texts))
    domain = "domain" if "domain" in rows[0] else "label"
    return Rows(
        texts,
        np.array([row["label"] for row in rows]),
        np.array([row[domain] for row in rows]),
        vectors,
    )


def blended(count: int, seed: int = 5) -> Rows:
    """That many rows: the real ones, then blends of two of the same intent and some noise."""
    real, random = clinc150(), np.random.default_rng(seed)
    if count <= len(real.texts):
        return real.take(np.sort(random.permutation(len(real.texts))[:count]))
    order = np.argsort(real.labels, kind="stable")
    first = random.integers(0, len(order), count - len(order))
    start = np.searchsorted(real.labels[order], real.labels[order][first])
    size = np.searchsorted(real.labels[order], real.labels[order][first], "right") - start
    one, other = order[first], order[start + random.integers(0, size)]
    vectors = np.empty((count, real.vectors.shape[1]), dtype=np.float32)
    vectors[: len(order)] = real.vectors
    for begin in range(0, len(one), 50_000):
        part = slice(begin, begin + 50_000)
        noise = random.normal(size=(len(one[part]), vectors.shape[1])).astype(np.float32)
        noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        mixed = real.vectors[one[part]] + real.vectors[other[part]] + noise
        vectors[len(order) + begin : len(order) + begin + len(mixed)] = unit_rows(mixed)
    texts = [
        *real.texts,
        *(f"{real.texts[a]}. {real.texts[b]}" for a, b in zip(one, other, strict=True)),
    ]
    labels, domains = (np.concatenate([v, v[one]]) for v in (real.labels, real.domains))
    return Rows(texts, labels, domains, vectors)


def stored(bench: Bench, rows: Rows, name: str) -> Collection:
    """The rows in a table with a halfvec column, declared; row ids are the positions."""
    dimensions = rows.vectors.shape[1]
    with writing(bench.gate.engine) as connection:
        connection.execute(
            text(
                f"CREATE TABLE public.{name} (id integer PRIMARY KEY, body text, label text, "
                f"vector halfvec({dimensions}))"
            )
        )
    add(bench, rows, name, 0)
    declared = Collection(
        name=name,
        title=name,
        table=f"public.{name}",
        id="id",
        text=("body",),
        embedding="vector",
        facet_columns=(("label", "label"),),
    )
    publish(bench.gate.engine, [declared])
    return collection_named(bench.gate, name)


def add(bench: Bench, rows: Rows, name: str, first: int) -> None:
    """Insert the rows with ids from `first` on, by binary COPY."""
    head = struct.pack(">hh", rows.vectors.shape[1], 0)
    copying = f"COPY public.{name} (id, body, label, vector) FROM STDIN (FORMAT binary)"
    with writing(bench.gate.engine) as connection:
        cursor = connection.connection.cursor()
        with cursor.copy(copying) as copy:
            copy.write(HEADER)
            for place, said in enumerate(rows.texts):
                vector = head + rows.vectors[place].astype(">f2").tobytes()
                label = str(rows.labels[place]).encode()
                values = (struct.pack(">i", first + place), said.encode(), label, vector)
                sized = (struct.pack(">i", len(value)) + value for value in values)
                copy.write(struct.pack(">h", len(values)) + b"".join(sized))
            copy.write(TRAILER)


def agreement(rows: Rows, fine: NDArray[np.integer[Any]]) -> dict[str, Any]:
    inside = rows.labels != OUTSIDE
    return {
        "nmi_sorted": nmi(rows.labels, fine, inside & (fine >= 0)),
        "nmi_all": nmi(rows.labels, fine, inside),
        "unsorted": round(float((fine[inside] < 0).mean()), 4),
    }


def nmi(labels: Any, found: Any, rows: NDArray[np.bool_]) -> float:
    return round(float(normalized_mutual_info_score(labels[rows], found[rows])), 4)


def quietly(_step: str, _share: float) -> None:
    """Progress that nobody watches."""
