"""The same figures from North Playbook's tables wherever they live, under each role's privacy."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from queries.access.people import identity_of
from queries.access.token import Signer
from queries.collection import Collection
from queries.gate import WORKER, Gate, writing
from queries.people import histories
from queries.people.histories import NoProgress
from tests.coaching import fresh, in_place, person
from tests.web_login import web_login

JUNE = 20605  # 1 June 2026
PLACES = ("fresh", "vector", "pinecone")


@pytest.fixture(scope="module")
def declared(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Collection]:
    home = tmp_path_factory.mktemp("catalog")
    made = {"fresh": fresh(engine)}
    made |= {variant: in_place(engine, variant, home) for variant in ("vector", "pinecone")}
    person(engine, "coach", "coach", ["ana"])
    analyst = person(engine, "analyst", "analyst")
    with writing(engine) as connection:
        for collection in made.values():
            connection.execute(
                text("INSERT INTO northlight_auth.grant_to VALUES (CAST(:id AS uuid), :name)"),
                {"id": analyst, "name": collection.name},
            )
    for collection in made.values():
        assert histories.keep(engine, collection) == 2
    return made


@pytest.fixture(scope="module")
def door(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Signer]:
    with web_login(engine, tmp_path_factory.mktemp("home")) as web:
        yield web.engine, web.signer


@pytest.fixture
def seen(engine: Engine, door: tuple[Engine, Signer], declared: dict[str, Collection]):
    """What somebody sees of the world in a place."""

    def look(who: str, place: str) -> histories.Histories:
        web, signer = door
        reader = Gate(web, identity_of(engine, who), signer)
        return histories.histories(reader, declared[place])

    return look


@pytest.mark.parametrize("place", PLACES)
def test_days_are_those_where_the_person_lives(gate: Gate, declared, place: str) -> None:
    found = histories.histories(gate, declared[place])
    assert found.people["owner"].tolist() == ["ana", "ben"]
    assert found.people["zone"].tolist() == ["Pacific/Auckland", "UTC"]
    assert found.answers["person"].tolist() == [0, 0, 0, 1]
    # 09:00 UTC is 21:00 in Auckland, 11:30 is half an hour before midnight.
    assert (found.answers["day"] - JUNE).tolist() == [0, 0, 2, 8]
    assert found.last_day == JUNE + 8


@pytest.mark.parametrize("place", PLACES)
def test_what_is_not_there_is_missing_and_not_zero(gate: Gate, declared, place: str) -> None:
    found = histories.histories(gate, declared[place]).answers
    assert found["confidence"].tolist() == [4, 6, 8, 2]
    assert found["seconds"].isna().tolist() == [False, False, True, False]
    assert found["sentiment"].isna().tolist() == [False, True, False, False]
    assert found["sentiment"].dropna().tolist() == pytest.approx([-0.5, 0.1, 0.4])
    assert found["at"].iloc[0] == datetime(2026, 6, 1, 9, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("place", PLACES)
def test_sessions_say_how_they_ended(gate: Gate, declared, place: str) -> None:
    found = histories.histories(gate, declared[place]).sessions
    assert found["status"].tolist() == ["completed", "abandoned", "paused", "started"]
    assert found["kind"].tolist() == ["exercise", "review", "goal_setting", "exercise"]


@pytest.mark.parametrize("place", PLACES)
def test_exercises_have_the_numbers_of_the_histories(gate: Gate, declared, place: str) -> None:
    found = histories.exercises(gate, declared[place])
    assert found["title"].tolist() == ["A walk", "An early night", "One plan"]
    answered = histories.histories(gate, declared[place]).answers["exercise"]
    titles = answered.map(dict(zip(found["number"], found["title"], strict=True)))
    assert titles.tolist() == ["A walk", "A walk", "An early night", "A walk"]


@pytest.mark.parametrize("place", PLACES)
def test_a_coach_reaches_own_clients_only(seen, place: str) -> None:
    found = seen("coach", place)
    assert found.people["owner"].tolist() == ["ana"]
    assert len(found.answers) == 3


@pytest.mark.parametrize("place", PLACES)
def test_an_analyst_counts_everybody_and_knows_nobody(seen, place: str) -> None:
    found = seen("analyst", place)
    assert len(found.people) == 2
    assert all(owner.startswith("p-") for owner in found.people["owner"])
    assert len(found.answers) == 4


def test_who_withdrew_is_counted_by_nobody_they_withdrew_from(engine: Engine, seen) -> None:
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO northlight_auth.withdrawal VALUES ('playbook', 'ben', 'research'), "
                "('playbook', 'ana', 'coaching')"
            )
        )
    assert len(seen("analyst", "fresh").people) == 1
    assert len(seen("coach", "fresh").people) == 0
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM northlight_auth.withdrawal"))


def test_a_coach_sees_an_answer_at_once_and_an_analyst_when_it_is_kept(
    engine: Engine, seen, declared
) -> None:
    insert = (
        "INSERT INTO playbook.exercise_responses (exercise_id, user_id, response_text, created_at) "
        "SELECT id, 'ana', 'new', '2026-06-20' FROM playbook.exercises WHERE title = 'A walk'"
    )
    with writing(engine) as connection:
        connection.execute(text(insert))
    assert (len(seen("coach", "fresh").answers), len(seen("analyst", "fresh").answers)) == (4, 4)
    histories.keep(engine, declared["fresh"])
    assert len(seen("analyst", "fresh").answers) == 5
    with writing(engine) as connection:
        connection.execute(
            text("DELETE FROM playbook.exercise_responses WHERE response_text = 'new'")
        )
    histories.keep(engine, declared["fresh"])


def test_a_collection_without_companions_says_so(gate: Gate) -> None:
    plain = Collection(name="notes", title="Notes", table="public.notes", id="id", text=("body",))
    with pytest.raises(NoProgress, match="declares no companions"):
        histories.histories(Gate(gate.engine, WORKER), plain)
