"""The coaching screens over 1,000,000 responses of 20,000 people: how long each takes.

Pages are run whole by Streamlit's AppTest, as the browser would have them run, over the web login;
cold: nothing is remembered; a click: another part, span or client of a page that is open.
`--browser` instead measures in a real Chromium, until what a screen ends with is drawn: an
analyst's Progress, and a coach's screens; from a link, with nothing of it remembered; from the same
link in another browser; for a click on another part of Progress.
"""

import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import text
from streamlit import config
from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from bench.databases import CHECKOUT, fresh
from jobs.cli.context import BUILT_IN_CATALOG
from queries.catalog import collection_named, declared_in, publish
from queries.gate import Gate, writing
from queries.people import histories
from queries.systems.demo_people import ensure_demo_people
from tests.browser.conftest import FLAGS
from tests.browser.screenshots import quiet, view_as
from tests.browser.served import served
from tests.web_login import Web, web_login

PEOPLE, RESPONSES, CLIENTS = 20_000, 1_000_000, 60
COLD, CLICKS = 5, 20
PARTS = ("Exercises", "Sessions", "Streaks", "Cohorts", "Mood and confidence", "What goes together")


def main(arguments: Sequence[str]) -> None:
    """Print one table and one line of JSON. `--quick` takes a hundredth of the rows."""
    set_log_level("ERROR")
    share = 0.01 if "--quick" in arguments else 1.0
    with fresh() as bench, tempfile.TemporaryDirectory() as home:
        _make(bench.gate, share)
        start = perf_counter()
        histories.keep(bench.gate.engine, collection_named(bench.gate, "responses"))
        told = {"histories kept, s": round(perf_counter() - start, 2)}
        with web_login(bench.gate.engine, Path(home)) as web:
            os.environ |= {"NORTHLIGHT_WEB_URL": web.url, "NORTHLIGHT_HOME": home}
            os.environ["NORTHLIGHT_DEMO"] = "1"
            config.set_option("server.address", "127.0.0.1")
            told |= _in_browser(web) if "--browser" in arguments else _measured()
    for name, value in told.items():
        print(f"{name:<44} {value}")
    print(json.dumps(told))


def _make(gate: Gate, share: float) -> None:
    people, rows = int(PEOPLE * share), int(RESPONSES * share)
    with writing(gate.engine) as connection:
        for statement in WORLD:
            connection.execute(text(statement), {"people": people, "rows": rows, "own": CLIENTS})
    publish(gate.engine, declared_in([BUILT_IN_CATALOG]))
    ensure_demo_people(gate.engine)
    with gate.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    print(f"{rows:,} responses of {people:,} people are there", file=sys.stderr, flush=True)


WORLD = (
    "INSERT INTO playbook.exercises (title, description, category, question, display_order) "
    "SELECT 'Exercise ' || n, 'd', 'category ' || n % 8, 'What now?', n "
    "FROM generate_series(1, 40) n",
    "INSERT INTO playbook.user_profiles (user_id, first_name, last_name, email, preferences) "
    "SELECT 'user-' || n, 'First' || n, 'Last' || n, n || '@example.org', jsonb_build_object("
    "'role', 'client', 'coach', CASE WHEN n <= :own THEN 'ines-carvalho' ELSE 'nobody' END, "
    "'timezone', (ARRAY['Europe/Lisbon', 'Asia/Tokyo', 'America/New_York', 'UTC'])[1 + n % 4], "
    "'focus', 'number ' || n) FROM generate_series(1, :people) n",
    "WITH e AS (SELECT array_agg(id) AS ids FROM playbook.exercises) "
    "INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, mood, "
    "completion_time_seconds, confidence_rating, sentiment_score, created_at) "
    "SELECT e.ids[1 + (random() * 39)::int], 'user-' || 1 + n % :people, "
    "'I walked and thought about number ' || n || '. What comes next? I want to try again.', "
    "'calm', (60 + random() * 1200)::int, 1 + (random() * 9)::int, "
    "round((random() * 2 - 1)::numeric, 2), now() - random() * interval '364 days' "
    "FROM generate_series(1, :rows) n, e",
    "INSERT INTO playbook.user_sessions (user_id, session_type, start_time, duration_seconds, "
    "completion_status) SELECT 'user-' || 1 + n % :people, "
    "(ARRAY['exercise', 'review', 'exercise', 'avatar_chat'])[1 + n % 4], "
    "now() - random() * interval '364 days', 900, "
    "(ARRAY['completed', 'completed', 'abandoned', 'paused', 'started'])[1 + n % 5] "
    "FROM generate_series(1, :rows / 2) n",
)


