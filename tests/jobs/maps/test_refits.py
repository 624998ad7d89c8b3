"""Identity over several refits, each after more rows; and when a refit is worth it."""

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from analysis import fit as fitting
from jobs.maps.map import make_map
from jobs.maps.refits import worth_a_refit
from queries.collection import Collection
from queries.gate import Gate
from queries.maps.run_states import Placed
from queries.themes import theme_edits, themes
from tests.world import Row, embed_all, embedded_world, lowered, quietly, run_sql

REFITS, INTENTS = 4, 12
PLANTED = "meal_suggestion"


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    with lowered(fitting, "edges_of", partial(fitting.edges_of, epochs=20)):
        yield


def intents(folder: Path) -> tuple[list[Row], list[Row]]:
    """Sixty rows of each of some intents, shuffled; and those of one more."""
    with (folder / "clinc150" / "intents.csv").open(encoding="utf-8", newline="") as file:
        told = [row for row in csv.DictReader(file) if row["label"] != "oos"]
    labels = sorted({row["label"] for row in told} - {PLANTED})[:: 149 // INTENTS][:INTENTS]
    of = {label: [row for row in told if row["label"] == label][:60] for label in labels}
    mixed = [of[label][number] for number in range(60) for label in labels]
    late = [row for row in told if row["label"] == PLANTED][:60]
    return _rows(mixed), _rows(late)


def _rows(told: list[dict[str, str]]) -> list[Row]:
    return [
        Row(row["id"], row["text"], row["label"], f"p{number % 40}")
        for number, row in enumerate(told)
    ]


def arrive(gate: Gate, collection: Collection, there: list[Row]) -> None:
    for row in there:
        run_sql(
            gate.engine,
            f"INSERT INTO {collection.table} (id, body, topic, who) "
            "VALUES (:id, :text, :topic, :owner)",
            **vars(row),
        )
    embed_all(gate, collection)


def known(gate: Gate, collection: Collection) -> dict[int, tuple[str, set[str]]]:
    members = themes.membership(gate, collection)
    told = themes.themes(gate, collection)
    pairs = zip(told["id"].tolist(), told["name"].tolist(), strict=True)
    return {int(id): (str(name), set(members.get(int(id), ()))) for id, name in pairs}


def test_themes_keep_their_identity_through_refits(gate: Gate, shared_data: Path) -> None:
    mixed, late = intents(shared_data)
    step = len(mixed) // (2 * REFITS)
    size = len(mixed) - REFITS * step
    collection = embedded_world(gate, mixed[:size])
    make_map(gate, collection, quietly)
    named = list(known(gate, collection))[::4]
    for theme in named:
        theme_edits.rename(gate.engine, collection, theme, f"Named {theme}", "ana")
    for number in range(REFITS):
        before = known(gate, collection)
        more = mixed[size + number * step : size + (number + 1) * step]
        arrive(gate, collection, [*more, *(late if number == REFITS - 1 else [])])
        make_map(gate, collection, quietly, refit=True)
        after = known(gate, collection)
        assert all(after[theme][0] == f"Named {theme}" for theme in named)
        sorted_before = set().union(*(rows for _, rows in before.values()))
        for id, (name, rows) in before.items():
            same = [
                held
                for _, held in after.values()
                if len(rows & held) > 0.95 * max(len(rows), len(held & sorted_before))
            ]
            if rows and same:
                assert after.get(id, ("",))[0] == name
    planted = {row.id for row in late}
    new = [rows for id, (_, rows) in after.items() if id not in before and rows]
    assert any(len(rows & planted) > 0.5 * max(len(rows), len(planted)) for rows in new)


def test_a_map_that_serves_needs_no_refit() -> None:
    assert worth_a_refit(Placed(1000, 0, 0, 0.9, None)) is None
    assert worth_a_refit(Placed(1000, 19, 19, 0.9, None)) is None
    assert worth_a_refit(Placed(1000, 100, 12, 0.9, 0.85)) is None


@pytest.mark.parametrize(
    ("placed", "told"),
    [
        (Placed(1000, 100, 40, 0.9, 0.9), "40% of the 100 rows"),
        (Placed(1000, 400, 40, 0.9, 0.9), "400 rows arrived since a fit of 1,000"),
        (Placed(1000, 100, 10, 0.9, 0.6), "median membership 0.60"),
    ],
)
def test_a_refit_that_is_worth_it_says_why(placed: Placed, told: str) -> None:
    because = worth_a_refit(placed)
    assert because is not None
    assert told in because
