"""Forty people at once on the demo, clicking for ten minutes: p95 of a click, errors, memory.

Forty Chromium pages on two cores would measure Chromium. So most sessions are what a browser's
page is to the server, a websocket with Streamlit's own messages: each chooses who looks, then goes
from screen to screen and question to question, thinking a few seconds in between; a click lasts
until the server says that the page is finished. A few sessions are real pages in Chromium, which
click on the navigation, timed until the page stands still. Errors are exceptions on a page, runs
that did not finish, sessions that broke. `--sessions 40 --minutes 10 --browsers 3 --think 5`; the
last line is JSON.
"""

import argparse
import json
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from bench.demo_app import App, demo, started
from bench.links import QUIET
from pages.shared.screens import SCREENS
from tests.browser.conftest import FLAGS
from tests.browser.screenshots import OPENED, SIZES, VIEWERS, view_as

LONGEST = 60.0  # seconds that a click may take before it counts as an error
QUESTIONS = ("afraid of speaking in meetings", "retry with backoff", "asking for help", "sleep")
WITH_QUESTION = ("search", "everywhere", "patterns")


@dataclass
class Told:
    """What all sessions found out; lists only grow, so threads share them."""

    clicks: list[float] = field(default_factory=list)
    in_browsers: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)


def main(arguments: Sequence[str]) -> None:
    """Print a line a minute, then the figures as JSON."""
    parser = argparse.ArgumentParser(prog="./northlight bench sessions")
    for name, usual in (("sessions", 40), ("minutes", 10.0), ("browsers", 3), ("think", 5.0)):
        parser.add_argument(f"--{name}", type=type(usual), default=usual)
    asked = parser.parse_args(arguments)
    told = Told()
    with demo() as context, started(context) as app:
        told.memory.append(app.megabytes)
        end = time.monotonic() + 60 * asked.minutes
        threads = [
            threading.Thread(target=_session, args=(app, number, end, asked.think, told))
            for number in range(asked.sessions - asked.browsers)
        ]
        threads.append(threading.Thread(target=_watch_memory, args=(app, end, told)))
        for thread in threads:
            thread.start()
        _browsers(app, asked.browsers, end, asked.think, told)
        for thread in threads:
            thread.join()
        told.memory.append(app.megabytes)
    print(json.dumps(_figures(asked, told), indent=2))


def _figures(asked: argparse.Namespace, told: Told) -> dict[str, object]:
    return {
        "sessions": asked.sessions,
        "of them in Chromium": asked.browsers,
        "minutes": asked.minutes,
        "seconds between clicks": asked.think,
        "clicks": len(told.clicks),
        "click s": _spread(told.clicks),
        "clicks in Chromium": len(told.in_browsers),
        "click in Chromium s": _spread(told.in_browsers),
        "errors": len(told.errors),
        "kinds of errors": sorted(set(told.errors))[:10],
        "app MB before, each minute, after": told.memory,
    }


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    if len(seconds) < 2:
        return {}
    p95 = quantiles(seconds, n=20, method="inclusive")[-1]
    named = {"median": median(seconds), "p95": p95, "longest": max(seconds)}
    return {name: round(value, 2) for name, value in named.items()}


def _watch_memory(app: App, end: float, told: Told) -> None:
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(60.0, left))
        told.memory.append(app.megabytes)
        done = f"{len(told.clicks) + len(told.in_browsers):,} clicks, {len(told.errors)} errors"
        print(f"{max(end - time.monotonic(), 0) / 60:4.1f} min left: {done}, {told.memory[-1]} MB")


def _session(app: App, number: int, end: float, think: float, told: Told) -> None:
    """One person's hour of work in small; a session that breaks is told and ends."""
    draw = random.Random(number)
    role = list(VIEWERS)[number % len(VIEWERS)]
    time.sleep(draw.uniform(0, think))
    try:
        with _opened(app.address) as socket:
            page = _Page(socket, told)
            page.look_as(VIEWERS[role])
            while time.monotonic() < end:
                started_at = time.perf_counter()
                page.go(*_somewhere(draw, role))
                told.clicks.append(time.perf_counter() - started_at)
                time.sleep(draw.uniform(0.5, 1.5) * think)
    except (WebSocketException, TimeoutError, OSError, httpx.HTTPError) as error:
        told.errors.append(f"session ended: {type(error).__name__} {error}"[:120])


