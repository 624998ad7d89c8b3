"""One canary world for all of these tests; whoever changes rights puts them back."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from queries.engine import make_engine, psycopg_url
from queries.migrate import migrate
from tests.privacy.world import World, make_world
from tests.web_login import web_login


@pytest.fixture(scope="session")
def privacy_url(server_url: str) -> Iterator[str]:
    """A database of its own: building the world takes a while, so the modules share it."""
    name = f"test_privacy_{uuid4().hex[:12]}"
    plain = psycopg_url(server_url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield plain.set(database=name).render_as_string(hide_password=False)
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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
