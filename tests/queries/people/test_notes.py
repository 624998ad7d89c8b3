"""A coach's notes are that coach's alone, while the client is theirs, and go with the client."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from queries.access.people import identity_of
from queries.access.people import person as named
from queries.access.rights import unassign
from queries.access.token import Signer
from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate, writing
from queries.people import notes
from queries.people.erasure import erase
from queries.people.notes import NoteRefused
from queries.people.person_export import exported
from tests.coaching import fresh, person
from tests.web_login import web_login


@pytest.fixture(scope="module")
def responses(engine: Engine) -> Collection:
    made = fresh(engine)
    person(engine, "mine", "coach", ["ana", "ben"])
    person(engine, "other", "coach", ["ana"])
    person(engine, "analyst", "analyst")
    return made


@pytest.fixture(scope="module")
def door(engine: Engine, tmp_path_factory: pytest.TempPathFactory):
    with web_login(engine, tmp_path_factory.mktemp("home")) as web:
        yield web.engine, web.signer


@pytest.fixture
def as_(engine: Engine, door: tuple[Engine, Signer]):
    return lambda who: Gate(door[0], identity_of(engine, who), door[1])


def said(gate: Gate, collection: Collection, owner: str = "ana") -> list[str]:
    return notes.own_notes(gate, collection, owner)["said"].tolist()


def test_a_note_is_its_coachs_alone(as_, responses: Collection) -> None:
    note = notes.write_note(as_("mine"), responses, "ana", "  Ask about the river. ")
    assert said(as_("mine"), responses) == ["Ask about the river."]
    assert said(as_("other"), responses) == []
    assert not notes.change_note(as_("other"), note, "mine now")
    assert not notes.remove_note(as_("other"), note)
    assert notes.change_note(as_("mine"), note, "Ask about the rain.")
    assert said(as_("mine"), responses) == ["Ask about the rain."]
    assert notes.remove_note(as_("mine"), note)
    assert said(as_("mine"), responses) == []


def test_nobody_writes_about_somebody_elses_client(as_, responses: Collection) -> None:
    with pytest.raises((QueryError, DBAPIError)):
        notes.write_note(as_("other"), responses, "ben", "what I heard")
    with pytest.raises((QueryError, DBAPIError)):
        notes.write_note(as_("analyst"), responses, "ana", "what I heard")


def test_a_note_without_words_is_refused_with_a_sentence(as_, responses: Collection) -> None:
    with pytest.raises(NoteRefused, match="1 to 20,000 letters"):
        notes.write_note(as_("mine"), responses, "ana", "   ")


def test_no_reader_may_select_the_table(as_) -> None:
    with pytest.raises((QueryError, DBAPIError)):
        as_("mine").value(text("SELECT count(*) FROM northlight_auth.note"))


def test_the_persons_export_says_who_keeps_how_many_and_no_word(
    as_, engine: Engine, responses: Collection
) -> None:
    for said_of in ("Ask about the river.", "A secret guess."):
        notes.write_note(as_("mine"), responses, "ben", said_of)
    found = exported(engine, "playbook", "ben")
    assert found["northlight"]["notes"] == [{"coach": "mine", "notes": 2}]
    assert "secret guess" not in str(found)


def test_a_client_who_goes_to_another_coach_takes_the_notes_out_of_sight(
    engine: Engine, as_, responses: Collection
) -> None:
    note = notes.write_note(as_("mine"), responses, "ben", "Late again.")
    unassign(engine, named(engine, "mine"), "playbook", ["ben"])
    assert said(as_("mine"), responses, "ben") == []
    assert not notes.remove_note(as_("mine"), note)


def test_erasure_takes_the_notes(engine: Engine, as_, responses: Collection) -> None:
    notes.write_note(as_("mine"), responses, "ana", "Gone with her.")
    report = erase(engine, "playbook", "ana", "tests")
    assert report.removed["northlight_auth.note"] == 1
    with writing(engine) as connection:
        left = connection.execute(
            text("SELECT count(*) FROM northlight_auth.note WHERE owner = 'ana'")
        )
        assert left.scalar() == 0
