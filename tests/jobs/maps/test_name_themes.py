"""Names by a chat model: kept with how they came about, and never over a person's."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from analysis import fit as fitting
from clients.namer import PROMPT, configured_namer
from jobs.maps.map import make_map
from jobs.maps.name_themes import name_themes
from queries.gate import Gate
from queries.themes import theme_edits, themes
from tests.loopback import JsonService, served
from tests.world import embedded_world, lowered, quietly, rows, run_sql

ASKED: list[str] = []


class Fake(JsonService):
    """Names the first theme it is asked about, and gives every other the same name."""

    def reply(self, said: Any) -> None:
        ASKED.append(said["messages"][1]["content"])
        name = "Sleepless nights" if len(ASKED) == 1 else "SLEEPLESS nights"
        answer = {"choices": [{"message": {"content": name}}]}
        self.answer(answer)


@pytest.fixture
def url() -> Iterator[str]:
    with served(Fake) as address:
        yield f"{address}/v1"


def test_a_model_names_what_no_person_named_and_it_is_told_how(gate: Gate, url: str) -> None:
    collection = embedded_world(gate)
    with lowered(fitting, "edges_of", partial(fitting.edges_of, epochs=20)):
        make_map(gate, collection, quietly)
    told = themes.themes(gate, collection)
    ours = int(told["id"].iloc[0])
    theme_edits.rename(gate.engine, collection, ours, "Ours", "ana")
    key = {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": url, "NORTHLIGHT_NAMER": "small"}
    namer = configured_namer(key)
    assert namer is not None
    assert name_themes(gate, collection, namer) == 1  # every other answer was one taken already
    after = themes.themes(gate, collection).set_index("id")
    assert after["name"].str.casefold().is_unique
    assert after.loc[ours, ["name", "named_by"]].tolist() == ["Ours", "person"]
    mine = int(after.index[after["named_by"] == "model"][0])
    assert after.loc[mine, "name"] == "Sleepless nights"
    assert len(ASKED) == len(told) - 1
    said = {row.id: row.text for row in rows()}
    assert str(said[after.loc[mine, "representatives"][0]]) in ASKED[0]
    ((kept,),) = run_sql(
        gate.engine, "SELECT named_with FROM northlight.theme WHERE id = :id", id=mine
    )
    assert kept["prompt"] == PROMPT  # type: ignore[index]
    assert (kept["model"], kept["url"]) == ("small", url)  # type: ignore[index]
    history = themes.events(gate, collection, mine)
    assert history.iloc[0][["kind", "made_by"]].tolist() == ["renamed", "model small"]
