"""Every screen of every role by its link, at the demo's size: how long until it stands still.

*first*: the first visit of the screen on a server that was just started for this role; only
Overview was drawn before, to choose who looks. Then the same server again: light and dark, laptop
and tablet. Times are the browser's own, from the navigation until the page has been drawn and is
quiet. Each visit also looks for an exception, sideways scrolling and a figure without a mark.
`--roles product,coach` and `--screens usage` choose; the last line is JSON; a fault or a time over
the aim ends with 1.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.demo_app import demo, started
from jobs.cli.context import Context
from pages.shared.screens import ROLES, SCREENS, Screen
from tests.browser.conftest import FLAGS
from tests.browser.screenshots import OPENED, PATHS, SIZES, THEMES, VIEWERS, overflow, view_as

TIMED = ("laptop", "tablet")
AIM = 2.0  # seconds
OF_ENGINEERS = {  # who have no collection of the coaches'
    "search": "?collection=patterns&q=retry+with+backoff",
    "similar": "?collection=patterns&above=0.5&show=Pairs",
    **dict.fromkeys(("map", "themes", "compare"), "?collection=patterns"),
}
# Resolves with the moment, in milliseconds since the navigation, from which the page stood still.
QUIET = """(map) => new Promise((resolve) => {
  let since = null;
  const last = performance.now() + 60000;  // a page that never stands still is told as that long
  const drawn = () => document.querySelector('[data-test-script-state=notRunning]')
    && document.querySelector('[data-testid=stMain] h1')
    && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')
    && (!map || document.querySelector('[data-testid=stAlert]')  // why there is none
      || [...document.querySelectorAll('*')].some(  // the map has a shadow of its own
        (each) => each.shadowRoot?.querySelector('canvas[data-drawn]')));
  const look = () => {
    const now = performance.now();
    since = drawn() ? (since ?? now) : null;
    if (since !== null && now - since > 400) resolve(since);
    else if (now > last) resolve(now); else setTimeout(look, 20);
  };
  look();
})"""
UNMARKED = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
  .filter((plot) => plot.checkVisibility()
    && !plot.querySelector('.role-mark path, .role-mark text')).length"""


@dataclass(frozen=True)
class Visit:
    """One page that was opened: how, how long it took, and what was wrong with it."""

    role: str
    screen: str
    way: str
    seconds: float
    faults: tuple[str, ...]


def main(arguments: Sequence[str]) -> None:
    """Print a table, the faults and a line of JSON."""
    parser = argparse.ArgumentParser(
        prog="./northlight bench links", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--roles", default=",".join(ROLES))
    parser.add_argument("--screens", default=",".join(screen.name for screen in SCREENS))
    told = parser.parse_args(arguments)
    wanted = [screen for screen in SCREENS if screen.name in told.screens.split(",")]
    visits: list[Visit] = []
    with demo() as context, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for role in told.roles.split(","):
            own = [screen for screen in wanted if role in screen.roles]
            visits += _of_role(context, browser, role, own)
        browser.close()
    _told(visits)
    sys.exit(any(visit.faults or visit.seconds > AIM for visit in visits))


def _of_role(
    context: Context, browser: Browser, role: str, own: Sequence[Screen]
) -> Iterator[Visit]:
    with started(context) as app:
        for number, (size, theme) in enumerate(product(TIMED, THEMES)):
            tab = browser.new_context(viewport=SIZES[size], color_scheme=theme)  # type: ignore[arg-type]
            tab.set_default_timeout(60_000)
            page = tab.new_page()
            view_as(page, app.address, VIEWERS[role])
            ways = ["first"] if number == 0 else []
            for screen, way in product(own, (*ways, f"{size} {theme}")):
                yield _visit(page, app.address, role, screen, way)
            tab.close()


def _visit(page: Page, address: str, role: str, screen: Screen, way: str) -> Visit:
    opened = OPENED | OF_ENGINEERS if role == "engineer" else OPENED
    page.goto(f"{address}/{PATHS.get(screen.name, screen.name)}{opened.get(screen.name, '')}")
    seconds = page.evaluate(QUIET, screen.name == "map") / 1000
    visit = Visit(role, screen.name, way, round(seconds, 2), tuple(_faults(page)))
    print(f"{role} {screen.name} {way}: {visit.seconds} s", *visit.faults, file=sys.stderr)
    return visit


def _faults(page: Page) -> Iterator[str]:
    if page.get_by_test_id("stException").count():
        yield "exception"
    if overflow(page):
        yield "scrolls sideways"
    if page.evaluate(UNMARKED):
        yield "an empty figure"


def _told(visits: Sequence[Visit]) -> None:
    ways = list(dict.fromkeys(visit.way for visit in visits))
    print(f"{'role':10}{'screen':12}" + "".join(f"{way:>14}" for way in ways))
    for role, screen in dict.fromkeys((visit.role, visit.screen) for visit in visits):
        own = {v.way: v.seconds for v in visits if (v.role, v.screen) == (role, screen)}
        print(f"{role:10}{screen:12}" + "".join(f"{own.get(way, 0):14.2f}" for way in ways))
    for visit in visits:
        for fault in visit.faults:
            print(f"{visit.role}, {visit.screen}, {visit.way}: {fault}")
    slow = [visit for visit in visits if visit.seconds > AIM]
    figures = {
        "visits": len(visits),
        "median_first": median(v.seconds for v in visits if v.way == "first"),
        "median_warm": median(v.seconds for v in visits if v.way != "first"),
        "over_aim": [f"{v.role} {v.screen} {v.way} {v.seconds}" for v in slow],
        "faults": sum(len(v.faults) for v in visits),
    }
    print(json.dumps(figures))
