"""The screens in a real Chromium. The first test must be the first to reach the server."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, text

from queries.gate import writing
from tests.browser.conftest import Seen
from tests.browser.screenshots import overflow

pytestmark = pytest.mark.browser


def opened(page: Page, seen: Seen, path: str) -> Page:
    page.goto(seen.address + path)
    expect(page.get_by_test_id("stSidebarNav")).to_contain_text("Themes")
    return page


def canvas(page: Page) -> Locator:
    found = page.locator("canvas[data-drawn]")
    expect(found).to_be_visible()
    return found


def fine(page: Page, seen: Seen) -> bool:
    assert seen.unexpected() == []
    return page.get_by_test_id("stException").count() == 0


def test_a_cold_deep_link_draws_frame_question_and_hits(page: Page, seen: Seen) -> None:
    opened(page, seen, "/search?collection=notes&q=sleepless+nights&notes.mood=calm")
    expect(page.get_by_label("Find text about")).to_have_value("sleepless nights")
    expect(page.locator(".st-key-hit-1")).to_be_visible()
    expect(page.get_by_role("combobox", name="Collection")).to_have_value("Coaching notes")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("calm")
    expect(page.get_by_text("searched: mood is calm")).to_be_visible()
    assert fine(page, seen)


def test_the_navigation_follows_the_person(page: Page, seen: Seen) -> None:
    opened(page, seen, "/search?collection=notes")
    listed = page.get_by_test_id("stSidebarNav")
    expect(listed.get_by_test_id("stNavSectionHeader").first).to_contain_text("Explore")
    expect(listed).not_to_contain_text("Audit")
    page.get_by_role("combobox", name="View as").click()
    page.get_by_role("option", name=re.compile("operator")).click()
    expect(listed.get_by_test_id("stNavSectionHeader").first).to_contain_text("Operation")
    listed.get_by_text("Audit").click()
    expect(page.get_by_text("The chain holds")).to_be_visible()
    assert fine(page, seen)


def test_words_are_marked_and_the_passage_stands_out(page: Page, seen: Seen) -> None:
    opened(page, seen, "/search?collection=notes&q=tomatoes+in+the+garden")
    expect(page.locator("mark").first).to_have_text("tomatoes")
    expect(page.locator("strong", has_text="tomatoes").first).to_be_visible()
    assert fine(page, seen)


def offered(page: Page, label: str) -> dict[str, int]:
    """What a filter of the sidebar offers, with the number beside each value; left closed again."""
    idle = ("data-test-script-state", "notRunning")  # what is drawn anew closes a list
    expect(page.get_by_test_id("stApp")).to_have_attribute(*idle)
    page.get_by_test_id("stSidebar").get_by_label(label, exact=True).click()
    expect(page.get_by_role("option").first).to_be_visible()
    told = [one for one in page.get_by_role("option").all_inner_texts() if " · " in one]
    page.keyboard.press("Escape")
    return {value: int(count) for value, count in (one.rsplit(" · ", 1) for one in told)}


def counted(engine: Engine, values: str, condition: str) -> dict[str, int]:
    """The same from the table."""
    statement = f"SELECT {values} AS value, count(*) FROM public.notes WHERE {condition} GROUP BY 1"
    with writing(engine) as connection:
        found = connection.execute(text(statement)).all()
    return {value: count for value, count in found if value is not None}


def test_on_a_phone_a_long_word_breaks_and_the_page_stays_as_wide(page: Page, seen: Seen) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, seen, "/search?collection=notes&q=tomatoes+in+the+garden")
    text = page.locator("[class*=st-key-hit-] [data-testid=stHtml] div").first
    text.evaluate("shown => { shown.textContent = 'a.word.of.code'.repeat(20); }")
    assert not overflow(page)


def test_the_counts_beside_the_values_of_a_filter_are_those_of_the_rows(
    page: Page, seen: Seen, engine: Engine
) -> None:
    page.set_viewport_size({"width": 1280, "height": 1500})  # scrolling closes an open list
    opened(page, seen, "/search?collection=notes&q=sleepless+nights")
    moods = offered(page, "Mood")
    assert moods == counted(engine, "mood", "true")
    opened(page, seen, "/search?collection=notes&q=sleepless+nights&notes.mood=calm")
    expect(page.get_by_text("searched: mood is calm")).to_be_visible()
    assert offered(page, "Tags") == counted(engine, "unnest(tags)", "mood = 'calm'")
    assert fine(page, seen)


def test_more_like_this_shows_neighbours_and_the_way_back(page: Page, seen: Seen) -> None:
    opened(page, seen, "/search?collection=notes&q=tomatoes")
    page.get_by_text("More like this").first.click()
    expect(page.get_by_text("nearest first")).to_be_visible()
    expect(page).to_have_url(re.compile(r"like=\d+"))
    page.get_by_role("button", name="Back to the question").click()
    expect(page.get_by_text("best rows by meaning and words")).to_be_visible()
    assert fine(page, seen)


def test_the_question_goes_along_from_screen_to_screen(page: Page, seen: Seen) -> None:
    opened(page, seen, "/search?collection=notes&q=tomatoes")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_text("Map").click()
    expect(canvas(page)).to_have_attribute("data-drawn", "90")
    expect(page.get_by_label("Light up")).to_have_value("tomatoes")
    expect(canvas(page)).not_to_have_attribute("data-lit", "0")
    assert fine(page, seen)


def test_a_theme_opens_from_its_link(page: Page, seen: Seen) -> None:
    opened(page, seen, "/?collection=notes")
    page.get_by_role("link", name="At work and at night", exact=True).click()
    expect(page.get_by_role("heading", name="At work and at night")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/themes\?.*theme=\d+"))
    page.get_by_role("button", name="sleep").click()
    expect(page.get_by_text("Part of “At work and at night”")).to_be_visible()
    page.get_by_role("link", name="Search within it").click()
    expect(page.get_by_text("Within the theme sleep")).to_be_visible()
    assert fine(page, seen)


def test_what_is_not_there_yet_says_which_command_makes_it(page: Page, seen: Seen) -> None:
    opened(page, seen, "/map?collection=bare")
    expect(page.get_by_text("./northlight map bare")).to_be_visible()
    opened(page, seen, "/?collection=empty")
    expect(page.get_by_text("The table is empty.")).to_be_visible()
    assert fine(page, seen)
