"""Words nobody wrote: beginnings of words, and typing mistakes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from clients.embedder import StaticEmbedder
from jobs.search.search import find
from queries.access import people, rights, sessions
from queries.access.sessions import SignIn
from queries.collection import Collection
from queries.filters import Filters
from queries.gate import Gate, Identity
from queries.search.question import parse
from queries.search.search import SearchResult
from queries.search.spelling import allowed, edits, nearest
from tests.web_login import Web, web_login
from tests.world import Row, embedded_world


@pytest.fixture(scope="module")
def collection(gate: Gate) -> Collection:
    return embedded_world(gate)


@pytest.fixture(scope="module")
def web(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_login(engine, tmp_path_factory.mktemp("home")) as made:
        yield made


def coach_of(web: Web, engine: Engine, owner: str) -> Gate:
    person = people.add(engine, "https://id.example.org", uuid4().hex, "Ana", "coach")
    rights.assign(engine, person, "playbook", [owner])
    told = SignIn(person.issuer, person.subject, uuid4().hex, datetime.now(UTC))
    session = sessions.sign_in(web.engine, web.signer, told)
    assert session is not None
    return Gate(web.engine, Identity("coach", session.person, session.epoch), web.signer)


def ask(gate: Gate, collection: Collection, question: str, mode: str = "words") -> SearchResult:
    return find(gate, collection, question, StaticEmbedder(), Filters(), mode=mode, limit=48)


def texts(result: SearchResult) -> list[str]:
    return list(result.hits["text"])


def test_a_star_finds_every_word_that_begins_so(gate: Gate, collection: Collection) -> None:
    found = texts(ask(gate, collection, "sav*"))
    assert len(found) == 3
    assert all("sav" in said for said in found)


def test_a_star_after_a_form_of_a_word_still_finds_its_other_forms(
    gate: Gate, collection: Collection
) -> None:
    assert texts(ask(gate, collection, "running*")) == texts(ask(gate, collection, "run"))


def test_words_found_by_their_beginning_are_marked(gate: Gate, collection: Collection) -> None:
    hits = ask(gate, collection, "sav*").hits
    assert {word for words in hits["words"] for word in words} == {"savings", "saved"}


def test_a_word_may_be_excluded_by_its_beginning(gate: Gate, collection: Collection) -> None:
    found = texts(ask(gate, collection, "money -sav*", "hybrid"))
    assert len(found) == 45
    assert not any("sav" in said for said in found)


@pytest.mark.parametrize("question", ["a*", "*", "**", "sleep *", "'*", "a'b*", "\\*", ":*", "x:*"])
def test_a_star_after_anything_else_is_only_text(
    gate: Gate, collection: Collection, question: str
) -> None:
    assert ask(gate, collection, question, "hybrid").mode == "hybrid"


def test_prefixes_are_not_looked_up_as_words() -> None:
    question = parse('sleep anx* "half marathon"')
    assert (question.prefixes, question.plain) == (("anx",), "sleep half marathon")
    assert question.meaning == "sleep anx half marathon"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("acount", "account"), ("kitchne", "kitchen"), ("grandmohter", "grandmother")],
)
def test_a_typing_mistake_is_mended_and_told(
    gate: Gate, collection: Collection, typed: str, meant: str
) -> None:
    result = ask(gate, collection, typed)
    assert all(meant in said for said in texts(result))
    assert result.notice == f'Nothing has "{typed}"; searched for "{meant}".'


def test_the_mended_question_is_searched_for_by_its_meaning_too(
    gate: Gate, collection: Collection
) -> None:
    meant = ask(gate, collection, "password reset", "meaning")
    assert texts(ask(gate, collection, "pasword reset", "meaning")) == texts(meant)


def test_a_word_that_rows_put_otherwise_is_no_mistake(gate: Gate) -> None:
    there = [
        Row("a", "Our wireless internet is slow in the kitchen.", "x", "ann"),
        Row("b", "The wiki has a page of recipes.", "x", "ben"),
    ]
    made = embedded_world(gate, there)
    for mode in ("hybrid", "meaning"):
        result = ask(gate, made, "slow wifi at home", mode)
        assert "searched for" not in (result.notice or "")
        assert texts(result)[0] == there[0].text


def test_a_word_in_quotes_is_meant_as_it_stands(gate: Gate, collection: Collection) -> None:
    result = ask(gate, collection, '"savngs"')
    assert result.hits.empty
    assert "searched for" not in (result.notice or "")


@pytest.mark.parametrize("typed", ["zebra", "sxvyngs", "dogs", "a1b2c3"])
def test_a_word_too_far_from_all_others_is_left_alone(
    gate: Gate, collection: Collection, typed: str
) -> None:
    assert "searched for" not in (ask(gate, collection, typed).notice or "")


def test_a_pasted_text_of_unknown_words_is_left_alone(gate: Gate, collection: Collection) -> None:
    said = "acount kitchne grandmohter pasword onoins vegtables"
    assert "searched for" not in (ask(gate, collection, said).notice or "")


def test_a_coach_is_shown_no_word_of_other_peoples_clients(
    gate: Gate, web: Web, engine: Engine
) -> None:
    there = [
        Row("a", "My insomnia is back.", "x", "mine"),
        Row("b", "Zanzibar was warm.", "x", "hers"),
    ]
    made = embedded_world(gate, there, group="playbook")
    coach = coach_of(web, engine, "mine")
    assert "searched for" not in (ask(coach, made, "zanzibr").notice or "")
    assert ask(gate, made, "zanzibr").notice == 'Nothing has "zanzibr"; searched for "zanzibar".'
    assert texts(ask(coach, made, "insomina")) == ["My insomnia is back."]


@pytest.mark.parametrize(
    ("one", "other", "mistakes"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xbcd", 2)],
)
def test_mistakes_are_counted(one: str, other: str, mistakes: int) -> None:
    assert edits(one, other) == edits(other, one) == mistakes


def test_of_words_as_near_the_commoner_is_meant() -> None:
    assert nearest("hause", [("house", 3), ("cause", 9), ("mouse", 50)]) == "cause"


def test_short_words_are_not_mended() -> None:
    assert [allowed(word) for word in ("abc", "abcd", "abcdefgh")] == [0, 1, 2]
