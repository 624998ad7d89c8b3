"""One real PostgreSQL with pgvector a session, one fresh migrated database a test module."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bench.databases import empty_database
from queries.engine import make_engine
from queries.gate import WORKER, Gate
from queries.server.migrate import migrate

# A shell starts what it puts in the background deaf to Ctrl-C, and its children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server to make databases on: TEST_DATABASE_URL's, or an embedded one of this session."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    from clients.postgres import server

    home = tmp_path_factory.mktemp("home")
    yield server.ensure_running(home)
    server.erase(home)


@pytest.fixture(scope="module")
def database_url(server_url: str) -> Iterator[str]:
    """A new, empty database; gone when the module is done."""
    with empty_database(server_url, "test") as url:
        yield url


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database with every migration applied."""
    made = make_engine(database_url, application="northlight-tests")
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def gate(engine: Engine) -> Gate:
    """The operator at the fresh database."""
    return Gate(engine, WORKER)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The labelled text beside the checkout; a test that needs it says so when it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the labelled text in {SHARED_DATA.name}/ beside the checkout")
    return SHARED_DATA
