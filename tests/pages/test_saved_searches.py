"""Searches that are kept, on the page: saved, opened by their link, and alerting."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import streamlit as st
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from clients.embedder import embedder_named
from jobs.embed import embed
from queries.catalog import collection_named
from queries.gate import WORKER, Gate, writing
from tests.pages.conftest import Open, told

QUESTION = "watering tomatoes"
PAGE = "pages/search.py"


@pytest.fixture(autouse=True)
def nothing_kept(seeded: str, engine: Engine) -> Iterator[None]:  # noqa: ARG001
    yield
    with writing(engine) as connection:
        for table in ("saved_view", "asked_question", "no_history"):
            connection.execute(text(f"DELETE FROM northlight.{table}"))
        connection.execute(text("DELETE FROM public.notes WHERE heading = 'arrived'"))


def button(app: AppTest, label: str) -> object:
    return next(each for each in app.button if each.label == label)


def save(open_page: Open, **address: str) -> str:
    app = open_page(PAGE, collection="notes", q=QUESTION, **address)
    next(f for f in app.text_input if f.label == "Save this search as").set_value("Garden")
    app = button(app, "Save").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    return str(app.code[0].value).split("saved=")[1]


def arrive(engine: Engine, body: str) -> None:
    """A row that is written a little later than now."""
    later = datetime.now(UTC) + timedelta(minutes=1)
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO public.notes (id, body, heading, person, written, mood) "
                "SELECT max(id) + 1, :body, 'arrived', max(person), :later, 'calm' "
                "FROM public.notes"
            ),
            {"body": body, "later": later},
        )
    gate = Gate(engine, WORKER)
    embed(gate, collection_named(gate, "notes"), embedder_named(None), lambda _step, _share: None)
    st.cache_data.clear()


def test_a_saved_search_is_opened_by_its_link_with_its_filters(open_page: Open) -> None:
    code = save(open_page, **{"notes.mood": "calm"})
    app = open_page(PAGE, collection="notes", saved=code)
    assert not app.exception
    assert app.text_input(key="q").value == QUESTION
    assert "searched: mood is calm" in told(app)


def test_a_new_match_is_told_on_search_and_overview_until_it_is_seen(
    open_page: Open, engine: Engine
) -> None:
    code = save(open_page)
    assert "0 new matches" in told(open_page(PAGE, collection="notes"))
    arrive(engine, "watering tomatoes in the garden beds")
    assert "1 new match" in told(open_page(PAGE, collection="notes"))
    links = open_page("pages/overview.py", collection="notes").get("page_link")
    assert any("“Garden”: 1 new match" in link.proto.label for link in links)
    app = open_page(PAGE, collection="notes", saved=code)
    assert "1 of these is later than" in told(app)
    assert "new since" in told(app)


def test_a_row_that_fits_the_question_less_than_the_best_is_no_match(
    open_page: Open, engine: Engine
) -> None:
    save(open_page)
    arrive(engine, "the rent is due")
    assert "0 new matches" in told(open_page(PAGE, collection="notes"))


def test_an_unknown_link_is_a_sentence(open_page: Open) -> None:
    assert "no such saved search" in told(open_page(PAGE, collection="notes", saved="nothing"))


def test_what_was_asked_is_offered_again_and_can_be_cleared(open_page: Open) -> None:
    open_page(PAGE, collection="notes", q=QUESTION, by="Words")
    app = open_page(PAGE, collection="notes")
    app = button(app, QUESTION).click().run()  # type: ignore[attr-defined]
    assert app.text_input(key="q").value == QUESTION
    assert "by words, best first" in told(app)
    app = button(app, "Clear").click().run()  # type: ignore[attr-defined]
    assert QUESTION not in [each.label for each in app.button]


def test_nothing_asked_is_kept_once_that_is_not_wanted(open_page: Open) -> None:
    button(open_page(PAGE, collection="notes"), "Keep none").click().run()  # type: ignore[attr-defined]
    open_page(PAGE, collection="notes", q=QUESTION)
    assert "Your questions are not kept." in told(open_page(PAGE, collection="notes"))