def _somewhere(draw: random.Random, role: str) -> tuple[str, str]:
    """A screen of the role and what stands in its address."""
    screen = draw.choice([one for one in SCREENS if role in one.roles]).name
    if screen in WITH_QUESTION:
        return screen, urlencode({"q": draw.choice(QUESTIONS)})
    return screen, OPENED.get(screen, "").removeprefix("?")


def _opened(address: str) -> ClientConnection:
    """A socket as a page of a browser opens it, with the cookies that the server sets."""
    cookies = httpx.get(f"{address}/_stcore/host-config").cookies
    cookies.update(httpx.get(f"{address}/_stcore/health").cookies)
    named = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        additional_headers={"Cookie": named, "Origin": address},
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
        open_timeout=LONGEST,
    )


class _Page:
    """The page of one session: what it knows of the application, and its clicks."""

    def __init__(self, socket: ClientConnection, told: Told) -> None:
        self._socket, self._told = socket, told
        self._pages: dict[str, str] = {}
        self._viewer = ""
        self._send("", "")

    def look_as(self, name: str) -> None:
        """Choose one of the demo's people in the sidebar."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add(id=self._viewer)
        state.string_value = next(one for one in self._people if one.startswith(name))
        self._finish(message)

    def go(self, screen: str, query: str) -> None:
        """Follow a link to a screen; until it is finished."""
        self._send(self._pages["" if screen == "overview" else screen], query)

    def _send(self, page: str, query: str) -> None:
        message = BackMsg()
        message.rerun_script.page_script_hash = page
        message.rerun_script.query_string = query
        self._finish(message)

    def _finish(self, message: BackMsg) -> None:
        self._socket.send(message.SerializeToString())
        end = time.monotonic() + LONGEST
        for answer in self._answers(end):
            self._learn(answer)
            # A script that begins again, as for a choice in the sidebar, is not the end.
            ended = answer.WhichOneof("type") == "script_finished"
            if ended and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return

    def _answers(self, end: float) -> Iterator[ForwardMsg]:
        while True:
            data = self._socket.recv(timeout=max(end - time.monotonic(), 0.0))
            answer = ForwardMsg()
            answer.ParseFromString(data if isinstance(data, bytes) else data.encode())
            yield answer

    def _learn(self, answer: ForwardMsg) -> None:
        if answer.WhichOneof("type") == "navigation":
            self._pages = {p.url_pathname: p.page_script_hash for p in answer.navigation.app_pages}
        element = answer.delta.new_element
        if element.WhichOneof("type") == "selectbox" and element.selectbox.label == "View as":
            self._viewer, self._people = element.selectbox.id, list(element.selectbox.options)
        if element.WhichOneof("type") == "exception":
            self._told.errors.append(f"exception: {element.exception.message}"[:120])


def _browsers(app: App, count: int, end: float, think: float, told: Told) -> None:
    """Real pages, one after another in turn: a click on the navigation of each."""
    draw = random.Random(0)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        pages = []
        for name in list(VIEWERS.values())[:count]:
            page = browser.new_context(viewport=SIZES["laptop"]).new_page()  # type: ignore[arg-type]
            page.set_default_timeout(1000 * LONGEST)
            view_as(page, app.address, name)
            pages.append(page)
        while pages and time.monotonic() < end:
            page = draw.choice(pages)
            try:
                told.in_browsers.append(_clicked(page, draw))
            except PlaywrightError as error:
                told.errors.append(f"Chromium: {error.message.splitlines()[0]}"[:120])
            if page.get_by_test_id("stException").count():
                told.errors.append("exception in Chromium")
            time.sleep(think / len(pages))
        browser.close()


def _clicked(page: Page, draw: random.Random) -> float:
    """Seconds from a click on another screen in the navigation until its page stands still."""
    shown = page.get_by_test_id("stSidebarNavLink").all()
    others = [link for link in shown if link.get_attribute("href") != page.url.partition("?")[0]]
    link = draw.choice(others)
    named = link.inner_text().strip()
    before = page.evaluate("performance.now()")
    link.click()
    page.locator("[data-testid=stSidebarNavLink][aria-current=page]", has_text=named).wait_for()
    return float(page.evaluate(QUIET, named == "Map") - before) / 1000
