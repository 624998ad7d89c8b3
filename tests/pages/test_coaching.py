"""The coaching screens on the demo's programme, as its coaches and its analyst, by AppTest."""

import json
from collections.abc import Iterator

import pytest
import streamlit as st
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from pages.shared.passage_mark import mark_of
from queries.gate import writing
from tests.chat_server import Sources, chat_server
from tests.coaching import programme as sown
from tests.pages.conftest import ROOT, as_demo, told

SECONDS = 60
pytestmark = pytest.mark.usefixtures("programme")


@pytest.fixture(scope="module")
def programme(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo's coaching content with its people, set as `./northlight up` sets it."""
    sown(engine)
    home = tmp_path_factory.mktemp("home")
    with as_demo(engine, home):
        yield engine


def opened(page: str, /, who: str = "ines", **parameters: str) -> AppTest:
    """A coaching page as somebody of the demo sees it."""
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=SECONDS)
    app.session_state["northlight.view_as"] = who
    for key, value in parameters.items():
        app.query_params[key] = value
    return app.run()


def test_a_coach_sees_own_clients_with_flags_and_their_rules() -> None:
    app = opened("clients")
    assert not app.exception
    assert "**20 clients**" in told(app)
    table = app.dataframe[0].value
    assert "Bruno Cardoso" in table["Client"].tolist()
    assert "No answer for 14 days or more" in told(app)
    assert "everything is as of that day" in told(app)


def test_clients_are_found_by_name_and_by_what_they_work_on() -> None:
    app = opened("clients", name="endo")
    assert app.dataframe[0].value["Client"].tolist() == ["Ayumi Endo"]
    assert "No client fits" in told(opened("clients", name="nobody at all"))


def test_each_coach_sees_other_clients() -> None:
    names = [set(opened("clients", who).dataframe[0].value["Client"]) for who in ("ines", "leila")]
    assert not names[0] & names[1]


@pytest.mark.parametrize("part", ["Course", "Texts", "Exercises", "Notes"])
def test_every_part_of_a_clients_page_opens_by_its_link(part: str) -> None:
    app = opened("client", client="bruno-cardoso", part=part)
    assert not app.exception
    assert app.title[0].value == "Bruno Cardoso"
    assert "Quiet" in told(app)


def test_somebody_elses_client_is_not_there() -> None:
    app = opened("client", "leila", client="bruno-cardoso")
    assert "No client of yours" in told(app)
    assert "Bruno" not in told(app)
    assert "No client of yours" in told(opened("brief", "leila", client="bruno-cardoso"))


def test_a_passage_opens_whole_and_marked(programme: Engine) -> None:
    with writing(programme) as connection:
        row = connection.execute(
            text(
                "SELECT id::text, response_text FROM playbook.exercise_responses "
                "WHERE user_id = 'bruno-cardoso' ORDER BY created_at DESC LIMIT 1"
            )
        ).one()
    app = opened("client", client="bruno-cardoso", row=row[0], quote=mark_of("It isn't you."))
    assert "It isn&#x27;t you.</mark>" in told(app)
    gone = opened("client", client="bruno-cardoso", row=row[0], quote=mark_of("never written"))
    assert "no longer in this text" in told(gone)
    assert "That text is not there" in told(opened("client", client="ayumi-endo", row=row[0]))


def test_a_recommendation_opens_the_passage_that_it_rests_on() -> None:
    app = opened("client", client="ayumi-endo", part="Exercises")
    button(app, "The passage").click().run()
    assert not app.exception
    assert "</mark>" in told(app)
    assert "Fits what they wrote" in told(app)


def test_a_note_is_kept_changed_and_removed() -> None:
    app = opened("client", client="bruno-cardoso", part="Notes")
    app.text_area(key="note-new-bruno-cardoso").input("Ask about Fernanda.").run()
    next(b for b in app.button if b.label == "Keep the note").click().run()
    assert app.text[0].value == "Ask about Fernanda."
    assert app.text_area(key="note-new-bruno-cardoso").value == ""
    next(b for b in app.button if b.label == "Remove it").click().run()
    assert len(app.text) == 0
    next(b for b in app.button if b.label == "Keep the note").click().run()
    assert "A note has 1 to 20,000 letters." in app.error[0].value


def test_the_draft_of_a_note_outlasts_a_look_at_the_course_and_is_that_clients() -> None:
    app = opened("client", client="bruno-cardoso", part="Notes")
    app.text_area(key="note-new-bruno-cardoso").input("Half a thought").run()
    for client, part in (("bruno-cardoso", "Course"), ("grace-achieng", "Notes")):
        app.query_params["client"], app.query_params["part"] = client, part
        app.run()
    assert app.text_area(key="note-new-grace-achieng").value == ""
    app.query_params["client"] = "bruno-cardoso"
    app.run()
    assert app.text_area(key="note-new-bruno-cardoso").value == "Half a thought"


