"""The theme screens, the trust panel and Compare, run by AppTest on the seeded notes."""

import pandas as pd
import pytest
from sqlalchemy import Engine

from analysis.trends import Trend
from pages.shared import catalogue, theme, theme_edit, trust
from queries.maps.runs import Run
from queries.queue import jobs
from tests.pages.conftest import Open, told

RUN = Run(1, 1, "f", 100, 8, {"trustworthiness": 0.95, "neighbour_agreement": 0.1}, {}, None)


def test_each_figure_of_trust_is_a_sentence_and_a_low_one_says_what_to_do() -> None:
    themes = pd.DataFrame({"stability": [0.9, 0.6, 0.7], "separation": [0.05, 0.2, None]})
    found = {figure.name: figure for figure in trust.figures(RUN, themes)}
    assert [figure.verdict for figure in found.values()] == ["good", "low", "good", "fair", "good"]
    low = trust.line(found["Neighbours kept"])
    assert "**Neighbours kept 0.10**" in low
    assert "Trust areas, not single points" in low
    assert "Read neighbours" not in trust.line(found["Faithful picture"])
    assert trust.summary(list(found.values())) == "3 of 5 figures are good; low: neighbours kept."


def test_what_was_not_measured_is_said() -> None:
    found = list(trust.figures(Run(1, 1, "f", 100, 8, {}, {}, None), pd.DataFrame()))
    assert "was not measured" in trust.line(found[0])


def test_the_map_and_the_themes_have_the_trust_panel(open_page: Open) -> None:
    for name in ("map", "themes"):
        app = open_page(f"pages/{name}.py", collection="notes")
        assert any("Can this be trusted?" in each.label for each in app.expander)


@pytest.mark.parametrize(("share", "said"), [(0.004, "+0"), (-0.004, "+0"), (-0.126, "-13")])
def test_points_are_whole_and_never_minus_nothing(share: float, said: str) -> None:
    assert catalogue.points(share) == said


def test_how_a_theme_fares_is_told_with_its_interval() -> None:
    said = theme.lately(Trend(0.2, 0.35, 0.05, 0.26))
    assert "**35%**" in said
    assert "+15 points (95% interval +5 to +26): **growing**" in said


def test_a_theme_shows_its_border_its_people_and_its_history(open_page: Open) -> None:
    app = open_page("pages/themes.py", collection="notes", theme="3")
    assert {"Rows on its border", "History: 1 event"} <= {each.label for each in app.expander}
    assert app.dataframe[0].value["owner"].nunique() == 3
    assert "Who is in it" in told(app)


def test_a_persons_edit_is_told_with_both_names() -> None:
    event = pd.Series(
        {
            "kind": "renamed",
            "detail": {"edit": 3, "from": "a", "to": "[b](c)"},
            "made_by": "Mina",
            "created_at": pd.Timestamp("2026-03-02", tz="UTC"),
        }
    )
    assert theme_edit.told(event) == "2 March 2026: **renamed** from “a” to “b(c)”, by Mina"


def test_compare_asks_for_groups_first(open_page: Open) -> None:
    assert "Choose what makes each group" in told(open_page("pages/compare.py", collection="notes"))


def test_too_few_people_are_not_compared(open_page: Open) -> None:
    asked = {"notes.a.by": "mood", "notes.a.mood": "calm"}
    app = open_page("pages/compare.py", collection="notes", **asked)
    assert "A comparison needs at least 5 in each group" in app.error[0].value


def test_only_work_that_changes_the_screen_is_followed_there(
    open_page: Open, engine: Engine
) -> None:
    def offered() -> list[str]:
        return [button.label for button in open_page("pages/themes.py", collection="notes").button]

    release = jobs.ask(engine, "release", "notes")
    assert "Cancel" not in offered()
    fit = jobs.ask(engine, "map", "notes")
    assert "Cancel" in offered()
    for asked in (release, fit):
        jobs.cancel(engine, asked.id)
