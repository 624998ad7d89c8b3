"""What is recommended on a client's and on a repository's page, each with its reason."""

import re
from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from clients.embedder import embedder_named
from jobs.embed import embed
from queries.catalog import collection_named
from queries.gate import WORKER, Gate, writing
from tests.coaching import programme as sown
from tests.pages.conftest import ROOT, as_demo, told
from tests.queries.systems.test_knowledge import WORLD as TEAM

SECONDS = 60
CLIENT = "bruno-cardoso"
LESSONS = """
INSERT INTO nexus.lessons_learned (repo_id, title, description) VALUES
  (1, 'Own', 'A pause that grows with each call was enough.'),
  (2, 'Pauses', 'Calling again without a pause took the service down.'),
  (3, 'Rounding', 'Money in floating point numbers lost a cent a day.');
"""
JOURNEY = re.compile(r"(\w+ \w+) is on a similar journey")
pytestmark = pytest.mark.usefixtures("systems")


@pytest.fixture(scope="module")
def systems(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo's coaching content, embedded, with its people; and a team's repositories."""
    sown(engine)
    gate = Gate(engine, WORKER)
    for name in ("responses", "entries"):
        embed(gate, collection_named(gate, name), embedder_named(None), lambda *_: None)
    with writing(engine) as connection:
        connection.exec_driver_sql(TEAM + LESSONS)
    home = tmp_path_factory.mktemp("home")
    with as_demo(engine, home):
        yield engine


def opened(page: str, who: str, **parameters: str) -> str:
    """What a page says to somebody of the demo, Markdown's escapes taken out."""
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=SECONDS)
    app.session_state["northlight.view_as"] = who
    for key, value in parameters.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return told(app).replace("\\", "")


def own_clients(engine: Engine, coach: str) -> set[str]:
    """The names of a coach's clients."""
    statement = text(
        "SELECT u.first_name || ' ' || u.last_name FROM playbook.user_profiles u "
        "JOIN northlight_auth.assignment a ON a.owner = u.user_id "
        "JOIN northlight_auth.person p ON p.id = a.coach_id WHERE p.subject = :coach"
    )
    with writing(engine) as connection:
        return set(connection.execute(statement, {"coach": coach}).scalars())


def test_a_client_is_recommended_what_others_of_the_same_coach_kept(systems: Engine) -> None:
    shown = opened("client", "ines", client=CLIENT, part="Exercises")
    assert "Entries that helped people on similar journeys" in shown
    named = set(JOURNEY.findall(shown))
    mine = own_clients(systems, "ines")
    assert named
    assert named <= mine - {"Bruno Cardoso"}


def test_without_entries_of_others_it_is_said(systems: Engine) -> None:
    with writing(systems) as connection:
        connection.exec_driver_sql("UPDATE playbook.playbook_entries SET is_highlight = false")
    shown = opened("client", "ines", client=CLIENT, part="Exercises")
    assert "has kept a highlight close to this" in shown


def test_a_repository_is_told_the_lessons_of_others() -> None:
    shown = opened("repository", "engineer", repository="alpha")
    assert "Lessons from other repositories" in shown
    # Not alpha's own lesson, and not gamma's, which has nothing to do with alpha's patterns.
    assert set(re.findall(r"Learned in (\w+)\.", shown)) == {"beta"}
