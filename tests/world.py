"""A small world for tests: a table of real sentences about six things, declared and embedded."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, pairwise
from uuid import NAMESPACE_URL, uuid4, uuid5

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, text

from clients.embedder import StaticEmbedder
from jobs.embed import EmbedReport, embed
from queries.catalog import collection_named, publish
from queries.collection import Collection
from queries.gate import WORKER, Gate, writing

ABOUT: dict[str, tuple[str, ...]] = {
    "sleep": (
        "I lay awake until three in the morning again.",
        "My sleep got better after I stopped drinking coffee in the evening.",
        "Going to bed at the same hour every night helps me fall asleep.",
        "I woke up tired although I slept for nine hours.",
        "The bedroom is too warm and I cannot sleep.",
        "A short nap after lunch makes my night worse.",
        "Bad dreams wake me up and then I stay awake.",
        "I read in bed until I get sleepy.",
    ),
    "money": (
        "The rent went up and my savings are shrinking.",
        "I finally paid back the last credit card debt.",
        "We made a budget and put some money aside each month.",
        "My bank charged a fee I did not expect.",
        "I worry about paying the bills before the salary arrives.",
        "Buying fewer clothes saved us two hundred euros.",
        "The interest on the loan is far too high.",
        "I opened a savings account for the children.",
    ),
    "running": (
        "I ran five kilometres without stopping for the first time.",
        "My knees hurt after the long run on Sunday.",
        "Running with a friend keeps me honest about training.",
        "New running shoes made the hills easier.",
        "I signed up for a half marathon in autumn.",
        "The training plan says to rest on Fridays.",
        "I was slower today because of the heat.",
        "Stretching after a run stops my calves from cramping.",
    ),
    "cooking": (
        "The soup needed more salt and a little lemon.",
        "I burned the onions and had to start the sauce again.",
        "Baking bread on Saturday fills the whole kitchen with its smell.",
        "We cook a big pot of beans for the week.",
        "My grandmother's recipe asks for butter and fresh eggs.",
        "The oven runs hot so the cake was dry.",
        "Fresh herbs from the balcony go into every salad.",
        "I learned to cut vegetables faster with a sharp knife.",
    ),
    "computers": (
        "The server crashed because the disk was full.",
        "A missing index made the database query slow.",
        "I fixed the bug by closing the file after reading it.",
        "The password reset email never arrives in my inbox.",
        "Our software update broke the login page.",
        "Restarting the router brought the network back.",
        "The program runs out of memory on large files.",
        "We moved the code to a new repository.",
    ),
    "work": (
        "My manager cancelled our meeting for the third time.",
        "I asked my boss for a raise and she agreed.",
        "The deadline moved forward and the whole team is stressed.",
        "A colleague took credit for my report.",
        "I said no to an extra project and felt proud.",
        "The job interview went better than I had feared.",
        "Working from home makes it hard to stop at six.",
        "We hired two new people for the office.",
    ),
}
TOPICS = tuple(ABOUT)
OWNERS = tuple(f"person-{number}" for number in range(9))


@dataclass(frozen=True)
class Row:
    """One row of the world."""

    id: str
    text: str | None
    topic: str
    owner: str | None


def rows(pairs: int = 0, ids: str = "text") -> list[Row]:
    """The sentences, 48 in all, and `pairs` more a topic made of two sentences each."""
    found = []
    for topic, sentences in ABOUT.items():
        double = [f"{one} {other}" for one, other in combinations(sentences, 2)][:pairs]
        found += [(topic, sentence) for sentence in (*sentences, *double)]
    return [
        Row(spelled_id(number, ids), sentence, topic, OWNERS[number % len(OWNERS)])
        for number, (topic, sentence) in enumerate(found)
    ]


def spelled_id(number: int, ids: str) -> str:
    """An id of that type: numbers for integers, otherwise something of the same order."""
    if ids == "uuid":
        return str(uuid5(NAMESPACE_URL, f"row/{number}"))
    return str(number + 1) if ids in {"integer", "bigint"} else f"row-{number:05}"


def make_table(
    engine: Engine, there: Sequence[Row], *, ids: str = "text", column: str | None = None
) -> str:
    """A table `public.<new name>` with these rows; `column` adds an empty vector column."""
    name = f"notes_{uuid4().hex[:8]}"
    extra = f", vector {column}" if column else ""
    with writing(engine) as connection:
        connection.execute(
            text(
                f"CREATE TABLE public.{name} (id {ids} PRIMARY KEY, body text, heading text, "
                f"who text, topic text, at timestamptz DEFAULT now(){extra})"
            )
        )
        if there:
            connection.execute(
                text(
                    f"INSERT INTO public.{name} (id, body, topic, who, heading, at) "
                    f"VALUES (CAST(CAST(:id AS text) AS {ids}), :text, :topic, :owner, NULL, "
                    "timestamptz '2026-01-05 10:00+00' + interval '1 hour' * :number)"
                ),
                [vars(row) | {"number": number} for number, row in enumerate(there)],
            )
    return name


def declare(gate: Gate, name: str, **changed: object) -> Collection:
    """Declare a table that `make_table` made; the collection as the catalogue then knows it."""
    roles: dict[str, object] = {
        "name": name,
        "title": "Notes",
        "table": f"public.{name}",
        "id": "id",
        "text": ("body",),
        "owner": "who",
        "time": "at",
        "facet_columns": (("topic", "topic"),),
    }
    declared = Collection(**(roles | changed))  # type: ignore[arg-type]
    publish(gate.engine, [declared])
    return collection_named(gate, declared.name)


def make_world(
    engine: Engine, there: Sequence[Row] | None = None, *, ids: str = "text", **changed: object
) -> Collection:
    """A new declared table of rows, not embedded yet."""
    made = make_table(engine, rows(ids=ids) if there is None else there, ids=ids)
    return declare(Gate(engine, WORKER), made, **changed)


def embed_all(gate: Gate, collection: Collection, *, switch: bool = False) -> EmbedReport:
    """Embed with the model that ships with Northlight."""
    return embed(gate, collection, StaticEmbedder(), quietly, switch=switch)


def embedded_world(
    gate: Gate, there: Sequence[Row] | None = None, *, ids: str = "text", **changed: object
) -> Collection:
    """A new declared table of rows, embedded."""
    collection = make_world(gate.engine, there, ids=ids, **changed)
    embed_all(gate, collection)
    return collection


def run_sql(engine: Engine, statement: str, **values: object) -> list[tuple[object, ...]]:
    """Run one statement as the owner; its rows, if it has any."""
    with writing(engine) as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    """The vectors at length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


def quietly(_step: str, _share: float) -> None:
    """Progress that nobody watches."""


@contextmanager
def lowered(module: object, name: str, value: object) -> Iterator[None]:
    """A constant of a module, changed for a while."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


class BigramEmbedder:
    """A second model: hashed letter pairs, 64 dimensions; NaN for text without letters."""

    name = "bigrams-64"
    silence = "the model bigrams-64 knows nothing in this question"
    sends_to = None
    dimensions = 64
    longest = 20_000

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, 64), unit length."""
        counts = np.zeros((len(texts), self.dimensions))
        for row, said in enumerate(texts):
            letters = [c for c in said.lower() if c.isalpha()]
            for one, other in pairwise(letters):
                counts[row, (ord(one) * 31 + ord(other)) % self.dimensions] += 1
        with np.errstate(invalid="ignore", divide="ignore"):
            return unit(counts)
