"""The coaching screens on North Playbook's tables where they are, in both variants."""

from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from queries.access.people import person as named
from queries.access.rights import assign
from queries.gate import writing
from queries.people import histories
from queries.systems.demo_people import ensure_demo_people
from tests.coaching import VARIANTS, in_place
from tests.pages.conftest import ROOT, as_demo, told

Names = dict[str, str]


@pytest.fixture(scope="module")
def names(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Names]:
    """The collection's name in each variant; the coach Ines has both clients, as in the demo."""
    home = tmp_path_factory.mktemp("home")
    made = {variant: in_place(engine, variant, home) for variant in VARIANTS}
    ensure_demo_people(engine)
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM northlight_auth.assignment"))
    assign(engine, named(engine, "ines"), "playbook", ["ana", "ben"])
    for collection in made.values():
        histories.keep(engine, collection)
    with as_demo(engine, home):
        yield {variant: collection.name for variant, collection in made.items()}


def opened(page: str, **parameters: str) -> AppTest:
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=60)
    app.session_state["northlight.view_as"] = "ines"
    for key, value in parameters.items():
        app.query_params[key] = value
    return app.run()


@pytest.mark.parametrize("variant", VARIANTS)
def test_clients_are_there_with_what_they_did(names: Names, variant: str) -> None:
    app = opened("clients", programme=names[variant])
    assert not app.exception
    table = app.dataframe[0].value
    assert table["Client"].tolist() == ["Ben Berger", "Ana Antunes"]
    assert "**2 clients**" in told(app)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("part", ["Course", "Texts", "Exercises", "Notes"])
def test_every_part_of_a_client_opens(names: Names, variant: str, part: str) -> None:
    app = opened("client", programme=names[variant], client="ana", part=part)
    assert not app.exception
    assert not app.error
    if part == "Texts":
        assert "I go out anyway." in told(app)  # kept in the playbook beside it
        assert "Why do I always go alone?" in told(app)
        assert "river.jpg" in told(app).replace("\\", "")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_brief_quotes_what_was_written_there(names: Names, variant: str) -> None:
    app = opened("brief", programme=names[variant], client="ana")
    assert not app.exception
    assert "I slept early and woke up rested." in told(app).replace("\\", "")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(
    "part",
    ["Exercises", "Sessions", "Streaks", "Cohorts", "Mood and confidence", "What goes together"],
)
def test_progress_counts_what_is_there(names: Names, variant: str, part: str) -> None:
    app = opened("progress", programme=names[variant], part=part)
    assert not app.exception
    assert not app.error
    shown = {metric.label: metric.value for metric in app.metric}
    assert (shown["People"], shown["Answers"]) == ("2", "4")
