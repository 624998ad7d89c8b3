"""Moments of each person's own course, on a world of which the answers are known."""

import pytest
from sqlalchemy import Engine, text

from queries.access.people import identity_of
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import WORKER, Gate, writing
from queries.rows import rows
from queries.rows.moments import Moment, UnknownMoment, moments
from tests.coaching import fresh, person
from tests.web_login import web_login


@pytest.fixture(scope="module")
def answers(engine: Engine) -> Collection:
    return fresh(engine)


def counted(gate: Gate, collection: Collection, name: str, *, after: bool) -> int:
    narrowed = Filters(moment=Moment(name, after))
    return len(rows.newest(gate, collection, narrowed, 100))


@pytest.mark.parametrize(
    ("name", "before", "after"), [("first session", 0, 4), ("latest session", 2, 2)]
)
def test_rows_stand_before_or_after_what_their_owner_did(
    engine: Engine, answers: Collection, name: str, before: int, after: int
) -> None:
    gate = Gate(engine, WORKER)
    assert counted(gate, answers, name, after=False) == before
    assert counted(gate, answers, name, after=True) == after


def test_moments_are_the_same_behind_pseudonyms(
    engine: Engine, answers: Collection, tmp_path_factory: pytest.TempPathFactory
) -> None:
    analyst = person(engine, "analyst", "analyst")
    with writing(engine) as connection:
        connection.execute(
            text("INSERT INTO northlight_auth.grant_to VALUES (CAST(:id AS uuid), :name)"),
            {"id": analyst, "name": answers.name},
        )
    with web_login(engine, tmp_path_factory.mktemp("home")) as web:
        gate = Gate(web.engine, identity_of(engine, "analyst"), web.signer)
        assert counted(gate, answers, "latest session", after=False) == 2


def test_only_what_a_companion_tells_can_be_asked_for(engine: Engine, answers: Collection) -> None:
    assert "first session" in moments(answers)
    with pytest.raises(UnknownMoment, match=r"no moment 'a birthday'\. It knows: first sess"):
        counted(Gate(engine, WORKER), answers, "a birthday", after=True)


def test_a_moment_is_told_in_words(answers: Collection) -> None:
    narrowed = Filters(moment=Moment("first session", after=False))
    assert narrowed.sentence(answers) == "before their first session"
