"""The map in a real Chromium: every way of moving, selecting, opening and linking."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, text

from queries.gate import writing
from tests.browser import hands
from tests.browser.conftest import Seen

pytestmark = pytest.mark.browser

# Sides of the ring of themes, as shares of the canvas; begun where no button is.
LEFT = [(0.5, 0.995), (0.005, 0.995), (0.005, 0.005), (0.5, 0.005)]
RIGHT = [(0.5, 0.995), (0.995, 0.995), (0.995, 0.005), (0.5, 0.005)]
ALL = [(0.995, 0.995), (0.005, 0.995), (0.005, 0.005), (0.995, 0.005)]


def fine(page: Page, seen: Seen) -> bool:
    assert seen.unexpected() == []
    return page.get_by_test_id("stException").count() == 0


def test_a_lasso_lists_its_rows_and_is_forgotten(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    hands.use(page, "Lasso")
    hands.drag(page, ALL)
    hands.becomes_selected(page, 90)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    hands.use(page, "Clear")
    expect(page.get_by_text("Select rows with Lasso")).to_be_visible()
    assert fine(page, seen)


def test_shift_adds_rows_and_alt_takes_them_out(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    hands.use(page, "Lasso")
    hands.drag(page, LEFT)
    left = hands.selected(page)
    hands.drag(page, RIGHT, keys="Shift")
    hands.becomes_selected(page, 90)
    hands.drag(page, LEFT, keys="Alt")
    hands.becomes_selected(page, 90 - left)
    assert hands.told(page, "outlines") == "3"
    assert fine(page, seen)


def test_a_box_starts_anew_and_its_modes_are_buttons_too(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    hands.use(page, "Box")
    hands.drag(page, [ALL[0], ALL[2]])
    hands.becomes_selected(page, 90)
    hands.drag(page, [LEFT[0], LEFT[2]])
    left = hands.selected(page, other_than=90)
    assert 0 < left < 90
    hands.use(page, "Add")
    hands.drag(page, [RIGHT[0], RIGHT[2]])
    hands.becomes_selected(page, 90)
    hands.use(page, "Take out")
    hands.drag(page, [RIGHT[0], RIGHT[2]])
    hands.becomes_selected(page, left)
    assert fine(page, seen)


def test_a_lasso_sends_its_corners_and_nothing_else(page: Page, seen: Seen) -> None:
    sent: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))),
    )
    hands.on_map(page, seen)
    hands.use(page, "Lasso")
    page.wait_for_timeout(800)
    sent.clear()
    hands.drag(page, [*ALL, (0.4, 0.6), (0.7, 0.2), (0.2, 0.3)])
    hands.selected(page)
    assert sum(sent) < 5000


def test_keys_move_zoom_select_open_and_go_back(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen).focus()
    for key in ("+", "+", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    hands.waits_for_address(page, r"view=1\.96")
    page.keyboard.press("s")
    assert 0 < hands.selected(page) < 90
    page.keyboard.press("Escape")
    expect(page.get_by_text("Select rows with Lasso")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Opened")).to_be_visible()
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("view="))
    assert fine(page, seen)


def test_wheel_and_drag_move_and_the_link_restores_the_place(page: Page, seen: Seen) -> None:
    box = hands.on_map(page, seen).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.wheel(0, -500)
    hands.waits_for_address(page, "view=2")
    zoom = hands.told(page, "zoom")
    hands.drag(page, [(0.5, 0.5), (0.3, 0.6)])
    page.wait_for_timeout(800)
    address = page.url
    assert hands.told(page, "zoom") == zoom
    page.goto(address.replace("map?", "map?again=1&"))
    expect(hands.canvas(page)).to_have_attribute("data-zoom", zoom)
    hands.use(page, "Whole map")
    expect(page).not_to_have_url(re.compile("view="))
    assert fine(page, seen)


def test_two_fingers_zoom(browser: Browser, seen: Seen) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 820, "height": 1180})
    page = context.new_page()
    seen.watch(page)
    box = hands.on_map(page, seen).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = context.new_cdp_session(page)

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        told = {"type": kind, "touchPoints": points if kind != "touchEnd" else []}
        touch.send("Input.dispatchTouchEvent", told)

    fingers("touchStart", 40)
    for apart in (60, 80, 120):
        fingers("touchMove", apart)
    fingers("touchEnd", 120)
    expect(hands.canvas(page)).to_have_attribute("data-zoom", re.compile(r"^(2\.[5-9]|3)"))
    assert fine(page, seen)
    context.close()


def test_a_link_restores_selection_theme_colour_and_filters(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen, colour="mood", **{"notes.person": "ben"})
    hands.use(page, "Box")
    hands.drag(page, [LEFT[0], LEFT[2]])
    rows = hands.selected(page)
    page.locator(".themes button").first.click()
    hands.waits_for_address(page, r"focus=\d+")
    address = page.url
    page.goto(address.replace("map?", "map?again=1&"))
    hands.becomes_selected(page, rows)
    expect(hands.canvas(page)).to_have_attribute("data-outlines", "1")
    expect(page.locator(".themes button[aria-pressed=true]")).to_have_count(1)
    expect(page.locator(".legend button", has_text="calm")).to_be_visible()
    assert fine(page, seen)


def test_the_themes_beside_the_map_drive_it_and_are_driven_by_it(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    upper = page.locator(".themes button", has_text="At work and at night")
    upper.click()
    expect(page.locator(".themes button[data-level='1']")).to_have_count(3)
    expect(page.get_by_role("heading", name="At work and at night")).to_be_visible()
    hands.waits_for_address(page, r"focus=\d+")
    page.locator(".themes button", has_text="sleep").click()
    expect(page.get_by_role("heading", name="sleep")).to_be_visible()
    expect(page.locator(".themes button", has_text="Out of doors")).to_have_class(
        re.compile("away")
    )
    page.locator(".themes button", has_text="sleep").click()
    expect(page.get_by_role("heading", name="sleep")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("focus="))
    assert fine(page, seen)


def over_a_point(page: Page) -> tuple[float, float]:
    """Move the pointer until it is on a point; where that is."""
    box = hands.canvas(page).bounding_box()
    assert box is not None
    for step in range(80):
        x = box["x"] + box["width"] * (0.70 + 0.28 * (step % 16) / 16)
        y = box["y"] + box["height"] * (0.40 + 0.2 * (step // 16) / 5)
        page.mouse.move(x, y)
        page.wait_for_timeout(40)
        if page.locator(".tip").is_visible():
            return x, y
    raise AssertionError("no point under the pointer")


def test_pointing_tells_the_theme_and_a_click_reads_the_row(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    spot = over_a_point(page)
    expect(page.locator(".tip")).to_contain_text("sleep")
    expect(page.locator(".tip")).not_to_contain_text("I lay awake")
    page.mouse.click(*spot)
    expect(page.get_by_role("heading", name="Opened")).to_be_visible()
    expect(page.get_by_text("I lay awake at night").first).to_be_visible()
    assert fine(page, seen)


def test_answers_light_up_and_the_rest_is_dimmed(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen, q="tomatoes")
    expect(hands.canvas(page)).to_have_attribute("data-lit", re.compile("[1-9]"))
    page.get_by_label("Light up").fill("")
    page.get_by_label("Light up").press("Enter")
    expect(hands.canvas(page)).to_have_attribute("data-lit", "0")
    assert fine(page, seen)


def test_time_plays_and_can_be_drawn_by_hand(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    expect(page.locator(".time span")).to_have_text("2 Mar 2026 – 27 Aug 2026")
    page.get_by_role("button", name="Play through time").click()
    expect(page.locator(".time button")).to_have_text("Pause")
    expect(hands.canvas(page)).to_have_attribute("data-span", re.compile(r"\d+–\d+"))
    page.locator(".time button").click()
    page.get_by_label("Stretch of time that is shown").fill("0")
    expect(hands.canvas(page)).to_have_attribute("data-span", "")
    assert fine(page, seen)


def test_names_refine_as_one_comes_nearer_and_never_collide(page: Page, seen: Seen) -> None:
    box = hands.on_map(page, seen).bounding_box()
    assert box is not None
    assert set(hands.labels(page)) == {"At work and at night", "Out of doors"}
    shown = set()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.4 * box["height"])
    for _ in range(8):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(150)
        shown |= set(hands.labels(page))
        for one, other in combinations(hands.boxes(page), 2):
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]
    assert shown > {"At work and at night", "Out of doors"}


def test_the_legend_fades_a_colour(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    frames = int(hands.told(page, "frames"))
    unsorted = page.locator(".legend button", has_text="unsorted")
    unsorted.click()
    expect(unsorted).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(200)
    assert int(hands.told(page, "frames")) > frames
    assert fine(page, seen)


def test_a_selection_can_be_searched(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen)
    hands.use(page, "Box")
    hands.drag(page, [RIGHT[0], RIGHT[2]])
    hands.selected(page)
    page.get_by_role("link", name="Search inside").click()
    expect(page.get_by_text("Within a selection on the map")).to_be_visible()
    page.get_by_label("Find text about").fill("week")
    page.get_by_label("Find text about").press("Enter")
    expect(page.get_by_text("searched: within an outline on the map")).to_be_visible()
    page.get_by_role("button", name="Leave the selection").click()
    expect(page.get_by_text("searched: all rows")).to_be_visible()
    assert fine(page, seen)


def test_a_damaged_selection_in_a_link_is_a_sentence(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen, sel="nonsense!")
    expect(page.get_by_text("This is no selection on the map")).to_be_visible()
    assert fine(page, seen)


def test_a_name_is_text_whatever_it_says(page: Page, seen: Seen, engine: Engine) -> None:
    wicked = "<img src=x onerror=alert(1)>"
    rename = text("UPDATE northlight.theme SET name = :name WHERE name = :old")
    with writing(engine) as connection:
        connection.execute(rename, {"name": wicked, "old": "Out of doors"})
        connection.execute(text("UPDATE northlight.run SET rows = rows"))
    try:
        page.wait_for_timeout(5_500)  # what was made is looked up every five seconds
        hands.on_map(page, seen)
        expect(page.locator(".themes button", has_text=wicked)).to_be_visible()
        assert page.locator(".frame img").count() == 0
        drawn = re.compile(re.escape(wicked))
        expect(hands.canvas(page)).to_have_attribute("data-labels", drawn)
    finally:
        with writing(engine) as connection:
            connection.execute(rename, {"name": "Out of doors", "old": wicked})
    assert fine(page, seen)


def test_it_is_drawn_in_the_dark_as_well(browser: Browser, seen: Seen) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    seen.watch(page)
    hands.on_map(page, seen)
    ground = page.locator(".stage").evaluate("stage => getComputedStyle(stage).backgroundColor")
    assert ground == "rgb(16, 22, 28)"
    assert fine(page, seen)
    context.close()


def test_a_view_is_saved_opened_by_its_short_link_and_dropped(page: Page, seen: Seen) -> None:
    hands.on_map(page, seen, colour="mood")
    hands.use(page, "Box")
    hands.drag(page, [LEFT[0], LEFT[2]])
    rows = hands.selected(page)
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Save this view as").fill("The left side")
    page.get_by_role("button", name="Save", exact=True).click()
    link = page.get_by_text(re.compile("saved=")).inner_text()
    page.goto(seen.address + link)
    hands.becomes_selected(page, rows)
    expect(page.locator(".legend button", has_text="calm")).to_be_visible()
    expect(page).not_to_have_url(re.compile("saved="))
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Drop").click()
    expect(page.get_by_role("button", name="The left side")).to_be_hidden()
    page.goto(seen.address + link)
    expect(page.get_by_text("There is no such saved view.")).to_be_visible()
    assert fine(page, seen)