def _measured() -> dict[str, Any]:
    spans = cycle(("13 weeks", "26 weeks", "52 weeks", "8 weeks"))
    clients = cycle(f"user-{n}" for n in range(1, CLIENTS))
    screens: dict[str, tuple[str, str, Callable[[], dict[str, str]]]] = {
        "clients, coach": (
            "clients",
            "ines",
            lambda: {"name": next(clients).replace("user-", "First")},
        ),
        "client, coach": ("client", "ines", lambda: {"client": next(clients)}),
        "brief, coach": ("brief", "ines", lambda: {"client": next(clients)}),
        "progress, coach": ("progress", "ines", lambda: {"span": next(spans)}),
    }
    for part in PARTS:
        screens[f"progress, analyst: {part}"] = (
            *("progress", "analyst"),
            lambda part=part: {"part": part, "span": next(spans)},  # type: ignore[misc]
        )
    found = {}
    for name, (page, who, parameters) in screens.items():
        cold = [_opened(page, who, parameters())[1] for _ in range(COLD)]
        app, _ = _opened(page, who, parameters())
        clicks = [_run(app, parameters()) for _ in range(CLICKS)]
        figures = (
            f"{told} p95 {np.quantile(of, 0.95):.2f} s"
            for told, of in (("cold", cold), ("click", clicks))
        )
        found[name] = ", ".join(figures)
        print(f"{name}: {found[name]}", file=sys.stderr, flush=True)
    return found


# Each part with the chart that it ends with.
CHARTS = dict(
    zip(
        PARTS,
        ("completion", "funnel", "streaks", "cohorts", "trajectory-confidence", "associations"),
        strict=True,
    )
)
COACH = "Ines"  # the analyst is whom the demo begins with


def _chart(name: str) -> str:
    return f".st-key-chart-{name} .role-mark path"


# Whose screen, its address, and what it ends with.
OF_COACH = (
    (COACH, "clients", "[data-testid=stDataFrame] canvas"),
    (COACH, "client?client=user-7", _chart("confidence")),
    (COACH, "brief?client=user-8", ".st-key-passages-0 a"),
)
PROGRESS = tuple(
    (None, f"progress?{urlencode({'part': part, 'span': '26 weeks'})}", _chart(CHARTS[part]))
    for part in PARTS
)


def _in_browser(web: Web) -> dict[str, Any]:
    """Seconds until a screen stands, with a fresh server for each."""
    taken: dict[str, list[float]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for who, path, last in (*PROGRESS, *OF_COACH):
            with served(web) as url:
                cookies = _came_before(browser, url, who)
                for way in ("cold", "another browser"):
                    page = _page(browser, cookies)
                    seconds = _until(page, last, partial(page.goto, f"{url}/{path}"))
                    taken[f"{way}, {'a coach' if who else 'Progress'}"].append(seconds)
                    print(f"{way}: {path} {seconds:.2f} s", file=sys.stderr, flush=True)
                for other in () if who else PARTS:
                    if urlencode({"part": other}) not in path:
                        button = page.get_by_role("radio", name=other, exact=True)
                        seconds = _until(page, _chart(CHARTS[other]), button.click)
                        taken["a click on a part"].append(seconds)
        browser.close()
    return {
        f"in Chromium, {name}": f"median {median(of):.2f} s, p95 {np.quantile(of, 0.95):.2f} s"
        for name, of in taken.items()
    }


def _came_before(browser: Browser, url: str, who: str | None) -> list[Any]:
    """The cookies of somebody for whom the server has run a page, as `up` has for its address."""
    page = _page(browser, [])
    page.goto(f"{url}/overview")
    quiet(page)
    if who:
        view_as(page, url, who)
    page.wait_for_timeout(2_000)
    return list(page.context.cookies())


def _page(browser: Browser, cookies: list[Any]) -> Page:
    """In a browser that has cached nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies(cookies)
    page = context.new_page()
    page.set_default_timeout(60_000)
    return page


def _until(page: Page, last: str, act: Callable[[], object]) -> float:
    start = perf_counter()
    act()
    page.locator(last).first.wait_for()
    return perf_counter() - start


def _opened(page: str, who: str, parameters: dict[str, str]) -> tuple[AppTest, float]:
    """The page opened when nothing is remembered, and the seconds that took."""
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(CHECKOUT / "pages" / f"{page}.py"), default_timeout=120)
    app.session_state["northlight.view_as"] = who
    return app, _run(app, parameters)


def _run(app: AppTest, parameters: dict[str, str]) -> float:
    """Seconds of one run of a page with these in its address."""
    for key, value in parameters.items():
        app.query_params[key] = value
    start = perf_counter()
    app.run()
    taken = perf_counter() - start
    if app.exception or app.error:
        raise SystemExit(f"a page failed: {[*app.exception, *app.error]}")
    return taken
