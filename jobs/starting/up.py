"""From nothing to a page that answers, and back to nothing at Ctrl-C."""

import contextlib
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from urllib.error import URLError
from urllib.request import urlopen

import click

from clients.embedder import embedder_named
from jobs.backups.erasure import catch_up
from jobs.cli.context import CHECKOUT, Context
from jobs.cli.progress import Bar
from jobs.starting.ports import require_free_port
from jobs.starting.processes import (
    Child,
    Program,
    Supervisor,
    endings_as_interrupts,
    signals_ignored,
)
from queries.access.logins import ensure_web_login, login_of, web_password, web_url
from queries.access.signing import ensure_signing_key
from queries.catalog import collections
from queries.collection import Collection
from queries.embeddings import embed as store
from queries.embeddings import spaces
from queries.maps import runs
from queries.queue import jobs, milestones
from queries.systems.demo import laid_out
from queries.systems.demo_people import ensure_demo_people

READY_SECONDS = 120.0
ADDRESS = "127.0.0.1"
# Fewer rows than this make no picture worth looking at.
MAP_FROM_ROWS = 20
DEMO_RESPONSES = "playbook.exercise_responses"

Step = Callable[[str, float], None]


def run(context: Context, port: int, *, demo: bool, view_as: bool) -> None:
    """Prepare everything, start worker and app, and stay until Ctrl-C or until one of them ends."""
    require_free_port(port)
    with endings_as_interrupts(), contextlib.suppress(KeyboardInterrupt), database(context):
        prepare(context, demo=demo, view_as=view_as)
        with Supervisor() as supervisor:
            serve(context, supervisor, port, demo=view_as)
            supervisor.watch()
    click.echo("Stopped.")


@contextlib.contextmanager
def database(context: Context) -> Iterator[None]:
    """The database for as long as `up` runs; the embedded one stops with it if it started it."""
    if not context.embedded:
        from queries.engine import where

        click.echo(f"Database: yours, {where(context.bare_engine)} (DATABASE_URL is set)")
        yield
        return
    from clients.postgres import server

    ours = server.status(context.home).state != "running"
    try:
        with step("Database"):
            context.bare_engine.connect().close()
        yield
    finally:
        with signals_ignored():
            context.bare_engine.dispose()
            if ours:
                server.stop(context.home)


def prepare(context: Context, *, demo: bool, view_as: bool) -> None:
    """Migrations, demo content, embeddings and maps: each only where something is missing."""
    with step("Migrations"):
        engine = context.engine
    catch_up(context.gate, context.home)
    if demo:
        with step("Demo content") as progress:
            load_demo_once(context, progress)
    if view_as:
        ensure_demo_people(engine)
    for collection in collections(context.gate):
        if spaces.row_count(context.gate, collection):
            bring_up_to_date(context, collection)
    if demo and view_as:
        ask_for_releases(context)


def load_demo_once(context: Context, progress: Step) -> None:
    """Load the demo content unless exactly this was loaded before."""
    from jobs.starting.demo import load_demo

    fingerprint = demo_fingerprint()
    if not milestones.reached(context.engine, "demo", fingerprint):
        load_demo(context.engine, progress)
        milestones.reach(context.engine, "demo", fingerprint)


def ask_for_releases(context: Context) -> None:
    """Have the worker release the past of the demo's programme, once for each content.

    Its people are few: in a week nearly every number would be hidden, in four many are shown.
    """
    fingerprint = demo_fingerprint()
    ours = [c for c in collections(context.gate) if c.table == DEMO_RESPONSES]
    reached = milestones.reached(context.engine, "demo releases", fingerprint)
    if ours and not reached and "playbook" in laid_out(context.engine):
        jobs.ask(context.engine, "past_releases", ours[0].name, {"weeks": 4})
        milestones.reach(context.engine, "demo releases", fingerprint)


