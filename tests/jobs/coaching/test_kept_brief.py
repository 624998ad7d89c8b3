"""A model's brief is kept for its coach, shown as far as it stands, and goes with the client."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from jobs.coaching import kept_brief
from jobs.coaching.brief import Author, Brief, Passage, Sentence
from jobs.coaching.brief_text import head
from queries.access.people import identity_of
from queries.access.people import person as named
from queries.access.rights import unassign
from queries.collection import Collection
from queries.errors import QueryError
from queries.gate import Gate, writing
from queries.people import clients, kept_briefs
from queries.people.erasure import erase
from queries.people.forgetting import forget
from queries.people.person_export import exported
from tests.coaching import fresh, person
from tests.web_login import Web, web_login

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
RIVER, RAIN = "The walk by the river did me good.", "Again the river, and rain."


@pytest.fixture
def responses(engine: Engine) -> Collection:
    """The small world anew for each test: they erase and rewrite."""
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM northlight_auth.person WHERE issuer = 'tests'"))
        connection.execute(
            text(
                "TRUNCATE playbook.exercises, playbook.user_profiles, "
                "playbook.playbook_entries, playbook.user_sessions, playbook.media_assets CASCADE"
            )
        )
        connection.execute(text("DELETE FROM northlight_auth.erasure"))
    made = fresh(engine)
    person(engine, "mine", "coach", ["ana", "ben"])
    person(engine, "other", "coach", ["ana"])
    person(engine, "analyst", "analyst")
    return made


@pytest.fixture(scope="module")
def door(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web_login(engine, tmp_path_factory.mktemp("home")) as web:
        yield web


@pytest.fixture
def as_(engine: Engine, door: Web):
    return lambda who: Gate(door.engine, identity_of(engine, who), door.signer)


@pytest.fixture
def made(as_, responses: Collection) -> Brief:
    """A brief of two sentences, the second on two texts, kept by the first coach."""
    answers = clients.answers(as_("mine"), responses, "ana")

    def passage(quote: str) -> Passage:
        row = next(r for r in answers.itertuples() if r.text and quote in r.text)
        return Passage("responses", str(row.row_id), row.time.to_pydatetime(), "Walk", quote)

    river, rain = passage(RIVER), passage(RAIN)
    sections = {
        "Mood": (Sentence("Walking helped.", (river,)),),
        "Themes": (Sentence("The river comes back.", (river, rain)),),
    }
    author = Author("a model", 1, NOON, answers["time"].max().to_pydatetime(), {"not as asked": 2})
    told = Brief(NOON, True, None, sections, author)
    kept_brief.keep(as_("mine"), responses, "ana", told)
    return told


def count(engine: Engine, table: str) -> int:
    with writing(engine) as connection:
        return connection.execute(
            text(f"SELECT count(*) FROM northlight_auth.{table}")
        ).scalar_one()


def test_it_is_there_again_as_it_was_written(as_, responses: Collection, made: Brief) -> None:
    found = kept_brief.kept(as_("mine"), responses, "ana")
    assert found is not None
    assert found.author is not None
    assert replace(found, author=None) == replace(made, author=None)
    assert (found.author.model, found.author.prompt_version) == ("a model", 1)
    assert found.author.left_out == {"not as asked": 2}


def test_a_later_one_takes_its_place(as_, engine, responses: Collection, made: Brief) -> None:
    later = replace(made, sections={"Mood": made.sections["Mood"]})
    kept_brief.keep(as_("mine"), responses, "ana", later)
    found = kept_brief.kept(as_("mine"), responses, "ana")
    assert found is not None
    assert found.sections == later.sections
    assert count(engine, "brief") == 1


@pytest.mark.usefixtures("made")
def test_what_no_longer_matches_its_text_is_left_out_and_counted(
    as_, engine: Engine, responses: Collection
) -> None:
    with writing(engine) as connection:
        connection.execute(
            text(
                "UPDATE playbook.exercise_responses SET response_text = 'Dry.' "
                "WHERE starts_with(response_text, :rain)"
            ),
            {"rain": RAIN},
        )
    found = kept_brief.kept(as_("mine"), responses, "ana")
    assert found is not None
    assert list(found.sections) == ["Mood"]
    assert f"3 sentences were left out: 2 not as asked; 1 {kept_brief.GONE}" in head(found)


@pytest.mark.usefixtures("made")
def test_nobody_else_reads_drops_or_writes_it(as_, responses: Collection) -> None:
    assert kept_brief.kept(as_("other"), responses, "ana") is None
    assert not kept_briefs.drop_brief(as_("other"), responses, "ana")
    with pytest.raises((QueryError, DBAPIError)):
        kept_brief.kept(as_("analyst"), responses, "ana")
    with pytest.raises((QueryError, DBAPIError)):
        as_("mine").value(text("SELECT count(*) FROM northlight_auth.brief"))
    assert kept_brief.kept(as_("mine"), responses, "ana") is not None


def test_none_is_kept_about_somebody_elses_client(as_, responses, made: Brief) -> None:
    with pytest.raises(QueryError):
        kept_brief.keep(as_("other"), responses, "ben", made)


@pytest.mark.usefixtures("made")
def test_a_client_who_goes_to_another_coach_takes_it_out_of_sight(
    as_, engine: Engine, responses: Collection
) -> None:
    unassign(engine, named(engine, "mine"), "playbook", ["ana"])
    assert kept_brief.kept(as_("mine"), responses, "ana") is None
    assert not kept_briefs.drop_brief(as_("mine"), responses, "ana")


@pytest.mark.usefixtures("made")
def test_it_is_dropped_on_the_coachs_word(as_, engine: Engine, responses: Collection) -> None:
    assert kept_briefs.drop_brief(as_("mine"), responses, "ana")
    assert kept_brief.kept(as_("mine"), responses, "ana") is None
    assert [count(engine, name) for name in TABLES] == [0, 0, 0]


TABLES = ("brief", "brief_sentence", "brief_passage")


@pytest.mark.usefixtures("made")
def test_a_row_that_goes_takes_every_sentence_that_rests_on_it(
    as_, engine: Engine, responses: Collection
) -> None:
    with writing(engine) as connection:
        connection.execute(
            text("DELETE FROM playbook.exercise_responses WHERE starts_with(response_text, :rain)"),
            {"rain": RAIN},
        )
        forget(connection, responses, "nobody")
    assert [count(engine, name) for name in TABLES] == [1, 1, 1]
    found = kept_brief.kept(as_("mine"), responses, "ana")
    assert found is not None
    assert [one.text for one in found.sentences] == ["Walking helped."]


@pytest.mark.usefixtures("made")
def test_the_persons_export_has_it_word_by_word(engine: Engine) -> None:
    (told,) = exported(engine, "playbook", "ana")["northlight"]["briefs"]
    assert (told["coach"], told["model"], told["prompt_version"]) == ("mine", "a model", 1)
    assert [one["said"] for one in told["sentences"]] == [
        "Walking helped.",
        "The river comes back.",
    ]
    assert {p["quote"] for p in told["sentences"][1]["passages"]} == {RIVER, RAIN}
    assert not [
        name for name in exported(engine, "playbook", "ana")["northlight"] if "auth" in name
    ]


@pytest.mark.usefixtures("made", "responses")
def test_erasure_takes_it(engine: Engine) -> None:
    report = erase(engine, "playbook", "ana", "tests")
    assert report.removed["northlight_auth.brief"] == 1
    assert [count(engine, name) for name in TABLES] == [0, 0, 0]
