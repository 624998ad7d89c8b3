"""A coach's morning in a real Chromium: a flag, the client, the brief, a passage, a note, print."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.conftest import Seen
from tests.browser.served import served
from tests.coaching import programme
from tests.web_login import web_login

SLOW = 30_000  # milliseconds; the machine may be busy
expect.set_options(timeout=SLOW)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A freshly started application on the demo's coaching programme."""
    programme(engine)
    home = tmp_path_factory.mktemp("home")
    with web_login(engine, home) as web, served(web) as url:
        yield url


@pytest.fixture
def coach(page: Page, seen: Seen) -> Page:
    """The page as the coach Ines sees it."""
    page.goto(seen.address)
    page.get_by_role("combobox", name="View as").click()
    page.get_by_role("option", name=re.compile("Ines")).click()
    expect(page.get_by_test_id("stSidebarNav")).to_contain_text("Progress")
    return page


def test_a_coachs_morning(coach: Page, seen: Seen, tmp_path: Path) -> None:
    coach.get_by_test_id("stSidebarNav").get_by_role("link", name="Clients").click()
    expect(coach.get_by_role("heading", name="Clients")).to_be_visible()
    expect(coach.get_by_text("with something to look at")).to_be_visible()
    # The first row is who has most flags; its first cell chooses it.
    grid = coach.get_by_test_id("stDataFrame").first
    expect(grid.locator("canvas").first).to_be_visible()
    grid.click(position={"x": 16, "y": 52})
    expect(coach.get_by_role("heading", name="Bruno Cardoso")).to_be_visible()
    expect(coach.get_by_text("No answer for 14 days or more")).to_be_visible()
    assert "client=bruno-cardoso" in coach.url
    read_from_the_timeline(coach)

    coach.get_by_role("link", name="Session brief").click()
    expect(coach.get_by_text("Written from facts and templates")).to_be_visible()
    coach.locator(".st-key-passages-0").get_by_role("link").first.click()
    passage = coach.locator(".st-key-passage")
    expect(passage).to_contain_text("3 June 2026")
    expect(passage.locator("mark")).to_have_text("Sending the CV.")

    coach.get_by_text("Notes", exact=True).click()
    coach.get_by_label("A new note").fill("Ask about the stick with the figures.")
    coach.get_by_role("button", name="Keep the note").click()
    expect(coach.get_by_text("Ask about the stick")).to_be_visible()
    coach.reload()
    expect(coach.get_by_text("Ask about the stick")).to_be_visible()

    coach.get_by_role("link", name="Session brief").click()
    expect(coach.get_by_text("Written from facts and templates")).to_be_visible()
    coach.emulate_media(media="print")
    expect(coach.get_by_test_id("stSidebar")).to_be_hidden()
    expect(coach.locator(".printed-only").first).to_be_visible()
    printed = coach.pdf(path=str(tmp_path / "brief.pdf"))
    assert printed.count(b"/Type /Page\n") <= 2
    assert seen.unexpected() == []
    assert coach.get_by_test_id("stException").count() == 0


def read_from_the_timeline(coach: Page) -> None:
    """A point opens what was written there, each time it is clicked."""
    for _ in range(2):
        coach.wait_for_timeout(2000)  # the chart is drawn anew, and grows to its width
        chart = coach.locator("[class*=st-key-chart-timeline]")
        point = chart.locator(".mark-symbol path[aria-label^='answer, ']").first
        point.scroll_into_view_if_needed()
        box = point.bounding_box()
        assert box is not None
        coach.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(coach.locator(".st-key-passage")).to_contain_text("3 June 2026")
        coach.get_by_role("button", name="Close").click()
        expect(coach.locator(".st-key-passage")).to_have_count(0)


def test_the_brief_is_a_file_too(coach: Page, seen: Seen) -> None:
    coach.goto(f"{seen.address}/brief?client=ayumi-endo")
    with coach.expect_download() as download:
        coach.get_by_role("button", name="Markdown").click()
    said = Path(download.value.path()).read_text("utf-8")
    assert said.startswith("# Session brief: Ayumi Endo")
    assert re.search(r"^\[\^1\]: \d+ \w+ 2026", said, re.MULTILINE)


@pytest.mark.parametrize(
    "path", ["clients", "client?client=bruno-cardoso", "progress?part=Cohorts"]
)
@pytest.mark.parametrize("size", [(1280, 800), (820, 1180)])
def test_nothing_is_wider_than_the_screen(
    coach: Page, seen: Seen, path: str, size: tuple[int, int]
) -> None:
    coach.set_viewport_size({"width": size[0], "height": size[1]})
    coach.goto(f"{seen.address}/{path}")
    expect(coach.get_by_role("heading", level=1)).to_be_visible()
    coach.wait_for_timeout(1500)
    wider = "document.querySelector('[data-testid=stMain]').scrollWidth > innerWidth"
    assert not coach.evaluate(wider)
    assert seen.unexpected() == []
