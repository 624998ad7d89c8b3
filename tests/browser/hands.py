"""What a reader's hands do on the map, and what can be asked of its canvas."""

import json
import re
from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Seen

Place = tuple[float, float]  # shares of the canvas, from its upper left corner


def on_map(page: Page, seen: Seen, **parameters: str) -> Locator:
    """The map of the notes, its canvas drawn; parameters go into the address."""
    told = "".join(f"&{name}={value}" for name, value in parameters.items())
    page.goto(f"{seen.address}/map?collection=notes{told}")
    return canvas(page)


def canvas(page: Page) -> Locator:
    """The canvas once points are on it."""
    found = page.locator("canvas[data-drawn]")
    expect(found).to_be_visible()
    return found


def told(page: Page, name: str) -> str:
    """What the canvas says of its last picture: drawn, lit, zoom, outlines, labels, frames."""
    return canvas(page).get_attribute(f"data-{name}") or ""


def labels(page: Page) -> list[str]:
    """The names that are drawn."""
    found: list[str] = json.loads(told(page, "labels"))
    return found


def boxes(page: Page) -> list[list[int]]:
    """Where those names stand: left, top, right, bottom."""
    found: list[list[int]] = json.loads(told(page, "boxes"))
    return found


def drag(page: Page, places: Iterable[Place], *, keys: str | None = None) -> None:
    """Press at the first place and let go at the last, with a key held if one is named."""
    box = canvas(page).bounding_box()
    assert box is not None
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    if keys:
        page.keyboard.down(keys)
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot, steps=5)
    page.mouse.up()
    if keys:
        page.keyboard.up(keys)


def use(page: Page, name: str) -> None:
    """Press one of the tools by what it says."""
    page.locator(".frame button", has_text=re.compile(f"^{re.escape(name)}$")).click()


def selected(page: Page, *, other_than: int = 0) -> int:
    """How many rows the page says are selected, once it is another number than it was."""
    heading = page.get_by_role("heading", name=re.compile(r"^Selected: "))
    expect(heading).not_to_have_text(re.compile(f"Selected: {other_than} "))
    expect(heading).to_be_visible()
    return int(re.findall(r"[\d,]+", heading.inner_text())[0].replace(",", ""))


def becomes_selected(page: Page, rows: int) -> None:
    """Wait until the page says that so many rows are selected."""
    unit = "row" if rows == 1 else "rows"
    expect(page.get_by_role("heading", name=f"Selected: {rows} {unit}")).to_be_visible()


def waits_for_address(page: Page, pattern: str) -> None:
    """Until the address fits."""
    expect(page).to_have_url(re.compile(pattern))
