"""The map's screen in a real Chromium without a GPU, at growing sizes of one made-up collection.

Figures: time from the address to the first picture (browser and page cold, then the server warm),
what the page received for it, frames a second while panning, bytes and time of a lasso, time of a
click on a theme, and memory of the application. `--rows 10000,100000` chooses the sizes.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep

import psutil  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from sqlalchemy import text

from bench.databases import fresh
from bench.screen_data import NAME, make_crowd
from jobs.starting.up import page_answers
from queries.gate import writing
from queries.systems.demo_people import ensure_demo_people
from tests.browser.conftest import FLAGS
from tests.browser.served import served
from tests.web_login import Web, web_login

ROWS = (10_000, 100_000, 1_000_000)
CLICKS = 20
PANNING = 3000  # milliseconds
AIMS = {
    "first view, s": "<= 3",
    "received, MB": "<= 5",
    "frames a second": ">= 20 at 100,000 points",
    "lasso, s": "<= 2",
    "lasso sent, kB": "<= 5",
    "click on a theme p95, s": "<= 0.7 at 100,000 rows",
}
PAN = """async (canvas, milliseconds) => {
  const box = canvas.getBoundingClientRect();
  const at = (x) => ({ bubbles: true, pointerId: 1, button: 0, clientX: box.left + x,
    clientY: box.top + 300 });
  canvas.setPointerCapture = () => {};
  const before = Number(canvas.dataset.frames);
  const start = performance.now();
  canvas.dispatchEvent(new PointerEvent('pointerdown', at(300)));
  while (performance.now() - start < milliseconds) {
    const x = 300 + 200 * Math.sin((performance.now() - start) / 300);
    canvas.dispatchEvent(new PointerEvent('pointermove', at(x)));
    await new Promise((done) => requestAnimationFrame(done));
  }
  canvas.dispatchEvent(new PointerEvent('pointerup', at(300)));
  return 1000 * (Number(canvas.dataset.frames) - before) / (performance.now() - start);
}"""


@dataclass
class Traffic:
    """Bytes over the page's socket and of its responses."""

    sent: int = 0
    received: int = 0

    def watch(self, page: Page) -> None:
        """Count from now on."""
        page.on("websocket", self._watch_socket)

    def _watch_socket(self, socket: object) -> None:
        socket.on("framesent", lambda frame: self._add("sent", frame))  # type: ignore[attr-defined]
        socket.on("framereceived", lambda frame: self._add("received", frame))  # type: ignore[attr-defined]

    def _add(self, name: str, frame: str | bytes) -> None:
        setattr(self, name, getattr(self, name) + len(frame))


def main(arguments: Sequence[str]) -> None:
    """Print a table and a line of JSON."""
    sizes: Sequence[int] = ROWS
    if "--rows" in arguments:
        told = arguments[arguments.index("--rows") + 1]
        sizes = tuple(int(size) for size in told.split(","))
    found = {size: measured(size) for size in sizes}
    for name in next(iter(found.values())):
        values = "  ".join(f"{found[size][name]:>10}" for size in sizes)
        print(f"{name:26} {values}   {AIMS.get(name, '')}")
    print(json.dumps({str(size): figures for size, figures in found.items()}))


def measured(rows: int) -> dict[str, float]:
    """All figures at one size, as an analyst sees the collection."""
    with fresh() as bench, tempfile.TemporaryDirectory() as home:
        ensure_demo_people(bench.gate.engine)
        make_crowd(bench.gate.engine, rows)
        with writing(bench.gate.engine) as connection:
            connection.execute(text("UPDATE northlight_auth.allowance SET times = 100000"))
        with web_login(bench.gate.engine, Path(home)) as web, ready(web) as url:
            return _in_browser(f"{url}/map?collection={NAME}", rows)


