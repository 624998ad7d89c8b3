"""Signing in through a real provider, in a real Chromium; the database decides at each click."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine

from queries.access import people, rights
from queries.access.people import Person
from queries.systems.demo_people import ensure_demo_people
from tests.browser.conftest import FLAGS
from tests.browser.served import free_port, served
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.seeded import sow
from tests.web_login import Web, web_login

pytestmark = pytest.mark.browser
# A server that was just started takes its time for the first page.
expect.set_options(timeout=25_000)

PEOPLE = {
    "u-ines": {"name": "Ines", "email": "same@example.org"},
    "u-tomasz": {"name": "Tomasz", "email": "same@example.org"},
    "u-mina": {"name": "Mina"},
    "u-nobody": {"name": "Nobody", "email": "ines@example.org"},
}
DEEP = "/search?collection=notes&q=tomatoes"
SECRETS = """
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "{client}"
client_secret = "{secret}"
server_metadata_url = "{discovery}"
"""


@dataclass(frozen=True)
class House:
    """A running application that asks a provider who people are."""

    address: str
    owner: Engine
    web: Web
    provider: Provider
    secrets: Path


@pytest.fixture(scope="module")
def house(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    sow(engine)
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as stack:
        web = stack.enter_context(web_login(engine, home))
        provider = stack.enter_context(running(PEOPLE))
        port = free_port()
        secrets = home / "secrets.toml"
        told = {"client": CLIENT_ID, "secret": CLIENT_SECRET, "discovery": provider.discovery}
        secrets.write_text(SECRETS.format(address=f"http://127.0.0.1:{port}", **told))
        ines = people.add(engine, provider.issuer, "u-ines", "Ines", "coach", "ines@example.org")
        tomasz = people.add(engine, provider.issuer, "u-tomasz", "Tomasz", "coach")
        mina = people.add(engine, provider.issuer, "u-mina", "Mina", "analyst")
        rights.assign(engine, ines, "playbook", ["ana"])
        rights.assign(engine, tomasz, "playbook", ["ben", "cleo"])
        rights.grant(engine, mina, ["notes"])
        # NORTHLIGHT_DEMO is set on purpose: a provider must shut the demo's switch.
        options = {"secrets.files": str(secrets)}
        address = stack.enter_context(served(web, demo=True, port=port, options=options))
        yield House(address, engine, web, provider, secrets)


NewPage = Callable[[], Page]


@pytest.fixture
def new_browser(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers that know nothing of one another."""
    with ExitStack() as stack:

        def opened(**told: Any) -> BrowserContext:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, **told)
            context.set_default_timeout(30_000)
            stack.callback(context.close)
            return context

        yield opened


@pytest.fixture
def new_page(new_browser: Callable[..., BrowserContext]) -> NewPage:
    """A page in a browser of its own."""
    return lambda: new_browser().new_page()


def sign_in(page: Page, house: House, subject: str, path: str = DEEP) -> None:
    page.goto(house.address + path)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=subject, exact=True).click()
    page.wait_for_url(re.compile(re.escape(house.address)))


def expect_signed_in(page: Page, name: str) -> None:
    expect(page.get_by_test_id("stSidebar").get_by_role("button", name=name)).to_be_visible()


def click_anything(page: Page) -> None:
    """A rerun without another question."""
    page.get_by_role("radio", name="Words", exact=True).or_(
        page.get_by_role("button", name="Words", exact=True)
    ).first.click()


def hits(page: Page) -> str:
    """The text of what was found, once the page stands still."""
    expect(page.get_by_text(re.compile("best rows by"))).to_have_count(1)
    first = page.locator("[class*=st-key-hit-]").first
    expect(first).to_contain_text(re.compile("Ana:|Ben:|Cleo:"))
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1)
    return page.get_by_test_id("stMain").text_content() or ""


def nothing_read(page: Page) -> None:
    """What was shown before goes when the run ends; the whole document holds none of it then."""
    expect(page.locator("[class*=st-key-hit-]")).to_have_count(0)
    document = "document.documentElement.outerHTML.toLowerCase()"
    for words in ("tomatoes and", "watering the garden"):
        page.wait_for_function(f"!{document}.includes('{words}')", timeout=25_000)


