"""Themes, refits and comparisons in a real Chromium; the worker's part is done by the test."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from jobs.maps.map import make_map
from jobs.worker.work import Worker, work
from queries.collection import Collection
from queries.gate import WORKER, Gate
from tests.browser import hands
from tests.browser.conftest import Seen
from tests.jobs.maps.test_compare import told as written
from tests.world import embedded_world, quietly

pytestmark = pytest.mark.browser

ALL = [(0.995, 0.995), (0.005, 0.005)]


@pytest.fixture(scope="module")
def apart(address: str, engine: Engine) -> Collection:
    """Twenty people in two groups of ten that write of different things, on a map."""
    assert address
    gate = Gate(engine, WORKER)
    collection = embedded_world(gate, written(differ=True))
    make_map(gate, collection, quietly)
    return collection


def worked(engine: Engine) -> None:
    """Whatever waits in the queue is done."""
    work(Worker(Gate(engine, WORKER), lambda _said: None), once=True)


def fine(page: Page, seen: Seen) -> bool:
    assert seen.unexpected() == []
    return page.get_by_test_id("stException").count() == 0


def opened_theme(page: Page, seen: Seen, name: str) -> None:
    page.goto(f"{seen.address}/map?collection=notes")
    hands.canvas(page)
    page.locator(".themes button", has_text="Out of doors").click()
    page.locator(".themes button", has_text=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("link", name="Open the theme").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_a_theme_is_renamed_in_place_and_the_name_is_taken_back(
    page: Page, seen: Seen, engine: Engine
) -> None:
    opened_theme(page, seen, "garden")
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Name").fill("Beds and tomatoes")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("A theme is being changed")).to_be_visible()
    worked(engine)
    expect(page.get_by_role("heading", name="Beds and tomatoes")).to_be_visible()
    expect(page.get_by_text("which no refit takes away")).to_be_visible()
    page.get_by_text("History: 2 events").click()
    expect(page.get_by_text("from “garden” to “Beds and tomatoes”, by Mina Okafor")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("A theme is being changed")).to_be_visible()
    worked(engine)
    expect(page.get_by_role("heading", name="garden")).to_be_visible()
    assert fine(page, seen)


def test_what_cannot_be_done_to_a_theme_is_said(page: Page, seen: Seen, engine: Engine) -> None:
    opened_theme(page, seen, "garden")
    page.get_by_role("button", name="Change it").click()
    page.get_by_label("Name").fill("money")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_text("A theme is being changed")).to_be_visible()
    worked(engine)
    expect(page.get_by_text("Another theme is called 'money'")).to_be_visible()
    assert fine(page, seen)


def test_a_refit_is_asked_for_cancelled_proposed_seen_by_another_and_accepted(
    browser: Browser, page: Page, seen: Seen, engine: Engine
) -> None:
    address = f"{seen.address}/map?collection=notes"
    page.goto(address)
    hands.canvas(page)
    page.get_by_text("Change the map").click()
    page.get_by_role("button", name="Propose a refit").click()
    expect(page.get_by_text("The map is being made: waiting for a worker")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled before it began.")).to_be_visible()
    again = page.get_by_role("button", name="Propose a refit")
    if not again.is_visible():
        page.get_by_text("Change the map").click()
    again.click()
    second = browser.new_context().new_page()
    second.goto(address)
    expect(second.get_by_text("The map is being made: waiting for a worker")).to_be_visible()
    worked(engine)
    expect(second.get_by_text("The proposed refit")).to_be_visible()
    told = []
    for reader in (page, second):
        reader.get_by_text("The proposed refit").click()
        expect(reader.get_by_text("Half of the rows move by")).to_be_visible()
        expect(reader.locator("[data-test-script-state=notRunning]")).to_be_attached()
        expect(reader.locator("canvas[data-drawn='90']")).to_have_count(1)
        told.append(reader.get_by_text("Half of the rows move by").inner_text())
    assert told[0] == told[1]
    page.get_by_text("Side by side").click()
    expect(page.get_by_role("heading", name="The map now")).to_be_visible()
    expect(page.locator("canvas[data-drawn='90']")).to_have_count(2)
    page.get_by_role("button", name="Accept the refit").click()
    expect(page.get_by_text("The proposed map takes its place")).to_be_visible()
    worked(engine)
    expect(page.get_by_text("The proposed map is shown")).to_be_visible()
    expect(page.get_by_text("The proposed refit")).to_have_count(0)
    second.reload()
    expect(second.get_by_text("Change the map")).to_be_visible()
    second.get_by_text("Change the map").click()
    expect(second.get_by_text("Go back to the map before")).to_be_visible()
    second.context.close()
    assert fine(page, seen)


def test_a_comparison_gives_the_finding_first_then_intervals_and_words_of_both(
    page: Page, seen: Seen, apart: Collection
) -> None:
    by = f"{apart.name}.a.by=topic&{apart.name}.a.topic=left"
    page.goto(f"{seen.address}/compare?collection={apart.name}&{by}")
    expect(
        page.get_by_role("heading", name=re.compile(r"\d+ reliable differences"))
    ).to_be_visible()
    expect(page.get_by_text("10 people with 80 rows").first).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart] .role-axis-title").first).to_contain_text(
        "percentage points"
    )
    expect(page.locator("blockquote").first).to_be_visible()
    assert fine(page, seen)


def test_groups_that_write_alike_differ_in_nothing(
    page: Page, seen: Seen, address: str, engine: Engine
) -> None:
    assert address
    gate = Gate(engine, WORKER)
    alike = embedded_world(gate, written(differ=False))
    make_map(gate, alike, quietly)
    sides = "&".join(
        f"{alike.name}.{side}.by=topic&{alike.name}.{side}.topic={group}"
        for side, group in (("a", "left"), ("b", "right"))
    )
    page.goto(f"{seen.address}/compare?collection={alike.name}&{sides}")
    expect(page.get_by_role("heading", name="No reliable difference", exact=True)).to_be_visible()
    both = re.compile("10 people with 80 rows.*10 people with 80 rows")
    expect(page.get_by_text(both)).to_be_visible()
    expect(page.locator("blockquote")).to_have_count(0)
    assert fine(page, seen)


def test_a_selection_is_compared_with_the_rest(page: Page, seen: Seen, apart: Collection) -> None:
    page.goto(f"{seen.address}/map?collection={apart.name}&again=1")
    hands.canvas(page)
    hands.use(page, "Box")
    hands.drag(page, [(0.5, 0.995), (0.005, 0.005)])
    hands.selected(page)
    page.get_by_role("link", name="Compare with the rest").click()
    expect(page.get_by_text("What was selected on the map.")).to_be_visible()
    found = page.get_by_role("heading", name=re.compile("reliable difference"))
    expect(found.or_(page.get_by_text("A comparison needs at least 5"))).to_be_visible()
    assert fine(page, seen)
