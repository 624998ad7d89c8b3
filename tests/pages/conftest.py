"""The pages on a seeded database, run by AppTest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit import config
from streamlit.testing.v1 import AppTest

from queries.systems.demo_people import ensure_demo_people
from tests.seeded import sow
from tests.web_login import Web, web_login

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60

Open = Callable[..., AppTest]


@contextmanager
def as_demo(engine: Engine, home: Path) -> Iterator[Web]:
    """The web login of that database, and the pages set as `./northlight up` sets the demo."""
    with web_login(engine, home) as web, pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        patch.setenv("NORTHLIGHT_WEB_URL", web.url)
        patch.setenv("NORTHLIGHT_HOME", str(home))
        patch.setenv("NORTHLIGHT_DEMO", "1")
        config.set_option("server.address", "127.0.0.1")
        yield web


@pytest.fixture(scope="module")
def seeded(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The web login's URL of a seeded database, viewed as the demo."""
    sow(engine)
    ensure_demo_people(engine)
    home = tmp_path_factory.mktemp("home")
    with as_demo(engine, home) as web:
        yield web.url


@pytest.fixture
def open_page(seeded: str) -> Open:  # noqa: ARG001 - the database must be there
    """Open a page by its file, with parameters in the address."""

    st.cache_data.clear()  # caches are the process's, and so the last test's

    def opened(name: str, **parameters: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / name), default_timeout=SECONDS)
        for key, value in parameters.items():
            app.query_params[key] = value
        return app.run()

    return opened


def told(app: AppTest) -> str:
    """Everything a page says in words."""
    parts = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.info]
    parts += [*app.error, *app.warning]
    html = [element.proto.body for element in app.get("html")]
    return "\n".join([*(part.value for part in parts), *html])
