"""What people ask for from a screen: only who may, and the worker does it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from jobs.worker.work import Worker, work
from queries.collection import Collection
from queries.errors import IdentityRefused
from queries.gate import WORKER, Gate, Identity, writing
from queries.queue import asking
from queries.systems.demo_people import ensure_demo_people
from queries.themes import theme_edits, themes
from tests.web_login import Web, web_login


@pytest.fixture(scope="module")
def web(engine: Engine, world: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    assert world.identity == WORKER
    ensure_demo_people(engine)
    with web_login(engine, tmp_path_factory.mktemp("home")) as made:
        yield made


def gate_of(web: Web, engine: Engine, role: str) -> Gate:
    """Somebody of that role, at the web login."""
    with writing(engine) as connection:
        person = connection.execute(
            text("SELECT id::text, epoch FROM northlight_auth.person WHERE role = :r LIMIT 1"),
            {"r": role},
        ).one()
    return Gate(web.engine, Identity(role, person.id, person.epoch), web.signer)


def worked(engine: Engine) -> None:
    work(Worker(Gate(engine, WORKER), lambda _said: None), once=True)


def theme_named(gate: Gate, notes: Collection, name: str) -> int:
    found = themes.themes(gate, notes)
    return int(found.loc[found["name"] == name, "id"].iat[0])


def test_an_analyst_renames_a_theme_and_undoes_it(
    web: Web, engine: Engine, notes: Collection
) -> None:
    mina, worker = gate_of(web, engine, "analyst"), Gate(engine, WORKER)
    theme = theme_named(worker, notes, "garden")
    job = asking.ask_theme(mina, notes, "rename", theme, name="Beds and tomatoes")
    waiting = asking.answer(mina, job)
    assert waiting is not None
    assert waiting.granted is None
    worked(engine)
    done = asking.answer(mina, job)
    assert done is not None
    assert done.granted
    assert theme_named(mina, notes, "Beds and tomatoes") == theme
    edit = theme_edits.edits(worker, notes).iloc[0]
    assert edit["made_by"] != "the command line"
    asking.ask_theme(mina, notes, "undo", int(edit["id"]))
    worked(engine)
    assert theme_named(mina, notes, "garden") == theme


def test_a_refusal_reaches_who_wished_and_the_queue_names_nothing(
    web: Web, engine: Engine, notes: Collection
) -> None:
    mina, other = gate_of(web, engine, "analyst"), gate_of(web, engine, "engineer")
    theme = theme_named(mina, notes, "garden")
    job = asking.ask_theme(mina, notes, "rename", theme, name="money")
    worked(engine)
    told = asking.answer(mina, job)
    assert told is not None
    assert told.granted is False
    assert "'money'" in (told.answer or "")
    [shown] = [one for one in asking.work_on(mina, notes, job) if one.id == job]
    assert (shown.state, "money" in shown.message) == ("done", False)
    assert asking.work_on(other, notes, job) == []
    assert asking.answer(other, job) is None


@pytest.mark.parametrize("role", ["coach", "product"])
def test_others_ask_for_nothing(web: Web, engine: Engine, notes: Collection, role: str) -> None:
    gate = gate_of(web, engine, role)
    assert asking.map_state(gate, notes) is None
    assert asking.work_on(gate, notes) == []
    for ask in (
        lambda: asking.ask_map(gate, notes, "propose"),
        lambda: asking.ask_theme(gate, notes, "pin", 1),
        lambda: asking.cancel(gate, 1),
    ):
        with pytest.raises(Exception, match="permission denied"):
            ask()


def test_an_engineer_without_the_collection_is_refused(
    web: Web, engine: Engine, notes: Collection
) -> None:
    with pytest.raises(IdentityRefused):
        asking.ask_map(gate_of(web, engine, "engineer"), notes, "propose")


def test_an_operator_has_maps_made_but_changes_no_theme_unread(
    web: Web, engine: Engine, notes: Collection
) -> None:
    gate = gate_of(web, engine, "operator")
    assert asking.map_state(gate, notes) is not None
    job = asking.ask_map(gate, notes, "back")
    assert asking.ask_map(gate, notes, "back") == job  # asking twice is one job
    assert asking.cancel(gate, job)
    assert [one.state for one in asking.work_on(gate, notes, job)] == ["cancelled"]
    with pytest.raises(IdentityRefused):
        asking.ask_theme(gate, notes, "pin", 1)


def test_a_proposal_is_made_looked_at_and_accepted(
    web: Web, engine: Engine, notes: Collection
) -> None:
    from queries.maps import points

    mina = gate_of(web, engine, "analyst")
    asking.ask_map(mina, notes, "propose")
    worked(engine)
    state = asking.map_state(mina, notes)
    assert state is not None
    assert state.proposed is not None
    assert state.told["rows"] == 90
    drawn = points.proposed(mina, notes)
    assert len(drawn) == 90
    before = points.extent(mina, notes, state.proposed)
    assert before is not None
    asking.ask_map(mina, notes, "accept")
    worked(engine)
    now = asking.map_state(mina, notes)
    assert now is not None
    assert (now.proposed, now.has_earlier) == (None, True)
