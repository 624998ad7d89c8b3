"""The map and its themes on real questions, thirty intents of clinc150, in a real Chromium."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from bench.databases import DATA, Bench
from bench.theme_data import Rows, clinc150, stored
from jobs.maps.map import make_map
from queries.collection import Collection
from queries.gate import WORKER, Gate, writing
from queries.maps.outlines import decoded
from queries.maps.runs import export
from tests.browser import hands
from tests.browser.conftest import Seen
from tests.world import quietly

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not (DATA / "clinc150").exists(), reason="clinc150 is not here: shared/data/clinc150"
    ),
]
INTENTS = 30
GRANT = text(
    "INSERT INTO northlight_auth.grant_to (person_id, collection) SELECT id, :name "
    "FROM northlight_auth.person WHERE role = 'analyst' ON CONFLICT DO NOTHING"
)


@pytest.fixture(scope="module")
def some() -> Rows:
    """All rows of the first intents by name."""
    rows = clinc150()
    wanted = sorted(set(rows.labels.tolist()) - {"oos"})[:INTENTS]
    return rows.take(np.flatnonzero(np.isin(rows.labels, wanted)))


@pytest.fixture(scope="module")
def intents(address: str, engine: Engine, some: Rows) -> Collection:
    assert address
    bench = Bench(Gate(engine, WORKER), "", Path())
    collection = stored(bench, some, "intents")
    make_map(bench.gate, collection, quietly)
    with writing(engine) as connection:
        connection.execute(GRANT, {"name": collection.name})
    return collection


@pytest.fixture
def on_map(page: Page, seen: Seen, intents: Collection) -> Page:
    page.goto(f"{seen.address}/map?collection={intents.name}")
    hands.canvas(page)
    return page


def fine(page: Page, seen: Seen) -> bool:
    assert seen.unexpected() == []
    return page.get_by_test_id("stException").count() == 0


def test_every_question_is_drawn_and_labels_do_not_collide(
    on_map: Page, seen: Seen, some: Rows
) -> None:
    expect(hands.canvas(on_map)).to_have_attribute("data-drawn", str(len(some.texts)))
    boxes = hands.boxes(on_map)
    assert len(boxes) > 3
    for number, (left, top, right, bottom) in enumerate(boxes):
        for x0, y0, x1, y1 in boxes[number + 1 :]:
            assert right <= x0 or x1 <= left or bottom <= y0 or y1 <= top
    assert fine(on_map, seen)


def test_what_a_box_selects_is_what_stands_in_it(
    on_map: Page, seen: Seen, intents: Collection, engine: Engine
) -> None:
    hands.use(on_map, "Box")
    hands.drag(on_map, [(0.7, 0.8), (0.3, 0.3)])
    rows = hands.selected(on_map)
    hands.waits_for_address(on_map, "sel=")
    (outline,) = decoded(parse_qs(urlparse(on_map.url).query)["sel"][0])
    corners = np.array(outline.corners)
    low, high = corners.min(axis=0), corners.max(axis=0)
    places = export(Gate(engine, WORKER), intents)[["x", "y"]].to_numpy()
    assert rows == int(((places >= low) & (places <= high)).all(axis=1).sum())
    assert fine(on_map, seen)


def test_a_theme_is_opened_from_the_map_and_holds_questions_alike(
    on_map: Page, seen: Seen, some: Rows
) -> None:
    on_map.locator(".themes button[data-level='0']").first.click()
    region = on_map.get_by_role("region", name="Its surest rows")
    expect(region.locator("tr").first).to_be_visible()
    finer = on_map.locator(".themes button[data-level='1'] b")
    if finer.count():
        finer.first.click()
        expect(on_map.get_by_role("heading", name=finer.first.inner_text())).to_be_visible()
    on_map.get_by_role("link", name="Open the theme").click()
    expect(on_map.get_by_role("heading", name="Rows that stand for it")).to_be_visible()
    told = on_map.locator("[class*='st-key-hit-']").all_inner_texts()
    intent = dict(zip(some.texts, some.labels, strict=True))
    found = [str(label) for said, label in intent.items() if any(said in one for one in told)]
    assert max(map(found.count, set(found))) >= 0.6 * len(found)
    assert fine(on_map, seen)


def test_answers_to_a_question_light_up(page: Page, seen: Seen, intents: Collection) -> None:
    page.goto(f"{seen.address}/map?collection={intents.name}&q=what is my account balance")
    hands.canvas(page)
    expect(page.get_by_text(re.compile(r"of the best 100 answers to"))).to_be_visible()
    expect(hands.canvas(page)).to_have_attribute("data-lit", re.compile(r"^[1-9]\d+$"))
    assert fine(page, seen)


def test_two_intents_differ_reliably(
    page: Page, seen: Seen, intents: Collection, some: Rows
) -> None:
    one, other = sorted(set(some.labels.tolist()))[:2]
    by = "&".join(
        f"{intents.name}.{side}.by=label&{intents.name}.{side}.label={label}"
        for side, label in (("a", one), ("b", other))
    )
    page.goto(f"{seen.address}/compare?collection={intents.name}&{by}")
    expect(page.get_by_role("heading", name=re.compile(r"\d+ reliable difference"))).to_be_visible()
    expect(page.locator("blockquote").first).to_be_visible()
    assert fine(page, seen)
