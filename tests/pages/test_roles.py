"""What each role's reader is told, on the screens and on the two pages for one role."""

from datetime import date

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from jobs.releases.release import release_subject
from jobs.releases.usage import subjects
from pages.shared.identity import VIEW_AS
from queries.gate import WORKER, Gate, writing
from tests.pages.conftest import Open, told

SCREENS = ("overview", "search", "map", "themes")


def _as(open_page: Open, who: str, name: str, **parameters: str) -> AppTest:
    app = open_page(f"pages/{name}.py", **parameters)
    app.sidebar.selectbox(VIEW_AS).select(who).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("name", SCREENS)
def test_product_is_sent_to_the_released_figures(open_page: Open, name: str) -> None:
    assert "Your role reads released figures" in told(_as(open_page, "product", name))


@pytest.mark.parametrize("name", SCREENS)
def test_a_coach_without_rows_gets_a_sentence(open_page: Open, name: str) -> None:
    app = _as(open_page, "ines", name)
    assert not app.error


def test_themes_without_a_row_of_the_reader_say_so(open_page: Open) -> None:
    assert "No theme has a row that you may read" in told(_as(open_page, "ines", "themes"))


def test_themes_count_what_the_coach_sees(open_page: Open, engine: Engine) -> None:
    give = (
        "INSERT INTO northlight_auth.assignment (coach_id, system, owner) "
        "SELECT id, 'playbook', 'ana' FROM northlight_auth.person WHERE subject = 'tomasz'"
    )
    with writing(engine) as connection:
        connection.execute(text(give))
    shown = told(_as(open_page, "tomasz", "themes"))
    assert "found in 30 rows" in shown
    assert "90 rows" not in shown


def test_an_operator_opens_text_with_a_reason_and_closes_it(open_page: Open) -> None:
    app = _as(open_page, "operator", "overview")
    app.sidebar.selectbox("collection").select("notes").run()
    assert "Text needs a recorded reason" in told(app)
    app.text_area[0].input("too short")
    app.button[0].click().run()
    assert "10 to 500 letters" in app.error[0].value
    app.text_area[0].input("a client asked what is kept of her")
    app.button[0].click().run()
    assert "**91 rows**" in told(app)
    assert any("Open to you until" in each.value for each in app.sidebar.caption)
    app.sidebar.button("end-reason").click().run()
    assert "Text needs a recorded reason" in told(app)


def test_the_audit_tells_who_did_what_and_that_the_chain_holds(open_page: Open) -> None:
    open_page("pages/search.py", collection="notes", q="watering tomatoes")
    app = _as(open_page, "operator", "audit")
    trail = app.dataframe[0].value
    assert {"Mina Okafor", "Ravi Nair"} <= set(trail["person"])
    assert {"search", "reason", "reason ended"} <= set(trail["action"])
    assert "tomatoes" not in trail.to_string()
    assert "The chain holds" in app.success[0].value
    app.selectbox("action").select("search").run()
    assert set(app.dataframe[0].value["action"]) == {"search"}


def test_a_broken_chain_is_said(open_page: Open, engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE northlight_auth.audit SET row_count = 4711 WHERE place=1"))
    assert "The chain is broken" in _as(open_page, "operator", "audit").error[0].value


@pytest.mark.parametrize(("name", "who"), [("audit", "analyst"), ("released", "operator")])
def test_a_page_for_another_role_is_one_sentence(open_page: Open, name: str, who: str) -> None:
    app = _as(open_page, who, name)
    assert app.markdown[0].value.startswith("This screen is for the role")
    assert not app.dataframe


def test_without_a_release_the_command_is_named(open_page: Open) -> None:
    app = _as(open_page, "product", "released")
    assert "./northlight release make responses" in told(app)


def test_usage_names_the_command_before_there_is_a_release(open_page: Open) -> None:
    assert "./northlight release usage" in told(_as(open_page, "product", "usage"))


def test_usage_shows_small_numbers_as_fewer_than_k(open_page: Open, engine: Engine) -> None:
    gate = Gate(engine, WORKER)
    (own,) = [each for each in subjects(gate, []) if each.name == "northlight_usage"]
    release_subject(gate, own, lambda *_: None, week=date(2026, 6, 1))
    app = _as(open_page, "product", "usage")
    assert app.metric[0].value == "fewer than 10"
    assert "**the week of 1 June 2026** to 7 June 2026" in told(app)
    assert "rounded to 5" in told(app)
    assert all("fewer than 10" in table.value.to_string() for table in app.dataframe)


def test_an_operator_sees_the_house_and_no_text(open_page: Open) -> None:
    app = _as(open_page, "operator", "health")
    assert "No worker runs" in app.error[0].value
    assert {"Workers", "Database", "PostgreSQL"} <= {metric.label for metric in app.metric}
    assert "notes" in set(app.dataframe[0].value["name"])


def test_one_question_goes_to_every_collection_that_is_open(open_page: Open) -> None:
    app = open_page("pages/everywhere.py", q="watering tomatoes")
    assert "tomatoes" in told(app)
    assert "Nothing from Bare lines, Nothing yet (not embedded yet)." in told(app)


def test_an_operator_without_a_reason_is_not_told_that_nothing_fits(open_page: Open) -> None:
    app = _as(open_page, "operator", "everywhere")
    app.text_input("q").input("watering tomatoes").run()
    said = told(app)
    assert "needs a recorded reason" in said
    assert "no row fits" not in said


@pytest.mark.parametrize("who", ["analyst", "ines", "product", "engineer", "operator"])
def test_the_overview_says_what_is_new_to_everybody(open_page: Open, who: str) -> None:
    assert "**New since" in told(_as(open_page, who, "overview"))
