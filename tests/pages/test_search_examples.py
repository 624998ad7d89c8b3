"""Search from examples on the page: marked hits and passages, with their ids in the address."""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open, told

PAGE = "pages/search.py"


def click(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def first(app: AppTest, kind: str) -> str:
    """The id of the first hit that can be marked so."""
    keys = (str(button.key) for button in app.button)
    return next(key for key in keys if key.startswith(f"{kind}-")).removeprefix(f"{kind}-")


def cards(app: AppTest) -> list[str]:
    return [element.proto.body for element in app.get("html")]


def test_hits_are_marked_and_taken_back(open_page: Open) -> None:
    app = open_page(PAGE, collection="notes", q="watering tomatoes")
    good = first(app, "good")
    app = click(app, f"good-{good}")
    assert app.query_params["good"] == good  # AppTest gives a single value bare
    assert "near 1 good example and the question" in told(app)
    bad = first(app, "bad")
    assert bad != good  # an example is not among what it finds
    app = click(app, f"bad-{bad}")
    assert "away from 1 bad one" in told(app)
    app = click(app, f"ungood-{good}")
    assert "near the question, away from 1 bad one" in told(app)
    app = click(app, f"unbad-{bad}")
    assert "best rows by meaning and words" in told(app)


def test_examples_come_with_a_link(open_page: Open) -> None:
    app = open_page(PAGE, collection="notes", good="76")
    assert "20 rows near 1 good example; searched" in told(app)
    assert "planting tomatoes" in cards(app)[0]


def test_the_row_that_others_are_like_is_a_good_example_of_the_next_search(open_page: Open) -> None:
    app = open_page(PAGE, collection="notes", like="76")
    other = first(app, "good")
    app = click(app, f"good-{other}")
    assert app.query_params["good"] == ["76", other]
    assert "like" not in app.query_params


def test_rows_like_a_passage_leave_out_the_row_it_is_from(open_page: Open) -> None:
    app = open_page(PAGE, collection="notes", q="nobody else noticed")
    row = first(app, "passage")
    app = click(app, f"passage-{row}")
    assert app.query_params["like"] == row
    assert "20 rows like the passage; searched" in told(app)
    assert f"good-{row}" not in [button.key for button in app.button]
    app = next(each for each in app.button if each.label == "Back to the question").click().run()
    assert "best rows by meaning and words" in told(app)


def test_an_example_or_passage_out_of_reach_is_a_sentence(open_page: Open) -> None:
    for address in ({"good": "4711"}, {"like": "4711", "part": "0"}, {"like": "76", "part": "99"}):
        app = open_page(PAGE, collection="notes", **address)
        assert "no row with the id" in app.error[0].value
        assert not app.exception


def test_bad_examples_alone_are_refused_with_what_to_do(open_page: Open) -> None:
    app = open_page(PAGE, collection="notes", bad="76")
    assert "Choose at least one row" in app.error[0].value
