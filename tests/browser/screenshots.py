"""Every screen as its people see it, light and dark, on laptop, tablet and phone, as PNG files.

./northlight up                        # in another window
python -m tests.browser.screenshots http://localhost:8501 OUT [SCREEN ...]
"""

import re
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from pages.shared.screens import READERS, SCREENS, Screen
from tests.browser.conftest import FLAGS

SIZES = {"laptop": {"width": 1280, "height": 800}, "tablet": {"width": 820, "height": 1180}}
SIZES |= {"phone": {"width": 390, "height": 844}}
THEMES = ("light", "dark")
LONGEST = 60_000  # milliseconds; a server that was just started takes its time
# What a screen opens with, where an empty one would show little.
OPENED = {
    "search": "?collection=responses&q=afraid+of+speaking+in+meetings",
    "map": "?collection=responses",
    "patterns": "?q=retry+with+backoff",
    "repository": "?repository=pandas",
    "everywhere": "?q=asking+for+help",
    "similar": "?collection=responses&above=0.5&show=Pairs",
    "client": "?client=bruno-cardoso",
    "brief": "?client=bruno-cardoso",
    "compare": "?collection=responses&responses.a.by=mood&responses.a.mood=proud",
}
PATHS = {"overview": ""}  # the first screen has no name in the address
# Whose screen it is shown as: the first of its roles, but analysts where coaches have no patterns.
VIEWERS = {"coach": "Ines", "analyst": "Mina", "product": "Jonas", "engineer": "Sofia"}
VIEWERS |= {"operator": "Ravi"}


def shots(address: str, out: Path, names: list[str]) -> Iterator[Path]:
    """Take them, one after another; raises when a page shows an exception or scrolls sideways."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = [screen for screen in SCREENS if not names or screen.name in names]
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for role in VIEWERS:
            own = [screen for screen in wanted if _shown_as(screen) == role]
            for theme, size in product(THEMES, SIZES) if own else ():
                yield from _of_role(browser, address, out, role, own, theme, size)
        browser.close()


def _shown_as(screen: Screen) -> str:
    return "analyst" if screen.roles == READERS else screen.roles[0]


def _of_role(
    browser: Browser, address: str, out: Path, role: str, own: list[Screen], theme: str, size: str
) -> Iterator[Path]:
    context = browser.new_context(viewport=SIZES["laptop"], color_scheme=theme)
    page = context.new_page()
    page.set_default_timeout(LONGEST)
    view_as(page, address, VIEWERS[role])
    page.set_viewport_size(SIZES[size])  # a sidebar opened on a phone would lie on every screen
    for screen in own:
        page.goto(f"{address}/{PATHS.get(screen.name, screen.name)}{OPENED.get(screen.name, '')}")
        quiet(page)
        file = out / f"{screen.name}-{theme}-{size}.png"
        page.screenshot(path=file)
        if overflow(page):
            raise AssertionError(f"{screen.name} scrolls sideways on a {size}")
        expect(page.get_by_test_id("stException")).to_have_count(0)
        yield file
    context.close()


def view_as(page: Page, address: str, name: str) -> None:
    """Be one of the demo's people in this browser."""
    page.goto(address)
    quiet(page)
    expand = page.get_by_test_id("stExpandSidebarButton")
    if expand.is_visible():  # tablet and phone begin with the sidebar shut
        expand.click()
    page.get_by_role("combobox", name="View as").click()
    page.get_by_role("option", name=re.compile(f"^{name}")).click()
    quiet(page)


def quiet(page: Page) -> None:
    """Until the page has been drawn and stands still."""
    drawn = page.get_by_test_id("stSidebarNav").or_(page.locator("h1")).first
    expect(drawn).to_be_attached(timeout=LONGEST)
    page.wait_for_timeout(300)
    still = page.locator("[data-test-script-state=notRunning]")
    expect(still).to_be_attached(timeout=LONGEST)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=LONGEST)
    page.wait_for_timeout(700)


def overflow(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(
        page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            "return document.documentElement.scrollWidth > window.innerWidth + 1"
            " || (main && main.scrollWidth > main.clientWidth + 1); }"
        )
    )


if __name__ == "__main__":
    for shot in shots(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]):
        print(shot)
