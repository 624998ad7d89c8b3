"""Counts beside the values of the filters: as many rows as choosing the value shows."""

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from pages.shared.value_counts import Counted
from queries.gate import writing
from tests.pages.conftest import Open

PAGE = "pages/search.py"


def labels(app: AppTest, key: str) -> dict[str, int]:
    """What a multiselect offers: value -> count."""
    parts = (label.split(" · ") for label in app.multiselect(key=key).options)
    return {value: int(count) for value, count in parts}


def rows(engine: Engine, condition: str) -> int:
    with writing(engine) as connection:
        found = connection.execute(text(f"SELECT count(*) FROM public.notes WHERE {condition}"))
        return int(found.scalar_one())


@pytest.mark.parametrize(
    ("address", "condition"),
    [
        ({}, "true"),
        ({"notes.owner": "ana"}, "person = 'ana'"),
        ({"notes.since": "2026-04-01"}, "written >= '2026-04-01'"),
        ({"notes.mood": "calm"}, "true"),  # its own choice leaves the others to be chosen
    ],
)
def test_each_count_is_the_rows_of_that_value_under_the_other_filters(
    open_page: Open, engine: Engine, address: dict[str, str], condition: str
) -> None:
    shown = labels(open_page(PAGE, collection="notes", **address), "notes.mood")
    told = {mood: rows(engine, f"{condition} AND mood = '{mood}'") for mood in shown}
    assert shown == told
    assert sum(shown.values()) == rows(engine, f"{condition} AND mood IS NOT NULL")


def test_the_counts_of_one_facet_follow_the_choice_in_another(
    open_page: Open, engine: Engine
) -> None:
    app = open_page(PAGE, collection="notes")
    app = app.multiselect(key="notes.mood").select("calm").run()
    shown = labels(app, "notes.tags")
    assert shown
    for tag, count in shown.items():
        assert count == rows(engine, f"mood = 'calm' AND '{tag}' = ANY (tags)")
    assert app.query_params["notes.mood"] == "calm"


def test_a_label_with_an_older_count_is_still_its_value() -> None:
    counted = Counted({"calm": 3, "a · 4": 1})
    assert counted.value("calm · 1,200") == "calm"
    assert counted.value("a · 4") == "a · 4"
    assert counted.value("new · 7") == "new · 7"


def test_an_estimate_says_so() -> None:
    assert Counted({"calm": 1600}, estimated=True).label("calm") == "calm · about 1,600"