@contextmanager
def changed(house: House, subject: str) -> Iterator[Person]:
    """A person whom the test may change, as they were afterwards."""
    person = people.person(house.owner, subject)
    yield person
    people.set_active(house.owner, person.id, True)
    people.set_role(house.owner, person.id, person.role)


def test_a_cold_deep_link_asks_who_it_is_and_then_opens(house: House, new_page: NewPage) -> None:
    """The first request this server gets: nothing but the page itself has run."""
    page = new_page()
    page.goto(house.address + DEEP)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    nothing_read(page)
    expect(page.get_by_text("View as")).to_have_count(0)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="u-ines").click()
    expect(page.get_by_label("Find text about")).to_have_value("tomatoes")
    assert "Ana:" in hits(page)
    assert urlsplit(page.url).path == "/search"


def test_each_coach_reads_own_clients_only(house: House, new_page: NewPage) -> None:
    ines, tomasz = new_page(), new_page()
    sign_in(ines, house, "u-ines")
    sign_in(tomasz, house, "u-tomasz")
    theirs = hits(ines), hits(tomasz)
    assert "Ana:" in theirs[0]
    assert not re.search("Ben:|Cleo:", theirs[0])
    assert re.search("Ben:|Cleo:", theirs[1])
    assert "Ana:" not in theirs[1]


def test_the_same_email_makes_nobody_the_same(house: House, new_page: NewPage) -> None:
    """u-nobody has the e-mail that Northlight knows of Ines."""
    page = new_page()
    sign_in(page, house, "u-nobody")
    expect(page.get_by_role("heading", name="No access")).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text("u-nobody")
    nothing_read(page)


def test_deactivation_bites_at_the_next_click(house: House, new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, house, "u-ines")
    hits(page)
    with changed(house, "u-ines") as ines:
        people.set_active(house.owner, ines.id, False)
        click_anything(page)
        expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
        nothing_read(page)


def test_another_role_and_an_ended_assignment_count_at_the_next_click(
    house: House, new_page: NewPage
) -> None:
    page = new_page()
    sign_in(page, house, "u-tomasz")
    expect(page.get_by_test_id("stMain")).to_contain_text("Cleo:")
    tomasz = people.person(house.owner, "u-tomasz")
    rights.unassign(house.owner, tomasz, "playbook", ["cleo"])
    click_anything(page)
    expect(page.get_by_test_id("stMain")).not_to_contain_text("Cleo:")
    expect(page.get_by_test_id("stMain")).to_contain_text("Ben:")
    with changed(house, "u-tomasz"):
        people.set_role(house.owner, tomasz.id, "engineer")
        page.reload()
        expect(page.get_by_test_id("stMain")).not_to_contain_text("Ben:")
        page.get_by_test_id("stSidebar").get_by_role("button", name="Tomasz").click()
        expect(page.get_by_text("Signed in as engineer.")).to_be_visible()


def test_signing_out_ends_every_tab_and_a_copied_cookie(
    house: House, new_browser: Callable[..., BrowserContext]
) -> None:
    here = new_browser()
    first, second = here.new_page(), here.new_page()
    sign_in(first, house, "u-mina")
    expect_signed_in(first, "Mina")
    second.goto(house.address + DEEP)
    expect_signed_in(second, "Mina")
    thief = new_browser(storage_state=here.storage_state()).new_page()
    first.get_by_test_id("stSidebar").get_by_role("button", name="Mina").click()
    first.get_by_role("button", name="Sign out", exact=True).click()
    expect(first.get_by_role("heading", name="Sign in")).to_be_visible()
    click_anything(second)
    expect(second.get_by_role("heading", name="Signed out")).to_be_visible()
    thief.goto(house.address + DEEP)
    expect(thief.get_by_role("heading", name="Signed out")).to_be_visible()
    nothing_read(thief)
    assert house.provider.signed_out > 0