def test_the_brief_has_a_way_to_the_passage_of_every_sentence() -> None:
    app = opened("brief", client="bruno-cardoso")
    assert not app.exception
    assert "Nothing was written since the session of 8 June 2026" in told(app)
    assert "I think I'll stop for now Ines" in told(app).replace("\\", "")


@pytest.mark.parametrize("who", ["ines", "analyst"])
@pytest.mark.parametrize(
    "part",
    ["Exercises", "Sessions", "Streaks", "Cohorts", "Mood and confidence", "What goes together"],
)
def test_every_part_of_progress_opens_by_its_link(who: str, part: str) -> None:
    app = opened("progress", who, part=part, span="26 weeks")
    assert not app.exception
    assert not app.error
    people = {"ines": "20 people in reach", "analyst": "60 people in reach"}[who]
    assert people in told(app)


def test_an_analyst_sees_no_name_in_progress() -> None:
    app = opened("progress", "analyst", part="Streaks", span="26 weeks")
    shown = "\n".join([told(app), *(frame.value.to_csv() for frame in app.dataframe)])
    assert "bruno" not in shown.lower()
    assert "p-" in shown


def test_progress_can_be_narrowed_to_days_and_a_category() -> None:
    app = opened(
        "progress", span="From … until", since="2026-03-02", until="2026-03-29", category="goals"
    )
    assert "2 March 2026 to 29 March 2026, category goals" in told(app)


def test_progress_figures_are_those_of_plain_sql(programme: Engine) -> None:
    app = opened("progress", "analyst", span="26 weeks")
    with writing(programme) as connection:
        row = connection.execute(
            text(
                "SELECT count(*), count(DISTINCT r.user_id) FROM playbook.exercise_responses r "
                "JOIN playbook.user_profiles u USING (user_id), LATERAL (SELECT (r.created_at "
                "  AT TIME ZONE (u.preferences ->> 'timezone'))::date AS day) d "
                "WHERE d.day BETWEEN date '2026-08-15' - 181 AND date '2026-08-15'"
            )
        ).one()
    shown = {metric.label: metric.value for metric in app.metric}
    assert (shown["Answers"], shown["People"]) == (f"{row[0]:,}", f"{row[1]:,}")


@pytest.mark.parametrize("page", ["clients", "client", "brief"])
def test_the_product_team_and_engineers_are_told_it_is_not_for_them(
    page: str,
) -> None:
    app = opened(page, "engineer")
    assert not app.exception
    assert "is for the role coach" in told(app)


def test_a_model_writes_the_brief_on_the_coachs_word_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(sources: Sources) -> str:
        words = " ".join(sources[0]["text"].split(". ")[0].split()[:4])
        quotes = [{"id": sources[0]["id"], "quote": words}]
        held = {"section": "Mood", "text": "Begins so.", "quotes": quotes}
        return json.dumps({"sentences": [held, held | {"quotes": []}]})

    assert "Send and write" not in told_all(opened("brief", client="bruno-cardoso"))
    with chat_server() as server:
        server.reply = reply
        monkeypatch.setenv("OPENAI_API_KEY", "good")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("NORTHLIGHT_CHAT_PRICE", "0.15 0.60")
        app = opened("brief", client="bruno-cardoso")
        assert "would be sent to gpt-4o-mini at 127.0.0.1" in told(app).replace("\\", "")
        assert "at most about 0.00" in told(app).replace("\\", "")
        assert server.asked == []
        button(app, "Send and write").click().run()
        assert not app.exception
        assert len(server.asked) == 1
        assert "Bruno" not in server.asked[0]
        assert "Written by a model (gpt-4o-mini)" in told(app)
        assert "1 sentence was left out" in told(app)
        assert "Begins so." in told(app).replace("\\", "")
        again = opened("brief", client="bruno-cardoso")  # a reload: nothing is asked twice
        assert "Begins so." in told(again).replace("\\", "")
        assert len(server.asked) == 1
        assert "Begins so." not in told(opened("brief", "leila", client="bruno-cardoso"))
        button(app, "Facts and templates").click().run()
        assert "Written from facts and templates." in told(app)
        server.reply = lambda _: "{"
        button(app, "Send and write").click().run()
        assert "was cut off" in app.error[0].value
        assert "Written from facts and templates." in told(app)
        button(app, "The model's brief").click().run()
        assert "Written by a model" in told(app)
        button(app, "Drop the model's brief").click().run()
        assert "Written from facts and templates." in told(app)
        assert "The model's brief" not in told_all(app)


def button(app: AppTest, label: str) -> Button:
    return next(one for one in app.button if one.label == label)


def told_all(app: AppTest) -> str:
    return "\n".join([told(app), *(one.label for one in app.button)])
