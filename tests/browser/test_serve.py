"""The server's connections send at once; the library of the charts is there before they are."""

from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

NAGLE = 0.04  # seconds that a browser waits before it acknowledges a head without its body


def test_small_answers_are_not_held_back(address: str) -> None:
    """The quickest of many: a busy machine is slow at times, a held answer is slow each time."""
    connection = HTTPConnection(urlsplit(address).netloc)
    taken = []
    for _ in range(20):
        start = perf_counter()
        connection.request("GET", "/favicon.png")
        assert connection.getresponse().read()
        taken.append(perf_counter() - start)
    assert min(taken[5:]) < NAGLE / 2  # the first few are acknowledged at once in any case


def test_what_draws_charts_is_fetched_before_the_first_chart(page: Page, address: str) -> None:
    announced = page.locator(".st-key-charts-to-come")
    page.goto(f"{address}/compare?collection=notes")  # no groups yet, so no chart
    page.get_by_role("heading", name="Compare", level=1).wait_for()
    expect(announced.get_by_test_id("stVegaLiteChart")).to_have_count(1)
    expect(announced).to_be_hidden()
