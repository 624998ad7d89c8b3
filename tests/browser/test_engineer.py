"""Five questions of an engineer, on what installed packages say of themselves: two clicks each."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from clients.embedder import embedder_named
from demo.packages import installed
from jobs.cli.context import BUILT_IN_CATALOG
from jobs.embed import embed
from jobs.starting.demo import load_demo
from queries.catalog import collections, declared_in, publish
from queries.gate import WORKER, Gate, writing
from queries.systems.demo_people import ensure_demo_people
from tests.browser.conftest import Seen
from tests.browser.screenshots import view_as
from tests.browser.served import served
from tests.web_login import web_login

pytestmark = pytest.mark.browser
PACKAGES = {"numpy", "pandas", "scipy", "httpx", "requests", "urllib3", "python-dateutil", "click"}
DRIFTED = "Format the usage line, wrapped to the terminal, and colour it for those who can see it."


@pytest.fixture(scope="module")
def address(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The application on a small demo; one pattern of click says something else since."""
    told = [package for package in installed() if package.name in PACKAGES]
    load_demo(engine, lambda *_: None, told)
    publish(engine, declared_in([Path(BUILT_IN_CATALOG)]))
    ensure_demo_people(engine)
    gate = Gate(engine, WORKER)
    ours = [c for c in collections(gate) if c.group == "nexus"]
    for collection in ours:
        embed(gate, collection, embedder_named(None), lambda *_: None)
    with writing(engine) as connection:
        connection.execute(
            text(
                "UPDATE nexus.patterns SET description = :said WHERE id = (SELECT min(p.id) FROM "
                "nexus.patterns p JOIN nexus.repositories r ON r.id = p.repo_id "
                "WHERE r.name = 'click')"
            ),
            {"said": DRIFTED},
        )
    (patterns,) = [c for c in ours if c.name == "patterns"]
    embed(gate, patterns, embedder_named(None), lambda *_: None)
    home = tmp_path_factory.mktemp("home")
    with web_login(engine, home) as web, served(web) as url:
        yield url


def number_of(engine: Engine, pattern: str) -> int:
    """The id of a pattern."""
    named = text("SELECT id FROM nexus.patterns WHERE name = :name")
    with writing(engine) as connection:
        return int(connection.execute(named, {"name": pattern}).scalar_one())


def opened(page: Page, seen: Seen, path: str) -> Page:
    """As the engineer."""
    view_as(page, seen.address, "Sofia")
    page.goto(seen.address + path)
    return page


def fine(page: Page, seen: Seen) -> bool:
    assert seen.unexpected() == []
    return page.get_by_test_id("stException").count() == 0


def test_retry_with_backoff_is_found(page: Page, seen: Seen) -> None:
    opened(page, seen, "/patterns")
    page.get_by_label("Find a pattern").fill("retry with backoff")
    page.keyboard.press("Enter")
    first = page.locator("[class*=st-key-pattern-]").first
    expect(first).to_contain_text("etr")
    expect(page.get_by_text("the best first")).to_be_visible()
    assert "urllib3" in page.get_by_test_id("stMain").inner_text()
    assert fine(page, seen)


def test_who_else_parses_dates_is_two_clicks(page: Page, seen: Seen) -> None:
    opened(page, seen, "/patterns?q=parse+a+date+from+text")
    first = page.locator("[class*=st-key-pattern-]").first
    expect(first).to_be_visible()
    first.get_by_role("button", name="Elsewhere").click()
    expect(page.get_by_role("heading", name="In other repositories")).to_be_visible()
    expect(page.get_by_text("by meaning").first).to_be_visible()
    assert fine(page, seen)


def test_what_depends_on_numpy_is_a_graph_to_walk(page: Page, seen: Seen) -> None:
    opened(page, seen, "/patterns?view=Dependencies&on=numpy")
    expect(page.get_by_text("depend on numpy directly")).to_be_visible()
    graph = page.get_by_test_id("stVegaLiteChart")
    expect(graph.locator("svg.marks")).to_be_visible()
    expect(page.get_by_role("heading", name="Depends on it")).to_be_visible()
    expect(graph).to_contain_text("pandas")
    assert fine(page, seen)


def test_which_repository_drifted_is_the_first_sentence(page: Page, seen: Seen) -> None:
    opened(page, seen, "/patterns")
    page.get_by_role("radio", name="Repositories").or_(
        page.get_by_role("button", name="Repositories")
    ).first.click()
    expect(page.get_by_text("drifted most")).to_contain_text("click")
    assert fine(page, seen)


def test_known_issues_of_httpx_are_listed(page: Page, seen: Seen) -> None:
    opened(page, seen, "/patterns?view=Issues")
    page.get_by_label("Known issues of").fill("httpx")
    page.keyboard.press("Enter")
    expect(page.get_by_text("the severest first")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    assert fine(page, seen)


def test_an_engineer_writes_down_a_lesson(page: Page, seen: Seen) -> None:
    opened(page, seen, "/repository?repository=httpx")
    expect(page.get_by_role("heading", name="httpx", exact=True)).to_be_visible()
    page.get_by_text("Write something down").click()
    page.get_by_label("Title, name or number").fill("Close the client")
    page.get_by_label("What is to be known").fill("Else connections stay open")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Lesson kept.")).to_be_visible()
    assert fine(page, seen)


def test_an_issue_that_was_seen_lowers_the_health_of_its_pattern(
    page: Page, seen: Seen, engine: Engine
) -> None:
    opened(page, seen, "/repository?repository=httpx")
    page.get_by_text("Write something down").click()
    page.get_by_test_id("stRadio").get_by_text("Issue", exact=True).click()
    page.get_by_label("Title, name or number").fill("HX-7")
    page.get_by_label("What is to be known").fill("Hangs when the proxy does not answer")
    page.get_by_role("spinbutton", name="year, It was seen on").click()
    page.keyboard.type(f"{date.today():%Y%m%d}")
    page.get_by_label("The pattern it is of").fill("httpx.Timeout")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Issue kept.")).to_be_visible()
    page.goto(f"{seen.address}/patterns?view=Find&like={number_of(engine, 'httpx.Timeout')}")
    health = page.get_by_test_id("stMetric").filter(has_text="Health")
    expect(health).to_contain_text("0.95")
    expect(page.get_by_text("From 1 issue seen within a year, 1 still open.")).to_be_visible()
    page.goto(f"{seen.address}/patterns?view=Issues&about=HX-7")
    expect(page.get_by_role("heading", name="Health of the patterns they are of")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(2)
    assert fine(page, seen)
