"""The groups that Compare offers, run by AppTest on the seeded notes.

Three people wrote those: too few to be compared, and the sentence that says so names the group.
"""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open, told


def compared(open_page: Open, **sides: str) -> AppTest:
    return open_page(
        "pages/compare.py",
        collection="notes",
        **{f"notes.{name[0]}.{name[2:]}": value for name, value in sides.items()},
    )


def test_before_an_event_is_compared_with_after_it(open_page: Open) -> None:
    asked = {"a_by": "before an event", "a_event": "a day", "a_day": "2026-04-15"}
    app = compared(open_page, **asked)
    assert app.selectbox("notes.b.by").value == "the other side of the event"
    assert "before 15 April 2026: 3 people" in app.error[0].value


def test_an_event_without_its_day_is_asked_for(open_page: Open) -> None:
    app = compared(open_page, a_by="after an event")
    assert not app.exception
    assert "Choose what makes each group" in told(app)


def test_a_saved_view_is_a_group_with_its_filters(open_page: Open) -> None:
    shown = open_page("pages/map.py", collection="notes", **{"notes.mood": "calm"})
    shown.text_input[-1].set_value("The calm ones")
    next(button for button in shown.button if button.label == "Save").click().run()
    code = next(one.value for one in shown.code).rpartition("=")[2]
    app = compared(open_page, a_by="saved view", a_view=code)
    assert app.selectbox("notes.a.view").value == code
    assert "mood is calm" in app.error[0].value
