"""A database for one bench or one module of tests, dropped when the work is done."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg

from clients.postgres import server as embedded
from queries.engine import make_engine, psycopg_url
from queries.gate import WORKER, Gate
from queries.server.migrate import migrate

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = CHECKOUT.parent / "shared" / "data"


@dataclass(frozen=True)
class Bench:
    """A migrated, empty database and a catalog folder, both gone afterwards."""

    gate: Gate
    url: str
    catalog: Path


@contextmanager
def fresh() -> Iterator[Bench]:
    """A migrated database on the server to measure on, for the time of the block."""
    with empty_database(server(), "bench") as url:
        engine = make_engine(url)
        try:
            migrate(engine)
            with tempfile.TemporaryDirectory() as folder:
                yield Bench(Gate(engine, WORKER), url, Path(folder))
        finally:
            engine.dispose()


@contextmanager
def empty_database(server_url: str, purpose: str) -> Iterator[str]:
    """The address of a new database on that server, for the time of the block."""
    name = f"{purpose}_{uuid4().hex[:12]}"
    plain = psycopg_url(server_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield plain.set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def server() -> str:
    """The server to measure on."""
    if os.environ.get("DATABASE_URL"):
        return os.environ["DATABASE_URL"]
    return embedded.ensure_running(_home())


def server_log() -> str | None:
    """What the embedded server wrote down so far; None on a server of somebody else's."""
    if os.environ.get("DATABASE_URL"):
        return None
    return embedded.status(_home()).log.read_text(encoding="utf-8", errors="replace")


def _home() -> Path:
    return Path(os.environ.get("NORTHLIGHT_HOME") or CHECKOUT / ".northlight").absolute()
