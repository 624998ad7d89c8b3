"""The list of screens: which there are, who they are for, and links from one to another.

A new screen is a line in SCREENS. A screen that is not for a role is not offered to it; who follows
a link there is told so by the frame. What anybody may read is decided by the database alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).resolve().parent.parent
PARTS = FOLDER / "shared"
ICON = PARTS / "icon.png"
LOGO = PARTS / "logo.svg"

ROLES = {
    "coach": "coach",
    "analyst": "analyst",
    "product": "product team",
    "engineer": "engineer",
    "operator": "operator",
}
EVERYBODY = tuple(ROLES)
READERS = ("coach", "analyst", "engineer", "operator")  # of text; the product team reads figures

CLIENTS, START, MAP, SYSTEMS = "Clients", "Start", "Explore", "Systems"
FIGURES, OPERATION = "Figures", "Operation"
# The section that a role begins with; the others follow in the order of SCREENS.
FIRST = {
    "coach": CLIENTS,
    "analyst": MAP,
    "product": FIGURES,
    "engineer": SYSTEMS,
    "operator": OPERATION,
}


@dataclass(frozen=True)
class Screen:
    """A file of `pages/`, what it is called, where it is listed, and the roles it is for."""

    name: str
    title: str
    section: str
    roles: tuple[str, ...] = READERS
    charts: bool = False  # opens with one: what draws it is fetched while the page is worked out

    @property
    def file(self) -> Path:
        """Where it is."""
        return FOLDER / f"{self.name}.py"


# No icons here: the browser would fetch them from outside to decorate its tab.
SCREENS = (
    Screen("overview", "Overview", START, EVERYBODY),
    Screen("search", "Search", START),
    Screen("everywhere", "Everywhere", START),
    Screen("similar", "Similar", START),
    Screen("clients", "Clients", CLIENTS, ("coach",)),
    Screen("client", "Client", CLIENTS, ("coach",), charts=True),
    Screen("brief", "Brief", CLIENTS, ("coach",)),
    Screen("progress", "Progress", CLIENTS, ("coach", "analyst"), charts=True),
    Screen("map", "Map", MAP),
    Screen("themes", "Themes", MAP, charts=True),
    Screen("compare", "Compare", MAP, charts=True),
    Screen("patterns", "Patterns", SYSTEMS, ("engineer", "analyst", "operator")),
    Screen("repository", "Repository", SYSTEMS, ("engineer", "analyst", "operator")),
    Screen("community", "Community", SYSTEMS, ("engineer", "analyst", "operator")),
    Screen("twin", "Twin", SYSTEMS, ("analyst", "operator")),
    Screen("usage", "Usage", FIGURES, ("product",)),
    Screen("released", "Released figures", FIGURES, ("product",)),
    Screen("health", "Health", OPERATION, ("operator",)),
    Screen("audit", "Audit", OPERATION, ("operator",)),
)
_BY_NAME = {screen.name: screen for screen in SCREENS}


def named(name: str) -> Screen | None:
    """The screen of that name, as it stands in the address."""
    return _BY_NAME.get(name)


def titled(title: str) -> Screen:
    """The screen of that title. Raises LookupError for a page that is not in SCREENS."""
    for screen in SCREENS:
        if screen.title == title:
            return screen
    raise LookupError(f"No screen is called {title!r}: add its line to SCREENS in {__file__}.")


def in_sections(role: str) -> dict[str, list[Screen]]:
    """The screens of a role by section, the section that it begins with first."""
    offered = [screen for screen in SCREENS if role in screen.roles]
    sections: dict[str, list[Screen]] = {FIRST[role]: []}
    for screen in offered:
        sections.setdefault(screen.section, []).append(screen)
    return {section: screens for section, screens in sections.items() if screens}


def listed(role: str | None) -> st.Page:
    """List the screens of the role in the sidebar, or none of them; the one that was asked for.

    All are known all the same, so that every address is answered by its own page.
    """
    shown = in_sections(role) if role else {}
    seen = {screen for screens in shown.values() for screen in screens}
    sections = {section: [_page(each) for each in screens] for section, screens in shown.items()}
    rest = [_page(screen, hidden=True) for screen in SCREENS if screen not in seen]
    last = next(reversed(sections), START)
    return st.navigation({**sections, last: [*sections.get(last, []), *rest]}, expanded=True)


def _page(screen: Screen, *, hidden: bool = False) -> st.Page:
    return st.Page(
        str(screen.file),
        title=screen.title,
        default=screen.name == "overview",
        visibility="hidden" if hidden else "visible",
    )


def link(name: str, label: str, icon: str | None = None, **parameters: str | int) -> None:
    """A link to another screen that says what it opens there, and keeps the collection."""
    kept = st.query_params.to_dict() | _told(parameters)
    st.page_link(str(FOLDER / f"{name}.py"), label=label, icon=icon, query_params=kept)


def reopen(label: str, key: str, icon: str | None = None, **parameters: str | int) -> None:
    """A button that opens something else on the same screen.

    A link to the page it stands on leaves the browser's address as it was (Streamlit 1.67).
    """
    st.button(
        label,
        key=key,
        icon=icon,
        type="tertiary",
        on_click=st.query_params.update,
        args=(_told(parameters),),
    )


def _told(parameters: Mapping[str, str | int]) -> dict[str, str]:
    return {name: str(value) for name, value in parameters.items()}