@contextmanager
def ready(web: Web) -> Iterator[str]:
    """A fresh server from the moment on at which `./northlight up` would print its address."""
    with served(web, options={"server.scriptHealthCheckEnabled": "true"}) as url:
        while not page_answers(int(url.rpartition(":")[2])):
            sleep(0.2)
        yield url


def _in_browser(address: str, rows: int) -> dict[str, float]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        cold, _ = _first_view(browser, address)
        with _opened(browser) as (page, traffic):
            warm = _drawn(page, address)
            received = traffic.received
            found: dict[str, float] = {
                "rows": rows,
                "first view, s": round(cold, 2),
                "again, warm server, s": round(warm, 2),
                "received, MB": round(received / 1e6, 2),
                "points drawn": int(_told(page, "drawn")),
                "frames a second": round(_canvas(page).evaluate(PAN, PANNING), 1),
            }
            found |= _lasso(page, traffic)
            print(found, flush=True)  # a long bench that breaks has told this much
            found |= _clicks(page)
        browser.close()
    return found | {"app, MB": _memory()}


@contextmanager
def _opened(browser: Browser) -> Iterator[tuple[Page, Traffic]]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(120_000)
    page, traffic = context.new_page(), Traffic()
    traffic.watch(page)
    yield page, traffic
    context.close()


def _first_view(browser: Browser, address: str) -> tuple[float, int]:
    with _opened(browser) as (page, traffic):
        return _drawn(page, address), traffic.received


def _drawn(page: Page, address: str) -> float:
    start = perf_counter()
    page.goto(address)
    _canvas(page).wait_for()
    seconds = perf_counter() - start
    page.wait_for_timeout(3000)
    return seconds


def _lasso(page: Page, traffic: Traffic) -> dict[str, float]:
    """Around a twentieth of the rows, at the left of the map, drawn by hand."""
    page.locator("button", has_text="Lasso").click()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    corners = [(0.24, 0.68), (0.09, 0.66), (0.08, 0.5), (0.15, 0.38), (0.23, 0.45)]
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=8)
    traffic.sent, start = 0, perf_counter()
    page.mouse.up()
    heading = page.locator("h3", has_text="Selected:")
    heading.wait_for()
    seconds = perf_counter() - start
    told = "".join(letter for letter in heading.inner_text() if letter.isdigit())
    sent = traffic.sent
    page.locator("button", has_text="Clear").click()
    page.locator("button", has_text="Move").click()
    heading.wait_for(state="hidden")
    _still(page)
    return {
        "lasso, s": round(seconds, 2),
        "lasso sent, kB": round(sent / 1000, 2),
        "lasso rows": int(told),
    }


def _clicks(page: Page) -> dict[str, float]:
    """From a click on a theme to its heading, course and rows, all there, below the map."""
    names = page.locator(".themes button[data-level='0'] b").all_inner_texts()
    taken = []
    for number in range(CLICKS):
        exactly = re.compile(f"^{re.escape(names[number % len(names)])}$")
        start = perf_counter()
        page.locator(".themes button[data-level='0'] b", has_text=exactly).click()
        page.locator("h3", has_text=exactly).wait_for()
        _still(page)
        taken.append(perf_counter() - start)
    return {
        "click on a theme, s": round(median(taken), 2),
        "click on a theme p95, s": round(quantiles(taken, n=20)[-1], 2),
    }


def _still(page: Page) -> None:
    """Until nothing of the page is being worked out."""
    page.locator("[data-test-script-state='notRunning']").wait_for()


def _told(page: Page, name: str) -> str:
    return _canvas(page).get_attribute(f"data-{name}") or "0"


def _canvas(page: Page) -> Locator:
    return page.locator("canvas[data-drawn]")


def _memory() -> float:
    """Of the largest child: the application."""
    children = psutil.Process().children(recursive=True)
    apps = [child for child in children if "streamlit" in " ".join(child.cmdline())]
    return round(max((app.memory_info().rss for app in apps), default=0) / 1e6)
