"""Similar, run by AppTest on the seeded notes."""

from tests.pages.conftest import Open, told


def test_families_are_listed_with_their_rows(open_page: Open) -> None:
    app = open_page("pages/similar.py", collection="notes", show="Families", above="0.8")
    assert not app.exception
    assert "families of rows" in told(app)
    assert "similarity" in told(app)


def test_pairs_can_be_asked_for_across_owners(open_page: Open) -> None:
    app = open_page(
        "pages/similar.py", collection="notes", show="Pairs", above="0.5", across="owner"
    )
    assert not app.exception
    assert "of different owner" in told(app)


def test_two_rows_side_by_side_say_why(open_page: Open) -> None:
    pairs = open_page("pages/similar.py", collection="notes", show="Pairs", above="0.5")
    why = next(button for button in pairs.button if button.label == "Why")
    app = why.click().run()
    assert not app.exception
    assert "Why they are alike" in told(app)
    assert "nearest to each are the same" in told(app) or "Both have the words" in told(app)


def test_the_rows_near_a_row_are_listed(open_page: Open) -> None:
    app = open_page("pages/similar.py", collection="notes", row="1")
    assert not app.exception
    assert "The nearest 10 rows" in told(app)


def test_a_row_that_is_not_there_is_a_sentence(open_page: Open) -> None:
    app = open_page("pages/similar.py", collection="notes", row="nosuch")
    assert not app.exception
    assert "nosuch" in app.error[0].value
