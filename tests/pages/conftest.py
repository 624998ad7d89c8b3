"""The pages on a seeded database, run by AppTest."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from tests.seeded import sow

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60

Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def seeded(engine: Engine, database_url: str) -> Iterator[str]:
    """DATABASE_URL of a seeded database, as `./northlight up` would set it."""
    sow(engine)
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = database_url
    yield database_url
    os.environ.pop("DATABASE_URL")
    if before is not None:
        os.environ["DATABASE_URL"] = before


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
