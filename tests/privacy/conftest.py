"""One canary world for all of these tests; whoever changes rights puts them back."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bench.databases import empty_database
from queries.engine import make_engine
from queries.server.migrate import migrate
from tests.privacy.world import World, make_world
from tests.web_login import web_login


@pytest.fixture(scope="session")
def privacy_url(server_url: str) -> Iterator[str]:
    """A database of its own: building the world takes a while, so the modules share it."""
    with empty_database(server_url, "test_privacy") as url:
        yield url


@pytest.fixture(scope="session")
def owner(privacy_url: str) -> Iterator[Engine]:
    made = make_engine(privacy_url, application="northlight-tests")
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def built(owner: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with web_login(owner, tmp_path_factory.mktemp("home")) as web:
        yield make_world(owner, web.engine, web.signer)


@pytest.fixture
def world(built: World) -> Iterator[World]:
    """The world with the rights it began with, again afterwards."""
    yield built
    built.reset()