def test_signing_out_everywhere_reaches_the_other_browser(house: House, new_page: NewPage) -> None:
    here, there = new_page(), new_page()
    for page in (here, there):
        sign_in(page, house, "u-ines")
        hits(page)
    here.get_by_test_id("stSidebar").get_by_role("button", name="Ines").click()
    here.get_by_role("button", name="Sign out everywhere").click()
    expect(here.get_by_role("heading", name="Sign in")).to_be_visible()
    click_anything(there)
    expect(there.get_by_role("heading", name="Signed out")).to_be_visible()
    there.goto(house.address + DEEP)
    expect(there.get_by_role("heading", name="Signed out")).to_be_visible()
    there.get_by_role("button", name="Sign in").click()
    there.get_by_role("link", name="u-ines").click()
    assert "Ana:" in hits(there)


def test_a_changed_cookie_is_nobodys(
    house: House, new_browser: Callable[..., BrowserContext]
) -> None:
    here = new_browser()
    page = here.new_page()
    sign_in(page, house, "u-mina")
    expect_signed_in(page, "Mina")
    state = here.storage_state()
    for cookie in state["cookies"]:
        if cookie["name"].startswith("_streamlit_user"):
            middle = len(cookie["value"]) // 3
            other = "A" if cookie["value"][middle] != "A" else "B"
            cookie["value"] = cookie["value"][:middle] + other + cookie["value"][middle + 1 :]
    forger = new_browser(storage_state=state).new_page()
    forger.goto(house.address + DEEP)
    expect(forger.get_by_role("heading", name="Sign in")).to_be_visible()
    nothing_read(forger)


def test_view_as_is_not_there_when_a_provider_is(house: House, new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, house, "u-ines")
    hits(page)
    assert "View as" not in page.content()


def closed(page: Page, address: str) -> None:
    page.goto(address + DEEP)
    expect(page.get_by_role("heading", name="Nobody can sign in here")).to_be_visible()
    assert "View as" not in page.content()
    nothing_read(page)


def test_view_as_is_not_there_when_the_server_is_bound_to_the_world(
    house: House, new_page: NewPage
) -> None:
    with served(house.web, demo=True, bound_to="0.0.0.0") as address:
        closed(new_page(), address)


def test_without_provider_and_demo_nobody_gets_in(house: House, new_page: NewPage) -> None:
    with served(house.web, demo=False) as address:
        closed(new_page(), address)


def test_a_broken_secrets_file_opens_nothing(house: House, new_page: NewPage) -> None:
    broken = house.secrets.with_name("broken.toml")
    broken.write_text("[auth\nclient_id = ")
    with served(house.web, demo=True, options={"secrets.files": str(broken)}) as address:
        closed(new_page(), address)


@pytest.fixture
def demo(house: House) -> Iterator[str]:
    """The address of a demo on loopback, with the people of the demo."""
    ensure_demo_people(house.owner)
    rights.assign(house.owner, people.person(house.owner, "ines"), "playbook", ["ben"])
    with served(house.web, demo=True) as address:
        yield address


def test_the_demo_shows_what_each_of_its_people_may_read(demo: str, new_page: NewPage) -> None:
    page = new_page()
    page.goto(demo + DEEP)
    hits(page)  # the page stands still
    page.get_by_role("combobox", name="View as").click()
    page.get_by_role("option", name="Ines Carvalho, coach").click()
    expect(page).not_to_have_url(re.compile("tomatoes"))  # what was open is perhaps not hers
    page.goto(demo + DEEP)
    expect(page.get_by_role("combobox", name="View as")).to_have_value("Ines Carvalho, coach")
    assert "Ben:" in hits(page)
    assert not re.search("Ana:|Cleo:", hits(page))


def test_another_name_for_this_machine_opens_no_demo(demo: str, browser: Browser) -> None:
    """As in DNS rebinding: a site's name that points here."""
    rules = "--host-resolver-rules=MAP northlight.example 127.0.0.1"
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    rebound = browser.browser_type.launch(executable_path=path, args=[*FLAGS, rules])
    try:
        page = rebound.new_page()
        closed(page, demo.replace("127.0.0.1", "northlight.example"))
    finally:
        rebound.close()
