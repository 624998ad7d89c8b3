"""A real server on a free port, a real Chromium, and a watch on what the page asks for."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from queries.systems.demo_people import ensure_demo_people
from tests.browser.served import served
from tests.seeded import sow
from tests.web_login import web_login

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=20_000)  # a first page on a busy machine takes its time
# What every deep link of Streamlit asks for in vain.
KNOWN_404 = ("/_stcore/health", "/_stcore/host-config")


@dataclass
class Seen:
    """What went wrong in the browser, and what was fetched from elsewhere."""

    address: str
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page."""
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self._heard(said.text))
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("response", lambda came: came.status >= 400 and self.refused.append(came.url))

    def unexpected(self) -> list[str]:
        """Everything but the two known requests of a deep link."""
        refused = [url for url in self.refused if not url.endswith(KNOWN_404)]
        return [*self.errors, *self.outside, *refused]

    def _heard(self, text: str) -> None:
        if "404" not in text:
            self.errors.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.outside.append(url)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, and under CI that is a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        say = "no Chromium here: `apt-get install chromium`, then these tests run"
        pytest.fail(say) if os.environ.get("CI") else pytest.skip(say)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A freshly started application on a seeded database, viewed as the demo's analyst."""
    sow(engine)
    ensure_demo_people(engine)
    home = tmp_path_factory.mktemp("home")
    with web_login(engine, home) as web, served(web) as url:
        yield url


@pytest.fixture
def seen(address: str) -> Seen:
    """What happens in the browser during one test."""
    return Seen(address)


@pytest.fixture
def page(browser: Browser, seen: Seen) -> Iterator[Page]:
    """A page in a browser that knows nothing from before."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    seen.watch(page)
    yield page
    context.close()
