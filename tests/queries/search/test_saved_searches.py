"""Searches and questions that people keep: seen by nobody else, and gone when they are to go."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from queries.collection import Collection
from queries.gate import WORKER, Gate, Identity, writing
from queries.maps import saved_views
from queries.maps.saved_views import NoName
from queries.people.own_tables import forget_owner
from queries.search import asked_questions, saved_searches
from queries.search.saved_searches import LONGEST_QUESTION, QuestionTooLong
from tests.web_login import Web, web_login

ASKED = "who lies awake at night?"


@pytest.fixture(scope="module")
def web(engine: Engine, world: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    assert world.identity == WORKER
    with writing(engine) as connection:
        for name in ("keeper", "neighbour"):
            connection.execute(
                text(
                    "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
                    "VALUES ('tests', :name, :name, 'analyst')"
                ),
                {"name": name},
            )
    with web_login(engine, tmp_path_factory.mktemp("home")) as made:
        yield made


def gate_of(web: Web, engine: Engine, name: str) -> Gate:
    with writing(engine) as connection:
        person = connection.execute(
            text("SELECT id::text, epoch FROM northlight_auth.person WHERE subject = :s"),
            {"s": name},
        ).one()
    return Gate(web.engine, Identity("analyst", person.id, person.epoch), web.signer)


@pytest.fixture
def mine(web: Web, engine: Engine) -> Iterator[Gate]:
    yield gate_of(web, engine, "keeper")
    with writing(engine) as connection:
        for table in ("saved_view", "asked_question", "no_history"):
            connection.execute(text(f"DELETE FROM northlight.{table}"))


@pytest.fixture
def other(web: Web, engine: Engine) -> Gate:
    return gate_of(web, engine, "neighbour")


def test_a_search_keeps_its_question_and_filters_but_no_owner(
    mine: Gate, notes: Collection
) -> None:
    address = {"notes.mood": ["calm", "glad"], "notes.owner": ["ana"], "by": ["Meaning"]}
    code = saved_searches.save(mine, notes, " At  night ", ASKED, address)
    [search] = saved_searches.searches(mine)
    assert (search.code, search.collection, search.name) == (code, "notes", "At night")
    assert search.question == ASKED
    assert search.address == {"notes.mood": ["calm", "glad"], "by": ["Meaning"]}
    assert saved_views.forget(mine, code)
    assert saved_searches.searches(mine) == []


def test_nobody_else_sees_opens_or_drops_a_search(
    mine: Gate, other: Gate, notes: Collection
) -> None:
    code = saved_searches.save(mine, notes, "Mine", ASKED, {})
    assert saved_searches.searches(other) == []
    assert saved_views.views(other, notes) == []
    assert saved_searches.see(other, code) is None
    assert not saved_views.forget(other, code)


def test_a_search_is_no_view_of_the_map(mine: Gate, notes: Collection) -> None:
    saved_searches.save(mine, notes, "Mine", ASKED, {})
    assert saved_views.views(mine, notes) == []


def test_to_see_a_search_says_when_it_was_seen_before(mine: Gate, notes: Collection) -> None:
    code = saved_searches.save(mine, notes, "Mine", ASKED, {})
    [made] = saved_searches.searches(mine)
    assert saved_searches.see(mine, code) == made.seen_at
    [seen] = saved_searches.searches(mine)
    assert seen.seen_at > made.seen_at


@pytest.mark.parametrize(
    ("name", "question", "refusal"),
    [
        (" ", ASKED, NoName),
        ("Long", "x" * (LONGEST_QUESTION + 1), QuestionTooLong),
        ("Empty", "", QuestionTooLong),
    ],
)
def test_what_cannot_be_kept_is_said(
    mine: Gate, notes: Collection, name: str, question: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        saved_searches.save(mine, notes, name, question, {})


def test_questions_are_kept_once_the_latest_first(
    mine: Gate, other: Gate, notes: Collection
) -> None:
    for question in ("one", "two\x00", "one"):
        asked_questions.note(mine, notes, question, "hybrid")
    found = asked_questions.asked(mine, notes)
    assert [each.question for each in found] == ["one", "two\ufffd"]
    assert asked_questions.asked(other, notes) == []


def test_thirty_questions_are_kept_and_for_thirty_days(
    mine: Gate, engine: Engine, notes: Collection
) -> None:
    for number in range(32):
        asked_questions.note(mine, notes, f"question {number}", "words")
    found = asked_questions.asked(mine, notes)
    assert [found[0].question, found[-1].question] == ["question 31", "question 2"]
    with writing(engine) as connection:
        older = "UPDATE northlight.asked_question SET asked_at = asked_at - interval '31 days'"
        connection.execute(text(older))
    assert asked_questions.asked(mine, notes) == []
    asked_questions.note(mine, notes, "today", "words")
    with writing(engine) as connection:
        left = connection.execute(text("SELECT count(*) FROM northlight.asked_question"))
        assert left.scalar_one() == 1


def test_questions_can_be_cleared_and_not_kept_at_all(
    mine: Gate, other: Gate, notes: Collection
) -> None:
    for gate in (mine, other):
        asked_questions.note(gate, notes, "one", "hybrid")
    asked_questions.forget_all(mine)
    assert asked_questions.asked(mine, notes) == []
    asked_questions.keep(mine, False)
    asked_questions.note(mine, notes, "two", "hybrid")
    assert asked_questions.asked(mine, notes) == []
    assert not asked_questions.are_kept(mine)
    asked_questions.keep(mine, True)
    asked_questions.note(mine, notes, "three", "hybrid")
    assert [each.question for each in asked_questions.asked(mine, notes)] == ["three"]
    assert [each.question for each in asked_questions.asked(other, notes)] == ["one"]


def test_questions_that_name_somebody_who_is_erased_go_too(
    mine: Gate, engine: Engine, notes: Collection
) -> None:
    for question in ("what did zqada say", "what did others say"):
        asked_questions.note(mine, notes, question, "hybrid")
        saved_searches.save(mine, notes, "kept", question, {})
    with writing(engine) as connection:
        forget_owner(connection, "playbook", "zqada")
    left = ["what did others say"]
    assert [each.question for each in asked_questions.asked(mine, notes)] == left
    assert [each.question for each in saved_searches.searches(mine)] == left


def test_what_a_person_kept_goes_with_the_person(
    web: Web, engine: Engine, mine: Gate, notes: Collection
) -> None:
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO northlight_auth.person (issuer, subject, name, role) "
                "VALUES ('tests', 'leaver', 'leaver', 'analyst')"
            )
        )
    leaver = gate_of(web, engine, "leaver")
    saved_searches.save(leaver, notes, "Mine", ASKED, {})
    asked_questions.note(leaver, notes, ASKED, "hybrid")
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM northlight_auth.person WHERE subject = 'leaver'"))
        for table in ("saved_view", "asked_question"):
            rows = connection.execute(text(f"SELECT count(*) FROM northlight.{table}"))
            assert rows.scalar_one() == 0
    assert saved_searches.searches(mine) == []
