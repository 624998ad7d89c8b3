import pytest
from sqlalchemy import Engine, text

from queries.gate import writing
from tests.pages.conftest import Open, told

PAGES = ("overview", "search", "similar", "map", "themes")


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_alone_with_its_frame(open_page: Open, name: str) -> None:
    app = open_page(f"pages/{name}.py", collection="notes")
    assert not app.exception
    assert app.sidebar.selectbox("collection").value == "notes"


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_from_the_navigation(open_page: Open, name: str) -> None:
    app = open_page("app.py", collection="notes")
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception
    assert app.sidebar.selectbox("collection").value == "notes"


@pytest.mark.parametrize("name", PAGES)
def test_a_collection_without_anything_made_says_what_to_do(open_page: Open, name: str) -> None:
    app = open_page(f"pages/{name}.py", collection="bare", q="a line")
    assert not app.exception
    assert "./northlight" in told(app)


@pytest.mark.parametrize("name", PAGES)
def test_an_unknown_collection_is_named_not_replaced(open_page: Open, name: str) -> None:
    app = open_page(f"pages/{name}.py", collection="nosuch")
    assert "no collection “nosuch” that is open to you" in app.info[0].value
    assert app.title[0].value
    app.button("open-notes").click().run()
    assert app.query_params["collection"] == "notes"
    assert not app.info or "nosuch" not in app.info[0].value


@pytest.mark.parametrize("name", PAGES)
def test_a_server_that_is_away_is_a_sentence(
    open_page: Open, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NORTHLIGHT_WEB_URL", "postgresql://nobody@127.0.0.1:9/nowhere")
    app = open_page(f"pages/{name}.py")
    assert not app.exception
    assert "does not answer" in app.error[0].value


def test_overview_says_what_is_here_and_how_fresh(open_page: Open) -> None:
    app = open_page("pages/overview.py", collection="notes")
    assert "**91 rows** from **3 owners**" in told(app)
    assert [metric.label for metric in app.metric][:3] == ["Embedded", "On the map", "In a theme"]
    assert "1 row could not be embedded" in told(app)


def test_search_answers_the_question_of_a_deep_link(open_page: Open) -> None:
    app = open_page("pages/search.py", collection="notes", q="watering tomatoes")
    assert "searched: all rows" in told(app)
    assert "<mark" in told(app)


def test_search_keeps_to_the_filters_of_the_address(open_page: Open) -> None:
    found = {"collection": "notes", "q": "watering tomatoes", "notes.mood": "calm"}
    app = open_page("pages/search.py", **found)
    assert "searched: mood is calm" in told(app)
    assert "ben" not in "".join(element.proto.body for element in app.get("html"))


def test_search_without_a_question_says_how_to_ask(open_page: Open) -> None:
    assert "Ask anything of **Coaching notes**" in told(open_page("pages/search.py"))


def test_search_shows_what_is_like_a_row(open_page: Open) -> None:
    app = open_page("pages/search.py", collection="notes", like="76")
    assert "rows like it, nearest first" in told(app)


def test_a_row_that_is_not_there_is_a_sentence(open_page: Open) -> None:
    app = open_page("pages/search.py", collection="notes", like="4711")
    assert "no row with the id '4711'" in app.error[0].value


def test_text_is_shown_as_text(open_page: Open, engine: Engine) -> None:
    wicked = "INSERT INTO public.notes (id, body, written) VALUES (300, :body, '2026-12-01')"
    with writing(engine) as connection:
        connection.execute(text(wicked), {"body": "<img src=x onerror=alert(1)> [a](b)"})
    shown = told(open_page("pages/overview.py", collection="notes"))
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM public.notes WHERE id = 300"))
    assert "&lt;img src=x" in shown
    assert "<img src=x" not in shown


def test_the_map_says_what_it_is_made_from(open_page: Open) -> None:
    app = open_page("pages/map.py", collection="notes", q="tomatoes", colour="mood")
    assert "90 rows (all rows); " in told(app)
    assert "Map of " in told(app)
    assert "(run 1)" in told(app)


def test_filters_that_fit_nothing_on_the_map_say_so(open_page: Open) -> None:
    app = open_page("pages/map.py", **{"collection": "notes", "notes.mood": "furious"})
    assert "No row on the map fits these filters" in told(app)


def test_themes_are_listed_in_two_levels(open_page: Open) -> None:
    app = open_page("pages/themes.py", collection="notes")
    assert app.dataframe[0].value["theme"].tolist() == ["At work and at night", "Out of doors"]
    app = open_page("pages/themes.py", collection="notes", level="All themes")
    assert len(app.dataframe[0].value) == 8


def test_a_theme_opens_with_its_evidence(open_page: Open) -> None:
    app = open_page("pages/themes.py", collection="notes", theme="3")
    assert app.header[0].value == "sleep"
    assert "**15 rows**, 17% of all, from **3 owners**" in told(app)


def test_a_theme_that_is_gone_is_a_sentence(open_page: Open) -> None:
    app = open_page("pages/themes.py", collection="notes", theme="999")
    assert "There is no theme 999" in told(app)
