"""A real server on a free port, a real Chromium, and a watch on what the page asks for."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from queries.engine import make_engine
from queries.migrate import migrate
from tests.seeded import sow

ROOT = Path(__file__).resolve().parent.parent.parent
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
def address(database_url: str) -> Iterator[str]:
    """A freshly started application on a seeded database."""
    engine = make_engine(database_url)
    migrate(engine)
    sow(engine)
    engine.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = {**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
        server.terminate()


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


def _wait(url: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(url, timeout=1):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(url)
