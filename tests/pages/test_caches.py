"""What was read for one person is shown to nobody else, though the process is the same."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from pages.shared.identity import VIEW_AS
from queries.gate import writing
from tests.pages.conftest import Open, told

# Every note begins with its writer's name, so a name tells whose note is shown.
CLIENTS = {"ines": "Ana:", "tomasz": "Ben:"}
TEXTS = {
    "overview": {"collection": "notes"},
    "search": {"collection": "notes", "q": "watering tomatoes"},
    "everywhere": {"q": "watering tomatoes"},
}
FIGURES = {name: {"collection": "notes"} for name in ("map", "themes", "compare", "similar")}


@pytest.fixture
def own_clients(seeded: str, engine: Engine) -> Iterator[None]:  # noqa: ARG001
    """Each of two coaches has one client."""
    give = text(
        "INSERT INTO northlight_auth.assignment (coach_id, system, owner) "
        "SELECT id, 'playbook', :owner FROM northlight_auth.person WHERE subject = :coach"
    )
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM northlight_auth.assignment"))
        for coach, name in CLIENTS.items():
            connection.execute(give, {"coach": coach, "owner": name.strip(":").lower()})
    yield
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM northlight_auth.assignment"))


def as_coach(open_page: Open, who: str, name: str) -> AppTest:
    """The page as that coach sees it; choosing who looks forgets what the address said."""
    app = open_page(f"pages/{name}.py")
    app.sidebar.selectbox(VIEW_AS).select(who).run()
    for key, value in (TEXTS | FIGURES)[name].items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def everything(app: AppTest) -> str:
    return "\n".join([told(app), *(table.value.to_string() for table in app.dataframe)])


@pytest.mark.usefixtures("own_clients")
@pytest.mark.parametrize("name", [*TEXTS, *FIGURES])
def test_what_one_coach_was_shown_no_other_is(open_page: Open, name: str) -> None:
    for who in ("ines", "tomasz", "ines"):
        shown = everything(as_coach(open_page, who, name))
        strangers = [name for coach, name in CLIENTS.items() if coach != who]
        assert not [stranger for stranger in (*strangers, "Cleo:") if stranger in shown]
        if name in TEXTS:
            assert CLIENTS[who] in shown
