"""Views that people keep: whose they are, who sees them, and what they leave out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from queries.collection import Collection
from queries.gate import WORKER, Gate, Identity, writing
from queries.maps import saved_views
from queries.maps.saved_views import NoName
from queries.systems.demo_people import ensure_demo_people
from tests.web_login import Web, web_login


@pytest.fixture(scope="module")
def web(engine: Engine, world: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    assert world.identity == WORKER
    ensure_demo_people(engine)
    with writing(engine) as connection:
        for name in ("one", "other"):
            for role in ("analyst", "coach"):
                connection.execute(
                    text(
                        "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
                        "VALUES ('tests', :name || :role, :name, :role)"
                    ),
                    {"name": name, "role": role},
                )
    with web_login(engine, tmp_path_factory.mktemp("home")) as made:
        yield made


def gate_of(web: Web, engine: Engine, name: str, role: str) -> Gate:
    with writing(engine) as connection:
        person = connection.execute(
            text("SELECT id::text, epoch FROM northlight_auth.person WHERE subject = :s"),
            {"s": name + role},
        ).one()
    return Gate(web.engine, Identity(role, person.id, person.epoch), web.signer)


def test_a_view_is_kept_without_an_owner_and_dropped(
    web: Web, engine: Engine, notes: Collection
) -> None:
    mine = gate_of(web, engine, "one", "analyst")
    address = {"sel": "AAQA", "notes.owner": "ana", "notes.mood": "calm"}
    code = saved_views.save(mine, notes, "  Calm  nights ", address, shared=False)
    [view] = saved_views.views(mine, notes)
    assert (view.code, view.name, view.mine) == (code, "Calm nights", True)
    assert view.address == {"sel": "AAQA", "notes.mood": "calm"}
    assert saved_views.forget(mine, code)
    assert saved_views.views(mine, notes) == []


@pytest.mark.parametrize(("role", "seen"), [("analyst", ["shared"]), ("coach", [])])
def test_others_of_the_role_see_what_is_shared_but_never_a_coachs(
    web: Web, engine: Engine, notes: Collection, role: str, seen: list[str]
) -> None:
    mine, other = (gate_of(web, engine, name, role) for name in ("one", "other"))
    for name in ("own", "shared"):
        saved_views.save(mine, notes, name, {}, shared=name == "shared")
    assert sorted(view.name for view in saved_views.views(mine, notes)) == ["own", "shared"]
    assert [view.name for view in saved_views.views(other, notes)] == seen
    for view in saved_views.views(mine, notes):
        assert not saved_views.forget(other, view.code)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_view_needs_a_name(web: Web, engine: Engine, notes: Collection, name: str) -> None:
    with pytest.raises(NoName):
        saved_views.save(gate_of(web, engine, "one", "analyst"), notes, name, {}, shared=False)
