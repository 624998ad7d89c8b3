"""WCAG A and AA by axe-core: every screen of every role, light and dark."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from pages.shared.screens import SCREENS
from tests.browser.screenshots import PATHS, THEMES, VIEWERS, quiet, view_as

pytestmark = pytest.mark.browser
ASKED = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
# Of Streamlit's own markup, which no page can change: rule, and what the element is part of.
KNOWN = {
    "list": "stSidebarNavItems",  # the list of screens holds the headings of its sections
    "listitem": "stSidebarNav",  # and its items are in a <div> of the section
    "target-size": "stMultiSelect",  # its crosses leave 23 of 24 pixels; Backspace does the same
}


def violations(page: Page) -> list[str]:
    """What axe finds and nobody has explained: rule, element, why."""
    found = Axe().run(page, options=ASKED).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if not _known(page, rule["id"], node["target"])
    ]


def _known(page: Page, rule: str, target: list[str]) -> bool:
    part = KNOWN.get(rule)
    if part is None or len(target) != 1:
        return False
    within = "(element, part) => !!element.closest(`[data-testid=${part}]`)"
    return bool(page.locator(target[0]).first.evaluate(within, part))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", VIEWERS)
def test_axe_finds_nothing_on_any_screen(
    browser: Browser, address: str, role: str, theme: str
) -> None:
    context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    view_as(page, address, VIEWERS[role])
    found = {}
    for screen in (screen for screen in SCREENS if role in screen.roles):
        page.goto(f"{address}/{PATHS.get(screen.name, screen.name)}")
        quiet(page)
        found[screen.name] = violations(page)
    context.close()
    assert {name: each for name, each in found.items() if each} == {}


def test_what_is_chosen_can_be_read_in_the_dark(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}/compare?collection=notes&notes.a.by=mood&notes.a.mood=calm")
    expect(page.locator("[data-tag]")).to_be_visible()
    quiet(page)
    assert violations(page) == []
    context.close()


def test_axe_does_find_a_fault(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=en><title>t</title><p style='color:#aaa'>too pale<img src=x>")
    assert {told.split(":")[0] for told in violations(page)} == {"color-contrast", "image-alt"}
    page.close()


def test_the_keyboard_alone_opens_a_theme_by_its_name(page: Page, address: str) -> None:
    page.goto(f"{address}/themes?collection=notes")
    opener = page.get_by_role("combobox", name="Open a theme")
    expect(opener).to_be_visible()
    opener.focus()
    page.keyboard.type("garden")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="garden")).to_be_visible()
    expect(page).to_have_url(re.compile(r"theme=\d+"))


def test_the_keyboard_alone_follows_a_theme_on_the_map(page: Page, address: str) -> None:
    page.goto(f"{address}/map?collection=notes")
    expect(page.locator("canvas[data-drawn]")).to_be_visible()
    page.locator("canvas[data-drawn]").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator(".themes button:focus").count():
            break
    page.keyboard.press("Enter")
    expect(page.locator(".themes button[aria-pressed=true]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"focus=\d+"))
