"""The registry of screens: what is offered to whom, and in which order."""

import re

import pytest

from pages.shared import screens

OPENING = r'(?:frame|coaching)\.open_(?:page|plain|system)\("([^"]+)"'


@pytest.mark.parametrize("role", screens.EVERYBODY)
def test_everybody_is_offered_the_overview_and_nothing_of_another_role(role: str) -> None:
    offered = [each for some in screens.in_sections(role).values() for each in some]
    assert screens.named("overview") in offered
    assert all(role in each.roles for each in offered)


def test_a_role_begins_with_its_own_section() -> None:
    assert next(iter(screens.in_sections("analyst"))) == screens.MAP
    assert next(iter(screens.in_sections("product"))) == screens.FIGURES
    assert next(iter(screens.in_sections("operator"))) == screens.OPERATION


def test_the_product_team_is_offered_no_screen_of_texts() -> None:
    offered = [each.name for some in screens.in_sections("product").values() for each in some]
    assert not {"search", "map", "themes", "similar", "compare"} & set(offered)


def test_every_page_stands_in_the_list_under_the_title_it_opens_with() -> None:
    titles = {}
    for page in screens.FOLDER.glob("*.py"):
        if page.name != "__init__.py":
            opened = re.search(OPENING, page.read_text("utf-8"))
            titles[page.stem] = opened and opened[1]
    assert titles == {screen.name: screen.title for screen in screens.SCREENS}


def test_a_page_without_its_line_is_told_where_the_line_belongs() -> None:
    with pytest.raises(LookupError, match="add its line to SCREENS"):
        screens.titled("Nowhere")