def demo_fingerprint() -> str:
    """Changes with the coaching texts, the loaders and the installed packages they read."""
    digest = hashlib.sha256(sys.version.encode())
    files = [CHECKOUT / "requirements.txt", *sorted((CHECKOUT / "demo").rglob("*.*"))]
    for path in files:
        if path.suffix in {".toml", ".py", ".txt"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def bring_up_to_date(context: Context, collection: Collection) -> None:
    """Embed and map what is missing; a collection that is up to date costs two short queries."""
    gate = context.gate
    found = spaces.spaces(gate, collection)
    in_place = bool(found) and found[0].only_read(collection)
    missing = True
    if found and found[0].active:
        missing = store.unembedded_count(gate, collection, found[0]) > 0
    if missing and not in_place:
        from jobs.embed import embed

        with step(f"Embeddings of {collection.title}") as progress:
            embed(gate, collection, embedder_named(collection.model), progress)
    embedded = spaces.embedded_count(gate, collection)
    if embedded >= MAP_FROM_ROWS and (missing or runs.current(gate, collection) is None):
        from jobs.maps.map import make_map

        with step(f"Map and themes of {collection.title}") as progress:
            make_map(gate, collection, progress)


def serve(context: Context, supervisor: Supervisor, port: int, *, demo: bool) -> None:
    """Start worker and app; print the address once a page has really been run."""
    of_worker = _environment(context) | {"DATABASE_URL": context.url}
    log = context.home / "log" / "worker.log"
    with step("Worker and app"):
        supervisor.start(Program("worker", worker_command(), log, of_worker, CHECKOUT))
        start_app(context, supervisor, port, demo=demo)
    click.secho(f"\nNorthlight is ready: http://localhost:{port}", bold=True)
    click.echo("Ctrl-C ends it.")


def start_app(context: Context, supervisor: Supervisor, port: int, *, demo: bool) -> Child:
    """The application, once a page has really been run."""
    # It never holds the owner's login: a fault in it reaches what one person may see.
    of_app = _environment(context) | {"NORTHLIGHT_WEB_URL": web_login(context)}
    of_app["NORTHLIGHT_DEMO"] = "1" if demo else "0"
    log = context.home / "log" / "app.log"
    app = supervisor.start(Program("app", app_command(port), log, of_app, CHECKOUT))
    supervisor.wait_ready(app, lambda: page_answers(port), READY_SECONDS)
    return app


def _environment(context: Context) -> dict[str, str]:
    """What both processes get: everything but the owner's login."""
    without_owner = {name: v for name, v in os.environ.items() if name != "DATABASE_URL"}
    return without_owner | {"NORTHLIGHT_HOME": str(context.home), "PYTHONPATH": str(CHECKOUT)}


def web_login(context: Context) -> str:
    """The URL of the application's own login, made with exactly its rights, and its signing key.

    NORTHLIGHT_WEB_URL names one that an administrator made.
    """
    ensure_signing_key(context.engine, context.home)
    given = os.environ.get("NORTHLIGHT_WEB_URL")
    if given:
        ensure_web_login(context.engine, None, login=login_of(given))
        return given
    password = web_password(context.home)
    ensure_web_login(context.engine, password, own_database=context.embedded)
    return web_url(context.url, password)


def worker_command() -> list[str]:
    """The worker, watching for rows that arrive."""
    return [sys.executable, "-P", "-m", "jobs", "worker", "--watch"]


def app_command(port: int) -> list[str]:
    """Streamlit on loopback; its script health check is how we know that a page runs."""
    flags = {
        "server.port": str(port),
        "server.address": ADDRESS,
        "server.headless": "true",
        "server.scriptHealthCheckEnabled": "true",
        "browser.gatherUsageStats": "false",
    }
    named = [f"--{name}={value}" for name, value in flags.items()]
    return [sys.executable, "-m", "pages.shared.serve", "run", str(CHECKOUT / "app.py"), *named]


def page_answers(port: int) -> bool:
    """Whether the app serves its page and its script runs without an error."""
    base = f"http://{ADDRESS}:{port}"
    try:
        with urlopen(f"{base}/_stcore/script-health-check", timeout=30) as answer:
            ran = answer.read().strip() == b"ok"
        with urlopen(base, timeout=5) as page:
            return bool(ran and page.status == 200)
    except (URLError, OSError):
        return False


@contextlib.contextmanager
def step(name: str) -> Iterator[Step]:
    """Show a step's progress while it lasts, and afterwards what it was and how long it took."""
    started = time.monotonic()
    with Bar(steps=False) as bar:
        bar(name, 0.0)
        yield lambda told, share: bar(f"{name}: {told}", share)
    click.echo(f"  {name:<42} {time.monotonic() - started:6.1f} s")
